import assert from 'node:assert/strict';
import { addGame, findPublicRound, type Game } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { undoBet } from '../../src/rounds/betting.ts';
import type { RoundResult } from '../../src/rounds/complete-round.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import { Table } from '../../src/rounds/table.ts';
import type { Command } from '../../src/wallet/command.ts';
import { assertBooks, quickTable, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { newKey, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { bet, ManualClock, newPlayer, newTableId, roundDeps, rupees, totalOf } from './support.ts';

describe('the payout of a round', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  afterEach(() => assertBooks(database));

  interface Played {
    readonly results: readonly RoundResult[];
    /** What the players had when they were told. */
    readonly told: ReadonlyMap<UserId, number>;
  }

  /** One round at a table of its own, with these bets in its first window. */
  async function play(
    act: (table: Table, clock: ManualClock) => Promise<void>,
    more: { game?: Partial<Game>; wallet?: Wallet } = {},
  ): Promise<Played> {
    const clock = new ManualClock();
    const tableId = newTableId();
    const game = { ...quickTable(tableId), exposureCap: minor(10n ** 12n), maxBet: minor(10n ** 9n), ...more.game };
    await addGame(database.pool(), game, new Date());
    const deps = roundDeps(database.pool(), wallet, { clock, wallet: more.wallet ?? wallet.actor });
    const table = new Table(deps, game);
    const results: RoundResult[] = [];
    const told = new Map<UserId, number>();
    table.open({
      changed: () => undefined,
      voided: async () => undefined,
      tell: async (result) => {
        for (const { userId } of result.players) told.set(userId, await totalOf(database.pool(), userId));
        return new Set(told.keys());
      },
      finished: (result) => results.push(result),
    });
    await until(() => table.at().round.phase === 'betting', 5_000, 'the first window');
    await act(table, clock);
    await until(
      () => {
        if (results.length === 0 && clock.waiting > 0) clock.tick();
        return results.length > 0;
      },
      20_000,
      'the result',
    );
    await table.stop();
    return { results, told };
  }

  const PLAYERS = [
    { start: rupees(2_050_000), stake: rupees(50_000), payout: rupees(100_000), end: rupees(2_100_000) },
    { start: rupees(1_525_000), stake: rupees(25_000), payout: rupees(50_000), end: rupees(1_550_000) },
    { start: rupees(1_837_500), stake: rupees(37_500), payout: rupees(75_000), end: rupees(1_875_000) },
  ];

  /** Rounds of the three players of S1, all on Andar, until Andar wins. */
  async function untilAndarWins(through: Wallet): Promise<Played & { users: readonly UserId[] }> {
    for (;;) {
      const users = await Promise.all(PLAYERS.map(({ start }) => newPlayer(wallet, start)));
      const played = await play(
        async (table, clock) => {
          const deps = { database: database.pool(), wallet: wallet.actor, clock };
          for (const [index, { stake }] of PLAYERS.entries())
            await bet(deps, table, users[index] as UserId, 'andar', stake);
        },
        { wallet: through },
      );
      if (played.results[0]?.winner === 'andar') return { ...played, users };
    }
  }

  it('S1-01 S1-05 S1-07 S1-15 pays 225,000 to three players, who are told balances from after it', async () => {
    const { results, told, users } = await untilAndarWins(wallet.actor);
    const [result] = results;
    assert.ok(result);
    const paid = result.players.map((player) => Number(player.result.amount));
    assert.equal(
      paid.reduce((sum, amount) => sum + amount, 0),
      rupees(225_000),
    );
    assert.deepEqual(
      users.map((userId) => told.get(userId)),
      PLAYERS.map(({ end }) => end),
    );
    const round = await findPublicRound(database.pool(), result.roundId);
    assert.deepEqual([Number(round?.totalPayouts), round?.totalPlayers], [rupees(225_000), 3]);
  });

  it('S1-25 S1-27 a reply that is lost is asked for again, and 2,000,000 become 2,100,000 once', async () => {
    let lost = 0;
    const forgetful: Wallet = {
      async execute(command: Command) {
        const answer = await wallet.actor.execute(command);
        if (command.kind !== 'settle' || lost === 2) return answer;
        lost += 1;
        return { ok: false, code: lost === 1 ? 'UNKNOWN_OUTCOME' : 'BUSY', duplicate: false };
      },
    };
    const { users, told } = await untilAndarWins(forgetful);
    assert.equal(lost, 2);
    assert.equal(told.get(users[0] as UserId), rupees(2_100_000));
    const { rows } = await database
      .admin()
      .query(`select count(*) from transfer t join wallet w on w.id = t.credit where w.owner = $1 and t.reason = 2`, [
        users[0],
      ]);
    assert.equal(rows[0].count, '1', 'one payout in the ledger');
  });

  it('S0-36 S1-08 S1-31 2,500 bets are paid in chunks, each player once, with sums that agree', async function () {
    this.timeout(60_000);
    const players = await Promise.all(Array.from({ length: 50 }, () => newPlayer(wallet, 1_000_000)));
    const { results, told } = await play(async (table, clock) => {
      const deps = { database: database.pool(), wallet: wallet.actor, clock };
      const bets = Array.from({ length: 2_500 }, (_, index) =>
        bet(deps, table, players[index % 50] as UserId, index % 2 === 0 ? 'andar' : 'bahar', 1_000 + index),
      );
      await Promise.all(bets);
    });
    const [result] = results;
    assert.ok(result);
    assert.equal(result.players.length, 50);
    for (const { userId, result: own } of result.players) {
      assert.equal(told.get(userId), 1_000_000 + Number(own.netProfit));
    }
    const { rows } = await database
      .admin()
      .query(`select count(*) from command where origin = '00000000-0000-0000-0000-000000000000' and key = any($1)`, [
        await settleKeys(result.roundId),
      ]);
    assert.equal(rows[0].count, '3');
  });

  /** Of this round, found by what they did: closed positions of its book. */
  async function settleKeys(roundId: RoundId): Promise<readonly string[]> {
    const { rows } = await database.admin().query(
      `select distinct c.key
         from round r join book b on b.id = r.book
         join transfer t on t.book = b.id
         join closing x on x.position = t.position
         join command c on c.batch = x.batch and c.origin = '00000000-0000-0000-0000-000000000000'
        where r.id = $1`,
      [roundId],
    );
    return rows.map(({ key }) => key);
  }

  it('a round that nobody bet on ends like any other, and nobody is told', async () => {
    const { results, told } = await play(async () => undefined);
    assert.deepEqual([results[0]?.players, told.size], [[], 0]);
    const round = await findPublicRound(database.pool(), results[0]?.roundId as RoundId);
    assert.deepEqual([round?.status, round?.totalBets, round?.totalBetAmount], ['settled', 0, 0n]);
  });

  it('who has undone every bet has had none', async () => {
    const player = await newPlayer(wallet, 5_000);
    const { results } = await play(async (table, clock) => {
      const deps = { database: database.pool(), wallet: wallet.actor, clock };
      const { bets } = await bet(deps, table, player, 'andar', 5_000);
      const bettor = { ...table.at(), userId: player, receivedAt: clock.now() };
      await undoBet({ ...deps, tableId: table.tableId }, bettor, { key: newKey(), betId: bets[0]?.betId ?? '' });
    });
    assert.deepEqual(results[0]?.players, []);
    assert.equal(await totalOf(database.pool(), player), 5_000);
  });
});
