import assert from 'node:assert/strict';
import type { Database } from '../../db/pool.ts';
import { addGame, findPublicRound } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, UserId } from '../../src/ids.ts';
import { Table } from '../../src/rounds/table.ts';
import { assertBooks, quickTable, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { bet, ManualClock, newPlayer, newTableId, roundDeps, totalOf } from './support.ts';

/** The database with one query that fails, as when its connection breaks. */
function failingOnce(database: Database, at: number): { database: Database; failed(): boolean } {
  let queries = 0;
  const proxy = new Proxy(database, {
    get: (target, name: keyof Database) => {
      const method = target[name];
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        queries += 1;
        if (queries === at) throw new Error('the connection broke');
        return (method as (...args: unknown[]) => Promise<unknown>).apply(target, args);
      };
    },
  });
  return { database: proxy, failed: () => queries >= at };
}

describe('a table', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  afterEach(() => assertBooks(database));

  it('finishes its round when any query on the way fails, pays once, tells, and plays on', async function () {
    this.timeout(120_000);
    for (let at = 1; at < 100; at++) {
      const { failed, result } = await playWithFailureAt(at);
      assert.ok(result);
      if (!failed) {
        assert.ok(at > 12, `${at} queries`);
        return;
      }
    }
    assert.fail('a round has an end');
  });

  async function playWithFailureAt(at: number): Promise<{ failed: boolean; result: string }> {
    const clock = new ManualClock();
    const tableId = newTableId();
    await addGame(database.pool(), quickTable(tableId), new Date());
    const player = await newPlayer(wallet, 50_000);
    const healthy = roundDeps(database.pool(), wallet, { clock });
    const failing = failingOnce(database.pool(), at);
    const table = new Table({ ...healthy, database: failing.database }, quickTable(tableId));
    const told = new Map<RoundId, number>();
    table.open({
      changed: () => undefined,
      voided: async () => undefined,
      tell: async ({ roundId, players }) => {
        for (const { userId, result } of players) if (userId === player) told.set(roundId, Number(result.netProfit));
        return new Set<UserId>([player]);
      },
      finished: () => undefined,
    });
    const drive = (done: () => boolean, what: string) =>
      until(
        () => {
          if (!done() && clock.waiting > 0) clock.tick();
          return done();
        },
        10_000,
        what,
      );
    await drive(() => table.at().round.phase === 'betting', 'a round');
    const roundId = table.at().live?.roundId as RoundId;
    await bet(healthy, table, player, 'andar', 10_000);
    await drive(() => told.has(roundId) && table.at().live?.roundId !== roundId, 'the result and the next round');
    await table.stop();
    const round = await findPublicRound(database.pool(), roundId);
    assert.equal(round?.status, 'settled');
    assert.equal(await totalOf(database.pool(), player), 50_000 + (told.get(roundId) ?? 0));
    return { failed: failing.failed(), result: round.winningSide ?? '' };
  }

  it('that is paused begins no round until it goes on', async () => {
    const clock = new ManualClock();
    const tableId = newTableId();
    await addGame(database.pool(), quickTable(tableId, { paused: true }), new Date());
    const table = new Table(roundDeps(database.pool(), wallet, { clock }), quickTable(tableId, { paused: true }));
    table.open({
      changed: () => undefined,
      voided: async () => undefined,
      tell: async () => new Set(),
      finished: () => undefined,
    });
    await until(() => clock.waiting > 0, 10_000, 'the table to wait');
    assert.equal(table.at().round.phase, 'idle');
    await database.admin().query('update game set paused = false where id = $1', [tableId]);
    await table.refresh();
    await until(() => table.at().round.phase === 'betting', 10_000, 'a round');
    await table.stop();
  });

  it('that is paused while it looks whether to begin a round begins none', async () => {
    const clock = new ManualClock();
    const tableId = newTableId();
    await addGame(database.pool(), quickTable(tableId), new Date());
    let letGo: () => void = () => undefined;
    let looks = 0;
    const slow = new Proxy(database.pool(), {
      get(target, name) {
        if (name !== 'maybeOne') return Reflect.get(target, name, target);
        return async (query: Parameters<typeof target.maybeOne>[0]) => {
          const row = await target.maybeOne(query);
          looks += 1;
          if (looks === 1) await new Promise<void>((resolve) => (letGo = resolve));
          return row;
        };
      },
    });
    const table = new Table(roundDeps(slow, wallet, { clock }), quickTable(tableId));
    table.open({
      changed: () => undefined,
      tell: async () => new Set(),
      finished: () => undefined,
      voided: async () => undefined,
    });
    await until(() => looks === 1, 10_000, 'the first look');
    await database.admin().query('update game set paused = true where id = $1', [tableId]);
    await table.refresh();
    letGo();
    await until(() => clock.waiting > 0, 10_000, 'the table to wait');
    assert.deepEqual([table.at().round.phase, table.at().settings.paused], ['idle', true]);
    await table.stop();
    assert.equal((await database.admin().query('select from round where game = $1', [tableId])).rowCount, 0);
  });
});
