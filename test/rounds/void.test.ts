import assert from 'node:assert/strict';
import { addGame, findPublicRound } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, TableId, UserId } from '../../src/ids.ts';
import { isRefusal } from '../../src/refusal.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import { resumeRounds } from '../../src/rounds/resume-rounds.ts';
import { unfinishedRounds } from '../../src/rounds/store.ts';
import { Table, type TableView } from '../../src/rounds/table.ts';
import { approveVoidRequest, insertVoidRequest } from '../../src/rounds/void-store.ts';
import { assertBooks, quickTable, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { assertProjections } from './followed.ts';
import { Mortality } from './mortality.ts';
import { addPeople, bet, ManualClock, newPlayer, newTableId, roundDeps, totalOf } from './support.ts';

const START = 100_000;
const QUIET: TableView = {
  changed: () => undefined,
  tell: async () => new Set(),
  finished: () => undefined,
  voided: async () => undefined,
};

interface Open {
  readonly clock: ManualClock;
  readonly table: Table;
  readonly roundId: RoundId;
  readonly players: readonly UserId[];
}

describe('a round that two people want void', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  afterEach(async () => {
    await assertBooks(database);
    await assertProjections(database);
  });

  it('gives every stake back, publishes its seed, and its table plays on', async () => {
    const { clock, table, roundId, players } = await openWithBets();
    const voided = await table.voidRound(roundId);
    assert.ok(!isRefusal(voided));
    assert.deepEqual([voided.refunded, voided.reason], [30_000n, 'a camera fell over']);
    assert.deepEqual([...voided.players].sort(), [...players].sort());
    assert.deepEqual(await totals(players), [START, START]);
    const round = await findPublicRound(database.pool(), roundId);
    assert.deepEqual([round?.status, round?.totalBets, round?.winningSide], ['voided', 0, null]);
    assert.match(round?.serverSeed ?? '', /^[0-9a-f]{64}$/);
    const { rows } = await database.admin().query(
      `select (select voided_rounds::int from game_statistics where game = $1) as voided,
              (select total_rounds::int from game_statistics where game = $1) as played,
              (select array_agg(balance_after::int) from round_player where round = $2) as balances`,
      [table.tableId, roundId],
    );
    assert.deepEqual(rows, [{ voided: 1, played: 0, balances: [START, START] }]);
    await drive(clock, () => table.at().live?.roundId !== roundId, 'the next round');
    await table.stop();
  });

  it('is played to its end once its window has closed: NOT_OPEN', async () => {
    const { clock, table, roundId } = await openWithBets();
    await drive(clock, () => table.at().round.phase !== 'betting', 'the window to close');
    const late = await table.voidRound(roundId);
    assert.ok(isRefusal(late) && late.code === 'NOT_OPEN');
    await drive(clock, () => table.at().round.phase === 'settled', 'the result');
    await table.stop();
    assert.equal((await findPublicRound(database.pool(), roundId))?.status, 'settled');
  });

  it('is another round than the one that was meant: NOT_OPEN, and nothing happens', async () => {
    const { table } = await openWithBets();
    const other = await table.voidRound('01890000-0000-7000-8000-000000000001' as RoundId);
    assert.ok(isRefusal(other) && other.code === 'NOT_OPEN');
    assert.equal(table.at().round.phase, 'betting');
    await table.stop();
  });

  it('is void or played to its end when the server is killed at any step of it, never half of each', async function () {
    this.timeout(120_000);
    const ends = { voided: 0, settled: 0 };
    for (const after of [false, true]) {
      for (let step = 1; ; step++) {
        const mortality = new Mortality(step, after);
        const { roundId, players } = await voidUntilKilled(mortality);
        await wallet.end();
        wallet = await openWallet(database.url());
        await resumeRounds(roundDeps(database.pool(), wallet));
        assert.deepEqual(await unfinishedRounds(database.pool()), []);
        const round = await findPublicRound(database.pool(), roundId);
        assert.ok(round?.status === 'voided' || round?.status === 'settled');
        ends[round.status] += 1;
        if (round.status === 'voided') assert.deepEqual(await totals(players), [START, START]);
        if (!mortality.dead) break;
        assert.ok(step < 50, 'a void has an end');
      }
    }
    assert.ok(ends.voided > 6 && ends.settled > 0, JSON.stringify(ends));
  });

  async function voidUntilKilled(mortality: Mortality): Promise<Open> {
    let killing = false;
    const mortal = (deps: RoundDeps): RoundDeps => ({
      ...deps,
      database: proxied(deps.database, (healthy) => (killing ? mortality.database(healthy) : healthy)),
      wallet: {
        execute: (command) => (killing ? mortality.wallet(deps.wallet) : deps.wallet).execute(command),
      },
    });
    const open = await openWithBets(mortal);
    killing = true;
    await open.table.voidRound(open.roundId);
    await open.table.stop();
    return open;
  }

  async function openWithBets(change: (deps: RoundDeps) => RoundDeps = (deps) => deps): Promise<Open> {
    const clock = new ManualClock();
    const tableId: TableId = newTableId();
    await addGame(database.pool(), quickTable(tableId), new Date());
    const players = [await newPlayer(wallet, START), await newPlayer(wallet, START)];
    const healthy = roundDeps(database.pool(), wallet, { clock });
    const table = new Table(change(healthy), quickTable(tableId));
    table.open(QUIET);
    await until(() => table.at().round.phase === 'betting', 5_000, 'the first window');
    const roundId = table.at().live?.roundId as RoundId;
    await bet(healthy, table, players[0] as UserId, 'andar', 10_000);
    await bet(healthy, table, players[1] as UserId, 'bahar', 20_000);
    const [one, other] = await addPeople(database.pool(), 2);
    const wish = { roundId, reason: 'a camera fell over', at: new Date() };
    await insertVoidRequest(database.pool(), { ...wish, by: one as UserId });
    await approveVoidRequest(database.pool(), { ...wish, by: other as UserId });
    return { clock, table, roundId, players };
  }

  function totals(players: readonly UserId[]): Promise<number[]> {
    return Promise.all(players.map((userId) => totalOf(database.pool(), userId)));
  }
});

/** Asks every time which database to use. */
function proxied<T extends object>(database: T, choose: (database: T) => T): T {
  return new Proxy(database, {
    get: (target, name: keyof T & string) => Reflect.get(choose(target), name),
  });
}

async function drive(clock: ManualClock, done: () => boolean, what: string): Promise<void> {
  await until(
    () => {
      if (!done() && clock.waiting > 0) clock.tick();
      return done();
    },
    10_000,
    what,
  );
}
