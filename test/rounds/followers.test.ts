import assert from 'node:assert/strict';
import { findPublicRound, type Game } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, UserId } from '../../src/ids.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import { assertBooks } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { countTransactions } from './counted.ts';
import { assertFollowed, assertProjections, newPartner, type Partner, refer } from './followed.ts';
import { Mortality } from './mortality.ts';
import { ANDAR_WINS, BAHAR_AT_ONCE, BAHAR_WINS, closedRound, complete, newGame, playRound } from './played.ts';
import { newPlayer, roundDeps, totalOf } from './support.ts';

/** Of each transaction; row by row it would be thousands. */
const MOST_STATEMENTS = 20;
/** Half a second on a busy machine; a plan that goes through all for each would take minutes. */
const BOUND_MS = 10_000;

describe('what follows a settlement', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let deps: RoundDeps;
  before(async () => {
    wallet = await openWallet(database.url());
    deps = roundDeps(database.pool(), wallet);
  });
  after(() => wallet.end());
  afterEach(async () => {
    await assertBooks(database);
    await assertProjections(database);
  });

  const newPlayers = (count: number) => Promise.all(Array.from({ length: count }, () => newPlayer(wallet, 1_000_000)));

  async function one<T>(query: string, ...values: unknown[]): Promise<T> {
    const { rows } = await database.admin().query(query, values);
    assert.equal(rows.length, 1, query);
    return rows[0];
  }
  const balanceAfter = async (roundId: RoundId, userId: UserId) => {
    const query = 'select balance_after::int as total from round_player where round = $1 and user_id = $2';
    return (await one<{ total: number }>(query, roundId, userId)).total;
  };

  async function lostRound(): Promise<{ partner: Partner; players: UserId[]; game: Game }> {
    const players = await newPlayers(3);
    const partner = await newPartner(database.pool(), database.admin());
    await refer(database.admin(), partner, players);
    return { partner, players, game: await newGame(deps) };
  }
  const andar = (players: readonly UserId[]) =>
    players.map((userId) => ({ userId, betSide: 'andar', amount: 10_000 }) as const);

  it('S0-75 is commissions, then statistics, then history, after the players were told', async () => {
    const { players, game } = await lostRound();
    const live = await closedRound(deps, game, andar(players));
    const seen: unknown[] = [];
    const look = async () => {
      seen.push(
        await one(
          `select (select count(*)::int from partner_game_earnings where round_id = $1) as earnings,
                  (select count(*)::int from game_statistics where game = $2) as statistics,
                  (select count(*)::int from game_history where round_id = $1) as history,
                  (select count(*)::int from book where ref = $1 and state = 'settled') as paid`,
          live.roundId,
          game.tableId,
        ),
      );
    };
    for (const dies of [1, 2, 3]) {
      const mortality = new Mortality(dies, true);
      const dying = complete({ ...deps, database: afterTelling(mortality) }, live, BAHAR_WINS, tell);
      await assert.rejects(dying, /killed/);
      await look();
    }
    assert.deepEqual(seen, [
      { earnings: 1, statistics: 0, history: 0, paid: 1 },
      { earnings: 1, statistics: 1, history: 0, paid: 1 },
      { earnings: 1, statistics: 1, history: 1, paid: 1 },
    ]);
  });

  let telling = false;
  const tell = async () => {
    telling = true;
    return new Set<UserId>();
  };
  /** Transactions only, and only those after the players were told. */
  function afterTelling(mortality: Mortality) {
    telling = false;
    const pool = database.pool();
    return new Proxy(pool, {
      get: (target, name: keyof typeof pool) => {
        if (name !== 'transaction') return target[name];
        assert.ok(telling, 'nothing follows before the players were told');
        return (handler: Parameters<typeof pool.transaction>[0]) => mortality.live(() => target.transaction(handler));
      },
    });
  }
  it('S0-50 S1-25 two drivers that complete a round at once, and a third later, count it once', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      const { partner, players, game } = await lostRound();
      const live = await closedRound(deps, game, andar(players));
      const results = await Promise.all([complete(deps, live, BAHAR_WINS), complete(deps, live, BAHAR_WINS)]);
      assert.deepEqual(results[0], results[1]);
      await complete(deps, live, BAHAR_WINS);
      await assertFollowed(database, { roundId: live.roundId, partner });
      for (const userId of players) assert.equal(await totalOf(database.pool(), userId), 990_000);
    }
  });

  it('S1-25 killed at any effect, even within a transaction, all is there once in the end', async function () {
    this.timeout(60_000);
    for (const after of [false, true]) {
      for (let step = 1, alive = false; !alive; step++) {
        const { partner, players, game } = await lostRound();
        const live = await closedRound(deps, game, andar(players));
        const mortality = new Mortality(step, after);
        const mortal = {
          ...deps,
          database: mortality.database(database.pool()),
          wallet: mortality.wallet(wallet.actor),
        };
        await complete(mortal, live, BAHAR_WINS).catch((error: Error) => assert.equal(error.message, 'killed'));
        await complete(deps, live, BAHAR_WINS);
        await assertFollowed(database, { roundId: live.roundId, partner });
        alive = !mortality.dead;
        assert.ok(step < 60, 'a completion has an end');
        if (alive) assert.ok(step > 15, `only ${step} effects`);
      }
    }
  });

  it('S0-69 the history of a table is its settled rounds, with their sums', async () => {
    const [first, second] = (await newPlayers(2)) as [UserId, UserId];
    const game = await newGame(deps);
    const bets = [
      { userId: first, betSide: 'andar', amount: 10_000 },
      { userId: first, betSide: 'bahar', amount: 3_000 },
      { userId: second, betSide: 'bahar', amount: 2_000 },
      { userId: second, betSide: 'bahar', amount: 1_000, undone: true },
    ] as const;
    const { roundId } = await playRound(deps, game, bets, BAHAR_AT_ONCE);
    const { played_at, joker_card, ...row } = await one<Record<string, unknown>>(
      `select game_id, round_id, round_number::int, joker_card, winning_side, cards_dealt, total_bets::int,
              total_players, total_bets_amount::int, total_payouts::int, played_at
         from game_history where game_id = $1`,
      game.tableId,
    );
    assert.deepEqual(row, {
      game_id: game.tableId,
      round_id: roundId,
      round_number: 1,
      winning_side: 'bahar',
      cards_dealt: 1,
      total_bets: 3,
      total_players: 2,
      total_bets_amount: 15_000,
      total_payouts: 0, // what came back was refunded: that is no win (S0-49)
    });
    const round = await findPublicRound(database.pool(), roundId);
    assert.deepEqual([played_at, joker_card], [round?.endedAt, round?.jokerCard]);
    assert.equal(round?.totalRefunds, 5_000n);
  });

  it('S0-70 S0-71 S0-72 S0-76 a table has a row per month in UTC, of the month in which its rounds ended', async () => {
    const [player] = (await newPlayers(1)) as [UserId];
    const game = await newGame(deps);
    const at = (time: string) => ({ ...deps, clock: { ...deps.clock, now: () => Date.parse(time) } });
    const bets = andar([player]);
    await playRound(at('2026-01-31T23:59:59.999Z'), game, bets, BAHAR_WINS);
    await playRound(at('2026-02-01T00:00:00.000Z'), game, bets, ANDAR_WINS);
    await playRound(at('2026-02-28T12:00:00.000Z'), game, [...bets, ...bets], BAHAR_WINS);
    // Stopped before the statistics in one month and finished in the next: it ended when the first step was done.
    const live = await closedRound(at('2026-02-28T23:59:59.000Z'), game, bets);
    const mortal = { ...at('2026-02-28T23:59:59.000Z'), database: afterTelling(new Mortality(2, false)) };
    await assert.rejects(complete(mortal, live, BAHAR_WINS, tell), /killed/);
    await complete(at('2026-03-01T08:00:00.000Z'), live, BAHAR_WINS);
    const { rows } = await database.admin().query({
      text: `select period_start::text, period_end::text, total_rounds::int, total_bets::int, player_rounds::int,
                    total_wagered::int, total_payouts::int, average_bet::int, average_payout::int
               from game_statistics where game = $1 order by period_start`,
      values: [game.tableId],
      rowMode: 'array',
    });
    assert.deepEqual(rows, [
      ['2026-01-01', '2026-01-31', 1, 1, 1, 10_000, 0, 10_000, 0],
      ['2026-02-01', '2026-02-28', 3, 4, 3, 40_000, 20_000, 10_000, 6_666],
    ]);
  });

  it('S0-43 S0-44 S0-74 S1-14 a player’s bets are counted one by one, with streaks over rounds', async () => {
    const [player] = (await newPlayers(1)) as [UserId];
    const game = await newGame(deps);
    const bet = (betSide: 'andar' | 'bahar', amount: number) => ({ userId: player, betSide, amount });
    await playRound(deps, game, [bet('andar', 1_000), bet('andar', 3_000)], ANDAR_WINS);
    await playRound(deps, game, [bet('bahar', 500)], BAHAR_AT_ONCE);
    await playRound(deps, game, [bet('andar', 2_000)], ANDAR_WINS);
    const { roundId } = await playRound(deps, game, [bet('andar', 100), bet('andar', 100)], BAHAR_WINS);
    const { last_bet_at, user_id, ...row } = await one<Record<string, unknown>>(
      'select * from user_statistics where user_id = $1',
      player,
    );
    assert.deepEqual(row, {
      total_bets: '6',
      total_wins: '3',
      total_losses: '2',
      total_refunds: '1',
      total_bet_amount: '6700',
      total_win_amount: '12000',
      total_refund_amount: '500',
      biggest_win: '6000',
      current_streak: -2,
      longest_streak: 3,
      longest_losing_streak: 2,
    });
    const { at } = await one<{ at: Date }>(
      `select l.at from round_player p join link l on p.bets[2] between l.first_seq and l.last_seq
        where p.round = $1`,
      roundId,
    );
    assert.deepEqual(last_bet_at, at, 'when the last bet was accepted');
  });

  it('S1-15 S1-17 the total after a round is exact while the player bets at other tables', async () => {
    const [player] = (await newPlayers(1)) as [UserId];
    const [table, other] = [await newGame(deps), await newGame(deps)];
    let busy = true;
    const elsewhere = (async () => {
      while (busy) await playRound(deps, other, [{ userId: player, betSide: 'andar', amount: 7 }], ANDAR_WINS);
    })();
    const rounds: RoundId[] = [];
    for (let count = 0; count < 15; count++) {
      const bets = Array.from({ length: 3 }, () => ({ userId: player, betSide: 'andar', amount: 100 }) as const);
      rounds.push((await playRound(deps, table, bets, count % 2 === 0 ? ANDAR_WINS : BAHAR_WINS)).roundId);
    }
    busy = false;
    await elsewhere;
    for (const roundId of rounds)
      assert.equal(await balanceAfter(roundId, player), await totalAtEndOf(roundId, player));
  });

  it('S1-17 the total after a round is exact when it is written long after it was paid', async () => {
    const [player] = (await newPlayers(1)) as [UserId];
    const [table, other] = [await newGame(deps), await newGame(deps)];
    const live = await closedRound(deps, table, [{ userId: player, betSide: 'andar', amount: 1_000 }]);
    const mortal = { ...deps, database: afterTelling(new Mortality(1, false)) };
    await assert.rejects(complete(mortal, live, ANDAR_WINS, tell), /killed/);
    await wallet.actor.execute(credit(player, 5_555));
    await wallet.actor.execute(credit(player, 77, 'bonus'));
    await playRound(deps, other, [{ userId: player, betSide: 'andar', amount: 400 }], BAHAR_WINS);
    await complete(deps, live, ANDAR_WINS);
    assert.equal(await balanceAfter(live.roundId, player), 1_001_000);
    assert.equal(await totalAtEndOf(live.roundId, player), 1_001_000);
  });

  /** The ledger replayed from nothing up to the end of the round's book. */
  async function totalAtEndOf(roundId: RoundId, userId: UserId): Promise<number> {
    const { total } = await one<{ total: number }>(
      `select sum(case when t.credit = w.id then t.amount else 0 end
                  - case when t.debit = w.id then t.amount else 0 end)::int as total
         from book b, wallet w, transfer t
        where b.ref = $1 and w.owner = $2 and t.seq <= b.last_seq`,
      roundId,
      userId,
    );
    return total;
  }

  it('S1-14 10,000 players of one round are counted all at once, not one by one', async function () {
    this.timeout(60_000);
    const players = await newPlayers(10_000);
    const game = await newGame(deps);
    for (const ended of [ANDAR_WINS, BAHAR_WINS]) {
      const live = await closedRound(deps, game, andar(players));
      const { database: counted, transactions } = countTransactions(database.pool());
      await complete({ ...deps, database: counted }, live, ended);
      assert.equal(transactions.length, 3);
      for (const each of transactions) {
        assert.ok(each.statements > 0 && each.statements <= MOST_STATEMENTS, JSON.stringify(transactions));
        assert.ok(each.tookMs < BOUND_MS, JSON.stringify(transactions));
      }
    }
  });
});
