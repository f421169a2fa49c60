import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SAYS = /\.(?:send|broadcast|tell|say|speak|tellHouse)\(\s*(?:[\w.]+, )?'([\w-]+)'/g;
/** The events of the documents, each in the style of the one that has it. */
const DOCUMENTED = [
  ...['bet-placed', 'bet-confirmed', 'balance-update', 'bet-error', 'round-result', 'payout', 'game-state'],
  ...['game_complete', 'risk_update'],
  ...['BALANCE_UPDATED', 'TX_STATUS_UPDATED', 'NEW_TRANSACTION', 'ADMIN_ACTION'],
  ...['TRADE_OPENED', 'TRADE_CLOSED', 'BINARY_RESOLVED'],
];
/** What became of `game:<id>`, `user:<id>`, `admin` and `master`, and of the namespace for the lottery's risk. */
const ROOMS = ['andar_bahar', 'lottery_phase', 'trading_desk', 'account', 'backoffice'];

describe('the names on the wire', () => {
  const readme = readFileSync(join(ROOT, 'schema/README.md'), 'utf8');
  const code = ['rooms', 'src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  const said = new Set(code.flatMap((text) => [...text.matchAll(SAYS)].map(([, name = '']) => name)));

  it('X-05 the documents’ own, and none that the README of the wire does not tell', () => {
    assert.ok(said.size > 20, [...said].join());
    assert.deepEqual(
      [...said, ...DOCUMENTED].filter((name) => !readme.includes(`\`${name}`)),
      [],
    );
    assert.deepEqual(
      DOCUMENTED.filter((name) => !said.has(name)),
      [],
    );
  });

  it('X-09 of rooms: one for each kind of place, and one for each kind of person', () => {
    const defined = code.flatMap((text) => [...text.matchAll(/colyseus\.define\(('?\w+'?),/g)]);
    assert.equal(defined.length, ROOMS.length);
    const headings = [...readme.matchAll(/^# Room `(\w+)`$/gm)].map(([, name]) => name);
    assert.deepEqual(headings.toSorted(), ROOMS.toSorted());
  });
});
