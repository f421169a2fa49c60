import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cashbackOf, endedPeriod, periodOf, rankOf } from '../../src/bonuses/cashback.ts';
import { minor } from '../../src/money.ts';

const RANKS = [
  { level: 0, name: 'Bronze', xpFrom: 0, cashback: 0 },
  { level: 1, name: 'Silver', xpFrom: 1_000, cashback: 500 },
  { level: 2, name: 'Gold', xpFrom: 5_000, cashback: 1_000 },
];
const WEEK_MS = 7 * 86_400_000;

describe('cashback', () => {
  it('S2-36 is by the week, from Monday 00:00 UTC', () => {
    const cases = [
      ['1970-01-01T00:00:00Z', '1969-12-29'],
      ['2026-07-05T23:59:59.999Z', '2026-06-29'],
      ['2026-07-06T00:00:00Z', '2026-07-06'],
      ['2026-07-12T23:59:59.999Z', '2026-07-06'],
      ['2027-01-01T12:00:00Z', '2026-12-28'],
      ['2028-02-29T12:00:00Z', '2028-02-28'],
    ] as const;
    for (const [at, name] of cases) assert.equal(periodOf(Date.parse(at)).name, name, at);
    assert.equal(endedPeriod(Date.parse('2026-07-06T00:00:00Z')).name, '2026-06-29');
    assert.equal(endedPeriod(Date.parse('2026-07-12T23:59:59Z')).name, '2026-06-29');
  });

  it('every moment is in one week, which begins on a Monday', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
        const { beginsAt, name } = periodOf(at);
        assert.ok(beginsAt <= at && at < beginsAt + WEEK_MS);
        assert.equal(new Date(beginsAt).getUTCDay(), 1);
        assert.equal(new Date(beginsAt).toISOString(), `${name}T00:00:00.000Z`);
        assert.equal(endedPeriod(at).beginsAt, beginsAt - WEEK_MS);
      }),
    );
  });

  it('S2-09 S2-36 is the part of a loss that the rank says, rounded down, and nothing of a win', () => {
    const cases = [
      [999, 10_000, 0],
      [1_000, 10_000, 500],
      [4_999, 199, 9],
      [4_999, 19, 0],
      [5_000, 199, 19],
      [10 ** 12, 10_000, 1_000],
      [5_000, 0, 0],
      [5_000, -10_000, 0],
    ] as const;
    for (const [xp, loss, expected] of cases) {
      assert.equal(cashbackOf(minor(loss), rankOf(RANKS, xp)), BigInt(expected), `${xp} ${loss}`);
    }
  });
});
