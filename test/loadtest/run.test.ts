import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Credential, readCredentials, writeCredentials } from '../../loadtest/credentials.ts';
import { Crew } from '../../loadtest/crew.ts';
import { Mistake } from '../../loadtest/mistake.ts';
import { parseLoadtest } from '../../loadtest/options.ts';
import { problemsOf, reportText } from '../../loadtest/report.ts';
import { runLoad } from '../../loadtest/run-load.ts';
import { seedDatabase } from '../../loadtest/seed-database.ts';
import { readTable } from '../../loadtest/table-facts.ts';
import { planWindow } from '../../loadtest/window-plan.ts';
import { seededRandom } from '../../src/demo/choices.ts';
import type { Server } from '../../src/server.ts';
import { assertBooks, quickTable, start, testConfig, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

const PLAYERS = 10;
const SPECTATORS = 5;
const BALANCE = 10_000_000;

describe('the load test', function () {
  this.timeout(60_000);
  const database = useDatabase();
  const directory = temporaryDirectory();
  const tokens = join(directory, 'players.json');
  const players: Credential[] = [];
  const noSignal = new AbortController().signal;
  let server: Server;

  const seeding = (count: number, keep: (credential: Credential) => void) =>
    seedDatabase({ databaseUrl: database.url(), config: testConfig(), count, balance: BALANCE }, keep);
  const endpoint = () => `http://127.0.0.1:${server.port}`;

  before(async () => {
    await seeding(PLAYERS + 2, (credential) => players.push(credential));
    writeCredentials(tokens, players);
    server = await start(database, [quickTable('load', { bettingMs: 600 })]);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    removeDirectory(directory);
  });

  it('keeps its tokens where nobody else can read them', () => {
    assert.equal(statSync(tokens).mode & 0o777, 0o600);
    assert.deepEqual(readCredentials(tokens), players);
    assert.throws(() => readCredentials(join(directory, 'none.json')), Mistake);
  });

  it('does not seed a database whose ledger a server owns', async () => {
    await assert.rejects(
      seeding(1, () => assert.fail('a player was made')),
      (error) => error instanceof Mistake && error.message.includes('A server runs on this database'),
    );
  });

  it('plays with undo and reconnects, finds nothing wrong, and its report adds up', async () => {
    const seed = eventfulSeed();
    const args = { endpoint: endpoint(), table: 'load', tokens, seed, 'database-url': database.url() };
    const numbers = { players: PLAYERS, spectators: SPECTATORS, seconds: 6, workers: 2, 'settle-seconds': 20 };
    const line = Object.entries({ ...args, ...numbers }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const options = parseLoadtest(line, {});
    assert.ok(options);
    const lines: string[] = [];
    const report = await runLoad(options, { write: (text) => lines.push(text), signal: noSignal });
    assert.deepEqual(problemsOf(report), [], reportText(report));
    const { counted, answers, fromDeadline } = report.tally;
    assert.ok(counted.accepted > 0 && counted.undone > 0 && counted.reconnected > 0, reportText(report));
    assert.equal(answers.total, counted.requests - counted.cutOff);
    assert.ok(fromDeadline.percentile(0.5) > 0 && report.seconds >= 6);
    assert.equal(report.playersChecked, PLAYERS);
    assert.equal(report.audited.kind, 'audited');
    const { rows } = await database.admin().query<{ bets: number }>('select count(*)::int4 as bets from position');
    assert.equal(rows[0]?.bets, counted.accepted);
    assert.ok(lines.some((text) => / s · \d+ connected · [\d.]+ bets\/s · /.test(text)));
  });

  it('ends early when it is told to, in order', async () => {
    const options = parseLoadtest(
      `--endpoint ${endpoint()} --table load --tokens ${tokens} --players 2 --seconds 3600`.split(' '),
      {},
    );
    assert.ok(options);
    const report = await runLoad(options, { write: () => undefined, signal: AbortSignal.timeout(1_500) });
    assert.deepEqual(problemsOf(report), []);
    assert.equal(report.playersChecked, 2);
  });

  it('finds an acknowledgement that is not what is on the books', async () => {
    const table = await readTable(endpoint(), 'load');
    const spare = players.slice(PLAYERS);
    const task = { endpoint: endpoint(), table, players: spare, firstPlayer: 0, spectators: 0, settleMs: 20_000 };
    const crew = new Crew({ ...task, seed: 'falsified' }, () => undefined);
    await crew.open();
    crew.play();
    const [honest, cheated] = crew.players;
    assert.ok(honest && cheated);
    const bets = () => [...cheated.books.accepted.values()];
    await until(() => bets().length >= 2, 20_000, 'two bets');
    const [first, second] = bets();
    assert.ok(first && second);
    cheated.books.accepted.set(first.betId, { ...first, amount: first.amount + 1 });
    cheated.books.accepted.delete(second.betId);
    cheated.books.accepted.set('999999', { ...first, betId: '999999' });
    const { broken } = await crew.finish();
    const name = cheated.session.username;
    assert.ok(broken.every((what) => what.startsWith(name)));
    const says = (text: string) => broken.some((what) => what.includes(text));
    assert.ok(says(`bet ${first.betId} of ${first.amount + 1} on ${first.betSide} is there as ${first.amount}`));
    assert.ok(says(`bet ${second.betId} of ${second.amount} was never acknowledged`));
    assert.ok(says('bet 999999') && says('was acknowledged and is not there'));
    assert.ok(says('the acknowledgements say'));
  });

  it('says what is missing before it begins', async () => {
    const attempt = (more: string) => {
      const options = parseLoadtest(`--endpoint ${endpoint()} --tokens ${tokens} ${more}`.split(' '), {});
      assert.ok(options);
      return runLoad(options, { write: () => undefined, signal: noSignal });
    };
    await assert.rejects(attempt('--table none'), /there is no table none; there are load/);
    await assert.rejects(attempt('--table load --players 100'), /holds 12 players, not 100/);
    assert.ok(existsSync(tokens));
  });
});

/** A seed with which several players undo bets and lose their connections in the first two windows. */
function eventfulSeed(): string {
  const situation = { minBet: 1_000, maxBet: BALANCE, betSides: ['andar', 'bahar'], balance: BALANCE, leftMs: 600 };
  for (let seed = 0; ; seed++) {
    const acts = Array.from({ length: PLAYERS }, (_, player) =>
      [0, 1].flatMap((window) => planWindow(seededRandom(`${seed} ${player} ${window}`), false, situation)),
    ).flat();
    const undone = acts.filter((act) => act.kind === 'place-bet' && act.undoAfterMs !== undefined && act.afterMs < 400);
    if (undone.length >= 4 && acts.filter(({ kind }) => kind === 'drop').length >= 4) return String(seed);
  }
}
