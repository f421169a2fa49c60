import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endOf } from '../../src/protection/exclusion.ts';

const DAY_MS = 86_400_000;

describe('an exclusion', () => {
  const ends: readonly [string, Parameters<typeof endOf>[0], string, string][] = [
    ['a day', { kind: 'time-out', hours: 24 }, '2026-03-31T10:20:30.123Z', '2026-04-01T10:20:30.123Z'],
    ['half a year', { kind: 'self-exclusion', months: 6 }, '2026-01-15T10:00:00.000Z', '2026-07-15T10:00:00.000Z'],
    [
      'over a year’s end',
      { kind: 'self-exclusion', months: 11 },
      '2026-03-01T00:00:00.000Z',
      '2027-02-01T00:00:00.000Z',
    ],
    [
      'to a shorter month',
      { kind: 'self-exclusion', months: 6 },
      '2026-08-31T23:59:59.999Z',
      '2027-02-28T23:59:59.999Z',
    ],
    ['to a leap day', { kind: 'self-exclusion', months: 18 }, '2026-08-31T12:00:00.000Z', '2028-02-29T12:00:00.000Z'],
    ['five years', { kind: 'self-exclusion', months: 60 }, '2024-02-29T12:00:00.000Z', '2029-02-28T12:00:00.000Z'],
  ];
  for (const [name, wish, from, until] of ends) {
    it(`of ${name} that begins ${from} ends ${until}`, () => {
      assert.equal(new Date(endOf(wish, Date.parse(from))).toISOString(), until);
    });
  }

  it('of more months never ends earlier, and each month has 28 to 31 days', () => {
    const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, fc.integer({ min: 6, max: 59 }), (from, months) => {
        const [end, later] = [months, months + 1].map((each) => endOf({ kind: 'self-exclusion', months: each }, +from));
        assert.ok(end !== undefined && later !== undefined);
        assert.ok(later - end >= 28 * DAY_MS && later - end <= 31 * DAY_MS);
        assert.equal(end % DAY_MS, +from % DAY_MS);
      }),
    );
  });
});
