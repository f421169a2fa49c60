import assert from 'node:assert/strict';
import { dealFromSeed } from '../../src/fairness/andar-bahar.ts';
import { displayOf, parseCard } from '../../src/games/andar-bahar/cards.ts';
import { firstSideOf, type PayTable } from '../../src/games/andar-bahar/pay-table.ts';
import { JOKER_BETS, SIDE_BETS } from '../../src/games/andar-bahar/pay-tables.ts';
import { calculatePayout } from '../../src/games/andar-bahar/payout.ts';
import { addGame, findPublicRound, type PublicRound } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, TableId, UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { resumeRounds } from '../../src/rounds/resume-rounds.ts';
import { closedWindows, unfinishedRounds } from '../../src/rounds/store.ts';
import { Table, type TableView } from '../../src/rounds/table.ts';
import { approveVoidRequest, insertVoidRequest } from '../../src/rounds/void-store.ts';
import { assertBooks, quickTable, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { assertProjections } from './followed.ts';
import { Mortality } from './mortality.ts';
import { addPeople, bet, ManualClock, newPlayer, newTableId, roundDeps, totalOf } from './support.ts';

const START = 200_000;
/** The fifth effect of a round: before are the table's settings, its rules' number, the round's row, the book. */
const CLOSING_THE_FIRST_WINDOW = 5;
const QUIET: TableView = {
  changed: () => undefined,
  voided: async () => undefined,
  tell: async () => new Set(),
  finished: () => undefined,
};

interface Wanted {
  readonly window: number;
  readonly betSide: string;
  readonly amount: number;
}
interface Killed {
  readonly tableId: TableId;
  readonly player: UserId;
  /** The bets that were taken. */
  readonly bets: readonly Wanted[];
}

type Plan = readonly [PayTable, readonly Wanted[]];

/** What the player bets on, in both windows. */
const JOKER_PLAN: Plan = [
  JOKER_BETS,
  [
    { window: 1, betSide: 'joker-red', amount: 10_000 },
    { window: 1, betSide: 'joker-K', amount: 2_000 },
    { window: 1, betSide: 'joker-low', amount: 3_000 },
    { window: 2, betSide: 'andar', amount: 5_000 },
  ],
];
const PLANS: readonly Plan[] = [
  [
    SIDE_BETS,
    [
      { window: 1, betSide: 'bahar', amount: 10_000 },
      { window: 1, betSide: 'cards-1-5', amount: 3_000 },
      { window: 1, betSide: 'cards-6-10', amount: 2_000 },
      { window: 2, betSide: 'bahar', amount: 5_000 },
    ],
  ],
  JOKER_PLAN,
];

describe('a round of a table with side bets that is killed', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());

  for (const [table, plan] of PLANS) {
    it(`S1-25 ${table.id}: at any step, before or after it, is finished and paid exactly once`, async function () {
      this.timeout(120_000);
      const ends: Record<string, number> = {};
      for (const after of [false, true]) {
        for (let step = 1; ; step++) {
          const mortality = new Mortality(step, after);
          const killed = await playUntilKilled(mortality, table, plan);
          await assertNoJokerBeforeItsRoot(killed.tableId, table);
          await restart();
          const end = await judge(killed, table);
          ends[end] = (ends[end] ?? 0) + 1;
          if (!mortality.dead) break;
          assert.ok(step < 100, 'a round has an end');
        }
      }
      const { settled = 0, abandoned = 0, unborn = 0 } = ends;
      assert.ok(settled > 15 && abandoned > 0 && unborn > 0, JSON.stringify(ends));
      await assertBooks(database);
      await assertProjections(database);
    });
  }

  it('S1-25 joker-bets: the finishing itself may be killed at any step, and finished by the next', async function () {
    this.timeout(120_000);
    let step = 1;
    for (; ; step++) {
      const killed = await playUntilKilled(new Mortality(CLOSING_THE_FIRST_WINDOW, true), ...JOKER_PLAN);
      assert.equal(killed.bets.length, 3);
      const mortality = new Mortality(step, step % 2 === 0);
      const deps = roundDeps(mortality.database(database.pool()), wallet);
      const resumed = resumeRounds({ ...deps, wallet: mortality.wallet(wallet.actor) });
      await resumed.catch((error: Error) => assert.equal(error.message, 'killed'));
      await assertNoJokerBeforeItsRoot(killed.tableId, JOKER_BETS);
      await restart();
      assert.equal(await judge(killed, JOKER_BETS), 'settled');
      if (!mortality.dead) break;
    }
    assert.ok(step > 10, `${step} steps`);
    await assertBooks(database);
  });

  it('joker-bets: a void gives the stakes back, and publishes the joker that there would have been', async () => {
    const game = quickTable(newTableId(), { payTable: JOKER_BETS.id });
    await addGame(database.pool(), game, new Date());
    const player = await newPlayer(wallet, START);
    const deps = roundDeps(database.pool(), wallet, { clock: new ManualClock() });
    const table = new Table(deps, game);
    table.open(QUIET);
    await until(() => table.at().round.phase === 'betting', 5_000, 'the first window');
    await bet(deps, table, player, 'joker-red', 10_000);
    const { live } = table.at();
    assert.ok(live);
    const [one, other] = await addPeople(database.pool(), 2);
    const wish = { roundId: live.roundId, reason: 'a camera fell over', at: new Date() };
    await insertVoidRequest(database.pool(), { ...wish, by: one as UserId });
    await approveVoidRequest(database.pool(), { ...wish, by: other as UserId });
    assert.ok(!isRefusal(await table.voidRound(live.roundId)));
    await table.stop();
    assert.equal(await totalOf(database.pool(), player), START);
    const round = await findPublicRound(database.pool(), live.roundId);
    assert.equal(round?.status, 'voided');
    const [window] = await closedWindows(database.pool(), live.roundId);
    const would = dealFromSeed({ ...live, roots: [window?.root ?? ''] });
    assert.equal(round.jokerCard, would && displayOf(would.joker));
    await assertBooks(database);
  });

  async function playUntilKilled(mortality: Mortality, { id }: PayTable, plan: readonly Wanted[]): Promise<Killed> {
    const clock = new ManualClock();
    const game = quickTable(newTableId(), { payTable: id });
    await addGame(database.pool(), game, new Date());
    const player = await newPlayer(wallet, START);
    const healthy = roundDeps(database.pool(), wallet, { clock });
    const mortal = { database: mortality.database(database.pool()), wallet: mortality.wallet(wallet.actor) };
    const table = new Table({ ...healthy, ...mortal }, game);
    let finished = false;
    table.open({
      ...QUIET,
      finished: () => {
        finished = true;
      },
    });
    const bets: Wanted[] = [];
    for (let [window, over] = [0, false]; !over; ) {
      await until(
        () => {
          const { round } = table.at();
          over = mortality.dead || finished;
          if (over || (round.phase === 'betting' && round.bettingWindow > window)) return true;
          if (clock.waiting > 0) clock.tick();
          return false;
        },
        10_000,
        'the next window or an end',
      );
      if (over) break;
      window += 1;
      for (const wanted of plan.filter((each) => each.window === window)) {
        await bet(healthy, table, player, wanted.betSide, wanted.amount);
        bets.push(wanted);
      }
    }
    await table.stop();
    return { tableId: game.tableId, player, bets };
  }

  /** The card that bets are taken on is nowhere in the database until nobody can bet on it any more. */
  async function assertNoJokerBeforeItsRoot(tableId: TableId, table: PayTable): Promise<void> {
    if (table !== JOKER_BETS) return;
    const { rows } = await database.admin().query<{ joker: string | null; drawn: boolean }>(
      `select joker_card as joker,
              exists (select from round_window w where w.round = r.id and w."window" = 1) as drawn
         from round r where game = $1`,
      [tableId],
    );
    for (const { joker, drawn } of rows) assert.equal(joker !== null, drawn);
  }

  /** The wallet's memory is gone too. */
  async function restart(): Promise<void> {
    await wallet.end();
    wallet = await openWallet(database.url());
    await resumeRounds(roundDeps(database.pool(), wallet));
    assert.deepEqual(await unfinishedRounds(database.pool()), []);
  }

  async function judge({ tableId, player, bets }: Killed, table: PayTable): Promise<string> {
    const { rows } = await database.admin().query<{ id: RoundId }>(`select id from round where game = $1`, [tableId]);
    const round = rows[0] ? await findPublicRound(database.pool(), rows[0].id) : null;
    const expected = bets.reduce((sum, each) => sum - each.amount + payoutOf(round, each, table), START);
    assert.equal(await totalOf(database.pool(), player), expected);
    assert.equal(round?.status ?? 'abandoned', bets.length === 0 ? 'abandoned' : 'settled');
    return round?.status ?? 'unborn';
  }
});

function payoutOf(round: PublicRound | null, { window, betSide, amount }: Wanted, table: PayTable): number {
  assert.ok(round?.jokerCard && round.winningSide && round.cardsDealt, 'a round with bets has a result');
  const joker = parseCard(round.jokerCard);
  const winner = round.winningSide;
  const outcome = { joker, firstSide: firstSideOf(table, joker), winner, decidingCard: round.cardsDealt };
  return Number(calculatePayout(minor(amount), betSide, window, outcome, table).payout);
}
