import assert from 'node:assert/strict';
import type { Database } from '../../db/pool.ts';
import { addGame, findPublicRound, type Game } from '../../src/games/andar-bahar/store.ts';
import type { TableId } from '../../src/ids.ts';
import type { TableView } from '../../src/rounds/table.ts';
import { Tables } from '../../src/rounds/tables.ts';
import { assertBooks, roomyTable, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { bet, newPlayer, newTableId, roundDeps } from './support.ts';

const VIEW: TableView = {
  changed: () => undefined,
  tell: async () => new Set(),
  finished: () => undefined,
  voided: async () => undefined,
};

describe('the tables', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let tables: Tables;
  /** What happened to rooms, in order. */
  let rooms: string[];
  /** A table whose room cannot be made. */
  let roomless: TableId | undefined;
  let failing: boolean;

  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  beforeEach(async () => {
    await database.admin().query('update game set enabled = false');
    rooms = [];
    roomless = undefined;
    failing = false;
    tables = new Tables(roundDeps(whileNotFailing(database.pool()), wallet));
  });
  afterEach(async () => {
    failing = false;
    await tables.stop();
    await assertBooks(database);
  });

  function whileNotFailing(pool: Database): Database {
    return new Proxy(pool, {
      get(target, name: keyof Database) {
        const method = target[name];
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          if (failing) throw new Error('the connection broke');
          return (method as (...args: unknown[]) => Promise<unknown>).apply(target, args);
        };
      },
    });
  }

  const start = () =>
    tables.start({
      async open(tableId) {
        if (tableId === roomless) throw new Error('no room');
        rooms.push(`open ${tableId}`);
        tables.all.get(tableId)?.open(VIEW);
      },
      async close(tableId) {
        rooms.push(`close ${tableId}`);
      },
    });
  async function add(more: Partial<Game> = {}): Promise<TableId> {
    const tableId = newTableId();
    await addGame(database.pool(), roomyTable(tableId, more), new Date());
    return tableId;
  }
  const enable = (tableId: TableId, enabled: boolean) =>
    database.admin().query('update game set enabled = $2 where id = $1', [tableId, enabled]);
  const phaseOf = (tableId: TableId) => tables.all.get(tableId)?.at().round.phase;

  /** Somebody's bet in the round in play. */
  async function betAt(tableId: TableId) {
    const player = await newPlayer(wallet, 5_000);
    const table = await until(() => tables.all.get(tableId), 5_000, 'the table');
    await until(() => phaseOf(tableId) === 'betting', 5_000, 'a round');
    const [placed] = (await bet(roundDeps(database.pool(), wallet), table, player, 'andar', 1_000)).bets;
    assert.ok(placed);
    return placed.roundId as never;
  }

  it('open where they are enabled; one without a room keeps no other from it, and is tried again', async () => {
    const [hopeless, first, off] = [await add(), await add(), await add({ enabled: false })];
    roomless = hopeless;
    await start();
    assert.deepEqual(rooms, [`open ${first}`]);
    assert.deepEqual([...tables.all.keys()], [first]);
    roomless = undefined;
    await enable(off, true);
    await tables.look();
    assert.deepEqual(rooms.slice(1), [`open ${hopeless}`, `open ${off}`]);
  });

  it('appear and go by themselves when the database says so', async () => {
    await start();
    const tableId = await add();
    await until(() => rooms.includes(`open ${tableId}`), 5_000, 'it to open');
    await enable(tableId, false);
    await until(() => rooms.includes(`close ${tableId}`), 5_000, 'it to close');
    assert.equal(tables.all.has(tableId), false);
  });

  it('close when their round is settled, and open again where they are enabled meanwhile', async () => {
    const tableId = await add();
    await start();
    const roundId = await betAt(tableId);
    await enable(tableId, false);
    await tables.look();
    assert.deepEqual(rooms, [`open ${tableId}`], 'not in the middle of a round');
    await enable(tableId, true);
    await tables.look();
    await until(() => rooms.length === 3, 5_000, 'it to close and open');
    assert.deepEqual(rooms.slice(1), [`close ${tableId}`, `open ${tableId}`]);
    assert.equal((await findPublicRound(database.pool(), roundId))?.status, 'settled');
  });

  it('do not close on a round that has failed before it is finished', async () => {
    const tableId = await add();
    await start();
    const roundId = await betAt(tableId);
    await enable(tableId, false);
    await tables.look();
    failing = true;
    await until(() => phaseOf(tableId) === 'idle', 5_000, 'the round to fail');
    assert.deepEqual(rooms, [`open ${tableId}`]);
    failing = false;
    await until(() => rooms.includes(`close ${tableId}`), 5_000, 'it to close');
    assert.equal((await findPublicRound(database.pool(), roundId))?.status, 'settled');
  });

  it('that stop end their rounds, those that are closing too, and open no more', async () => {
    const [one, other] = [await add({ bettingMs: 60_000 }), await add({ bettingMs: 60_000 })];
    await start();
    const rounds = [await betAt(one), await betAt(other)];
    await enable(other, false);
    await tables.look();
    await tables.stop();
    for (const roundId of rounds) assert.equal((await findPublicRound(database.pool(), roundId))?.status, 'settled');
    const tableId = await add();
    await tables.look();
    assert.equal(tables.all.has(tableId), false);
  });
});
