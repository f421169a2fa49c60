import assert from 'node:assert/strict';
import type { RoundId, UserId } from '../../src/ids.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import type { LiveRound, RoundDeps } from '../../src/rounds/live-round.ts';
import { payPositions } from '../../src/rounds/payouts.ts';
import type { Command, Settle } from '../../src/wallet/command.ts';
import { assertBooks } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { newKey, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { ANDAR_WINS, BAHAR_AT_ONCE, closedRound, newGame, playRound } from './played.ts';
import { newPlayer, roundDeps, totalOf } from './support.ts';

describe('the trail of a payout', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let deps: RoundDeps;
  before(async () => {
    wallet = await openWallet(database.url());
    deps = roundDeps(database.pool(), wallet);
  });
  after(() => wallet.end());
  afterEach(() => assertBooks(database));

  const total = (userId: UserId) => totalOf(database.pool(), userId);
  async function rowsOf(query: string, roundId: RoundId): Promise<unknown[][]> {
    return (await database.admin().query({ text: query, values: [roundId], rowMode: 'array' })).rows;
  }

  it('S1-22 S1-11 each payout is a transfer, the end of its bet and a balance, committed in one batch', async () => {
    const [one, two] = [await newPlayer(wallet, 50_000), await newPlayer(wallet, 50_000)];
    const bets = [
      { userId: one, betSide: 'andar', amount: 10_000 },
      { userId: one, betSide: 'andar', amount: 2_000 },
      { userId: one, betSide: 'bahar', amount: 500 },
      { userId: two, betSide: 'andar', amount: 3_000 },
    ] as const;
    const { roundId } = await playRound(deps, await newGame(deps), bets, ANDAR_WINS);
    const trail = await rowsOf(
      `select p.stake::int, p.payout::int, p.outcome, count(t.seq)::int, sum(t.amount)::int,
              bool_and(t.seq between l.first_seq and l.last_seq), bool_and(t.credit = p.wallet)
         from book b
         join position p on p.book = b.id
         left join transfer t on t.shard = p.shard and t.position = p.id and t.book is null
         left join link l on l.shard = p.shard and l.batch = p.closing_batch
        where b.ref = $1
        group by p.id, p.stake, p.payout, p.outcome order by p.id`,
      roundId,
    );
    assert.deepEqual(trail, [
      [10_000, 20_000, 1, 1, 20_000, true, true],
      [2_000, 4_000, 1, 1, 4_000, true, true],
      [500, 0, 2, 0, null, null, null],
      [3_000, 6_000, 1, 1, 6_000, true, true],
    ]);
    assert.deepEqual([await total(one), await total(two)], [50_000 - 12_500 + 24_000, 53_000]);
  });

  it('S1-33 the stake goes when the bet is placed, and what comes back is gross: never net, never both', async () => {
    const [winner, refunded] = [await newPlayer(wallet, 10_000), await newPlayer(wallet, 10_000)];
    const game = await newGame(deps);
    const live = await closedRound(deps, game, [{ userId: winner, betSide: 'andar', amount: 4_000 }]);
    assert.equal(await total(winner), 6_000);
    await payPositions(deps, live, ANDAR_WINS);
    assert.equal(await total(winner), 14_000);
    await playRound(deps, game, [{ userId: refunded, betSide: 'bahar', amount: 4_000 }], BAHAR_AT_ONCE);
    assert.equal(await total(refunded), 10_000);
  });

  /** A round whose payouts were made, and the commands that made them. */
  async function paid(userId: UserId): Promise<{ live: LiveRound; settles: Settle[] }> {
    const live = await closedRound(deps, await newGame(deps), [{ userId, betSide: 'andar', amount: 1_000 }]);
    const settles: Settle[] = [];
    const spied: Wallet = {
      execute(command: Command) {
        if (command.kind === 'settle') settles.push(command);
        return wallet.actor.execute(command);
      },
    };
    await payPositions({ ...deps, wallet: spied }, live, ANDAR_WINS);
    return { live, settles };
  }

  it('S1-09 S1-29 the key of a payout follows from round, epoch and bets: made anew it is the same', async () => {
    const { live, settles } = await paid(await newPlayer(wallet, 10_000));
    const later: Settle[] = [];
    const refusing: Wallet = {
      async execute(command: Command) {
        if (command.kind === 'settle') later.push(command);
        return { ok: true, seq: 0, moves: 0, epoch: 1, duplicate: true, balance: {} as never };
      },
    };
    const unpaid = { ...deps, wallet: refusing, clock: { ...deps.clock, now: () => 0 } };
    await withOpenPositions(live, () => payPositions(unpaid, live, ANDAR_WINS));
    assert.deepEqual(later, settles);
  });

  /** As a server would find them that comes back before anything was paid. */
  async function withOpenPositions(live: LiveRound, act: () => Promise<unknown>): Promise<void> {
    const admin = database.admin();
    await admin.query(
      `create table closed as
       select c.* from closing c join transfer t on t.seq = c.position and t.book = ${live.book}`,
    );
    await admin.query('delete from closing where position in (select position from closed)');
    await act();
    await admin.query('insert into closing table closed; drop table closed');
  }

  it('S1-26 S1-10 asked again, a payout is answered from the record; under another key it is refused', async () => {
    const player = await newPlayer(wallet, 10_000);
    const { settles } = await paid(player);
    const [settle] = settles;
    assert.ok(settle);
    const again = await wallet.actor.execute(settle);
    assert.ok(again.ok && again.duplicate);
    const other = await wallet.actor.execute({ ...settle, key: newKey() });
    assert.ok(!other.ok && other.code === 'NOT_OPEN');
    assert.equal(await total(player), 11_000);
  });
});
