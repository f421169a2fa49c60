import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const GAME = {
  ...{ id: 'night', payTable: 'three-window', minBet: 1_000, maxBet: 100_000, exposureCap: 10_000_000 },
  ...{ bettingMs: 5_000, dealingMs: 500, pauseMs: 500, enabled: false },
};
const CAMPAIGN = { kind: 'MANUAL', maxAmount: 10_000, wagering: 3_000, validDays: 30 };
const RANK = { level: 0, xpFrom: 0, cashback: 0 };

/** Nobody could read afterwards why it was done. */
const NO_REASONS = [
  ...['', '   ', 'ab', 'a  b', '\u200b\u200c\u200d', '\u00ad\u00ad\u00ad', 'a\u2060\u2060b', '\u3164\u3164\u3164'],
  ...['\u2800\u2800\u2800', 'half a \ud83c', 'two\nlines', 'a\u202eback', 'x'.repeat(501)],
];

describe('what the house calls things', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let player: Player;
  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
    player = await newPlayer(server);
  });
  after(() => server.stop());

  const places: Readonly<
    Record<string, { at: string; longest: number; put: (name: string) => [string, string, object] }>
  > = {
    'a table': { at: 'name', longest: 80, put: (name) => ['POST', '/admin/games', { ...GAME, name }] },
    'a campaign': {
      at: 'name',
      longest: 80,
      put: (name) => ['POST', '/admin/bonuses/campaigns', { ...CAMPAIGN, name }],
    },
    'a rank': {
      ...{ at: 'ranks.0.name', longest: 50 },
      put: (name) => ['PUT', '/admin/vip/ranks', { ranks: [{ ...RANK, name }], reason: 'why' }],
    },
  };
  for (const [what, { at, longest, put }] of Object.entries(places)) {
    it(`${what} has a name that can be kept and read`, async () => {
      const bad = ['half a \ud83c', '\udca1 other', 'two\nlines', 'a\u0007bell', 'a\u2028line', 'a\u2029paragraph'];
      const turned = ['a\u202eback', 'a\u2066turn', 'a\u200fmark', 'a\u061cmark'];
      const unseen = ['\u200b', '\u00ad\u2060', '\u3164', '\u2800', '\ufe0f'];
      for (const name of [...bad, ...turned, ...unseen, ' ', 'x'.repeat(longest + 1)]) {
        const { status, json } = await send(server, put(name)[0], put(name)[1], admin, put(name)[2]);
        assert.deepEqual([status, json.error?.details?.[0]?.path], [400, at], JSON.stringify(name));
      }
      const [method, path, body] = put('  Ünïcode 🎰 "\'<b> ');
      const { status, json } = await send(server, method, path, admin, body);
      assert.ok(status < 300, JSON.stringify(json));
      assert.equal((json.items?.[0] ?? json).name, 'Ünïcode 🎰 "\'<b>');
    });
  }

  it('S4-50 a reason can be kept and read, and says something', async () => {
    const freeze = (reason: string) =>
      send(server, 'PUT', `/admin/users/${player.userId}/freeze`, admin, { frozen: true, reason });
    for (const reason of NO_REASONS) {
      const { status, json } = await freeze(reason);
      assert.deepEqual([status, json.error?.details?.[0]?.path], [400, 'reason'], JSON.stringify(reason));
    }
    assert.equal((await freeze(' 退款了 ')).status, 200);
    const [line] = (await get(server, '/admin/audit', admin)).items;
    assert.deepEqual([line.action, line.reason], ['user.freeze', '退款了']);
  });
});
