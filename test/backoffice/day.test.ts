import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Day } from '../../src/backoffice/day.ts';
import { addGame } from '../../src/games/andar-bahar/store.ts';
import { quickTable } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const HOUR_MS = 3_600_000;
const MIDNIGHT = Date.parse('2026-03-02T00:00:00Z');

interface Settled {
  readonly tableId: string;
  readonly at: number;
  readonly stakes: number;
}

describe('what was played since midnight', () => {
  const database = useDatabase();
  const tables = ['one', 'two'];

  before(async () => {
    for (const tableId of tables) {
      await addGame(database.pool(), quickTable(tableId), new Date());
      await database.admin().query(
        `insert into game_rules
         select id, 1, pay_table, currency, min_bet, max_bet, null, exposure_cap, betting_ms, dealing_ms, pause_ms,
                created_at
           from game where id = $1`,
        [tableId],
      );
    }
  });

  const settle = ({ tableId, at, stakes }: Settled, status = 'settled') =>
    database.admin().query(
      `insert into round (id, game, round_number, status, betting_window, betting_ends_at, pay_table, joker_card,
                          commitment, algorithm_version, winning_side, total_bets, total_bet_amount, total_payouts,
                          total_refunds, created_at, ended_at, rules_version)
       select gen_random_uuid(), $1, coalesce(max(round_number), 0) + 1, $4, 1, now(), 'three-window', 'K♠',
              repeat('0', 64), 1, 'andar', 1, $3::int8, $3::int8 / 2, 1, $2, $2, 1
         from round where game = $1`,
      [tableId, new Date(at), stakes, status],
    );

  it('S0-73 added up by looks is what the rounds say, past midnights and whenever one begins to look', async () => {
    const step = fc.record({
      tableId: fc.constantFrom(...tables),
      gapMs: fc.integer({ min: 0, max: 9 * HOUR_MS }),
      stakes: fc.integer({ min: 2, max: 1_000_000 }),
      looks: fc.boolean(),
      voided: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        await database.admin().query('delete from round');
        const day = new Day(database.pool());
        const settled: Settled[] = [];
        let now = MIDNIGHT - 5 * HOUR_MS;
        for (const { tableId, gapMs, stakes, looks, voided } of steps) {
          now += gapMs;
          await settle({ tableId, at: now, stakes }, voided ? 'voided' : 'settled');
          if (!voided) settled.push({ tableId, at: now, stakes });
          if (looks) await assertSums(day, settled, now);
        }
        await assertSums(day, settled, now);
        await assertSums(new Day(database.pool()), settled, now);
      }),
      { numRuns: 25 },
    );
  });

  async function assertSums(day: Day, settled: readonly Settled[], now: number): Promise<void> {
    const { midnight, sums } = await day.look(now);
    assert.equal(new Date(midnight).toISOString(), `${new Date(now).toISOString().slice(0, 10)}T00:00:00.000Z`);
    for (const tableId of tables) {
      const today = settled.filter((round) => round.tableId === tableId && round.at >= midnight);
      const sum = (amount: (round: Settled) => number) => today.reduce((total, round) => total + amount(round), 0);
      const { rounds, stakes, payouts, refunds } = sums.get(tableId as never) ?? {
        ...{ rounds: 0, stakes: 0, payouts: 0, refunds: 0 },
      };
      assert.deepEqual(
        [rounds, Number(stakes), Number(payouts), Number(refunds)],
        [today.length, sum((round) => round.stakes), sum((round) => Math.floor(round.stakes / 2)), today.length],
      );
    }
  }

  it('two looks at once count nothing twice', async () => {
    await database.admin().query('delete from round');
    await settle({ tableId: 'one', at: MIDNIGHT, stakes: 10 });
    const day = new Day(database.pool());
    const looks = await Promise.all([1, 2, 3].map((ms) => day.look(MIDNIGHT + ms)));
    for (const { sums } of looks) assert.equal(sums.get('one' as never)?.stakes, 10n);
  });
});
