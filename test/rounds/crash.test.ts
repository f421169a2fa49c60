import assert from 'node:assert/strict';
import { parseCard } from '../../src/games/andar-bahar/cards.ts';
import { THREE_WINDOW } from '../../src/games/andar-bahar/pay-tables.ts';
import { calculatePayout } from '../../src/games/andar-bahar/payout.ts';
import { addGame, findPublicRound, type PublicRound } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, TableId, UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { takeMissed } from '../../src/rounds/deliveries.ts';
import { resumeRounds } from '../../src/rounds/resume-rounds.ts';
import { unfinishedRounds } from '../../src/rounds/store.ts';
import { Table } from '../../src/rounds/table.ts';
import { assertBooks, quickTable, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { assertFollowed, newPartner, type Partner, refer } from './followed.ts';
import { Mortality } from './mortality.ts';
import { bet, ManualClock, newPlayer, newTableId, roundDeps, totalOf } from './support.ts';

const START = 100_000;
/** The fifth effect of a round: before are the table's settings, its rules' number, the round's row, the book. */
const CLOSING_THE_FIRST_WINDOW = 5;
const BETS = [
  { betSide: 'andar', amount: 10_000 },
  { betSide: 'bahar', amount: 4_000 },
] as const;

describe('a round that is killed', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let partner: Partner;
  before(async () => {
    wallet = await openWallet(database.url());
    partner = await newPartner(database.pool(), database.admin());
  });
  after(() => wallet.end());

  it('S1-25 at any step, before or after it, is finished at the next start and paid exactly once', async function () {
    this.timeout(120_000);
    const ends = { settled: 0, abandoned: 0, unborn: 0 };
    for (const after of [false, true]) {
      for (let step = 1; ; step++) {
        const mortality = new Mortality(step, after);
        const killed = await playUntilKilled(mortality);
        await restart();
        ends[await judge(killed)] += 1;
        if (!mortality.dead) break;
        assert.ok(step < 100, 'a round has an end');
      }
    }
    assert.ok(ends.settled > 20 && ends.abandoned > 0 && ends.unborn > 0, JSON.stringify(ends));
    await assertBooks(database);
  });

  it('S1-25 the finishing itself may be killed at any step, and finished by the next', async function () {
    this.timeout(120_000);
    let step = 1;
    for (; ; step++) {
      const killed = await playUntilKilled(new Mortality(CLOSING_THE_FIRST_WINDOW, true));
      assert.ok(killed.betted);
      const mortality = new Mortality(step, step % 2 === 0);
      const deps = roundDeps(mortality.database(database.pool()), wallet);
      const resumed = resumeRounds({ ...deps, wallet: mortality.wallet(wallet.actor) });
      await resumed.catch((error: Error) => assert.equal(error.message, 'killed'));
      await restart();
      assert.equal(await judge(killed), 'settled');
      if (!mortality.dead) break;
    }
    assert.ok(step > 10, `${step} steps`);
    await assertBooks(database);
  });

  interface Killed {
    readonly tableId: TableId;
    readonly players: readonly UserId[];
    readonly betted: boolean;
  }

  async function playUntilKilled(mortality: Mortality): Promise<Killed> {
    const clock = new ManualClock();
    const tableId = newTableId();
    await addGame(database.pool(), quickTable(tableId), new Date());
    const players = [await newPlayer(wallet, START), await newPlayer(wallet, START)];
    await refer(database.admin(), partner, players);
    const healthy = roundDeps(database.pool(), wallet, { clock });
    const deps = {
      ...healthy,
      database: mortality.database(database.pool()),
      wallet: mortality.wallet(wallet.actor),
    };
    const table = new Table(deps, quickTable(tableId));
    let finished = false;
    table.open({
      changed: () => undefined,
      voided: async () => undefined,
      tell: async () => new Set(),
      finished: () => {
        finished = true;
      },
    });
    await until(() => mortality.dead || table.at().round.phase === 'betting', 5_000, 'the first window');
    const betted = !mortality.dead;
    if (betted)
      for (const [index, { betSide, amount }] of BETS.entries()) {
        await bet(healthy, table, players[index] as UserId, betSide, amount);
      }
    await until(
      () => {
        if (!mortality.dead && !finished && clock.waiting > 0) clock.tick();
        return mortality.dead || finished;
      },
      10_000,
      'death or the end of the round',
    );
    await table.stop();
    return { tableId, players, betted };
  }

  /** The wallet's memory is gone too. */
  async function restart(): Promise<void> {
    await wallet.end();
    wallet = await openWallet(database.url());
    await resumeRounds(roundDeps(database.pool(), wallet));
    assert.deepEqual(await unfinishedRounds(database.pool()), []);
  }

  async function judge({ tableId, players, betted }: Killed): Promise<'settled' | 'abandoned' | 'unborn'> {
    const { rows } = await database.admin().query<{ id: RoundId }>(`select id from round where game = $1`, [tableId]);
    const round = rows[0] ? await findPublicRound(database.pool(), rows[0].id) : null;
    const totals = await Promise.all(players.map((userId) => totalOf(database.pool(), userId)));
    if (!betted) {
      assert.deepEqual(totals, [START, START]);
      assert.equal(round?.status ?? 'abandoned', 'abandoned');
      return round === null ? 'unborn' : 'abandoned';
    }
    assert.ok(round);
    assert.equal(round.status, 'settled');
    const expected = BETS.map(({ betSide, amount }) => START - amount + payoutOf(round, betSide, amount));
    assert.deepEqual(totals, expected);
    for (const userId of players) {
      const which = { tableId: round.tableId };
      const results = await takeMissed(database.pool(), userId, which, { limit: 10, at: new Date() });
      assert.equal(results.length, 1, 'one result each, to be told on coming back');
    }
    const { totalBets, totalBetAmount, totalPlayers } = round;
    assert.deepEqual([totalBets, totalBetAmount, totalPlayers], [2, 14_000n, 2]);
    await assertFollowed(database, { roundId: round.roundId, partner });
    return 'settled';
  }
});

function payoutOf({ jokerCard, winningSide, cardsDealt }: PublicRound, betSide: string, amount: number): number {
  assert.ok(jokerCard && winningSide && cardsDealt);
  const outcome = {
    joker: parseCard(jokerCard),
    firstSide: 'bahar',
    winner: winningSide,
    decidingCard: cardsDealt,
  } as const;
  return Number(calculatePayout(minor(amount), betSide, 1, outcome, THREE_WINDOW).payout);
}
