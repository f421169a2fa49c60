import assert from 'node:assert/strict';
import fc from 'fast-check';
import { daysOf, nextMonth, slotFrom, slotMasks, slotOf, startOfDay } from '../../src/partners/slots.ts';

const SLOT_MS = 900_000;
const zones = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'];
const zone = fc.constantFrom(...zones, 'Pacific/Chatham', 'Africa/Casablanca');
const slot = fc.integer({ min: Date.UTC(2020, 0) / SLOT_MS, max: Date.UTC(2032, 0) / SLOT_MS });
const range = fc.tuple(slot, fc.integer({ min: 1, max: 96 * 40 })).map(([from, length]) => ({
  from: from * SLOT_MS,
  to: (from + length) * SLOT_MS,
}));

describe('quarters of an hour', () => {
  it('every day of every zone begins with one, so they add up to its days', () => {
    fc.assert(
      fc.property(range, zone, ({ from, to }, timeZone) => {
        const days = daysOf({ from, to }, timeZone, 100);
        assert.deepEqual([days[0]?.from, days.at(-1)?.to], [from, to]);
        for (const [index, day] of days.entries()) {
          assert.equal(day.from % SLOT_MS, 0);
          assert.ok(day.to > day.from && day.to - day.from <= 25 * 3_600_000);
          if (index > 0) assert.deepEqual([day.from, day.from], [days[index - 1]?.to, startOfDay(day.name, timeZone)]);
        }
      }),
    );
  });

  it('a day on which the clocks change has 23 hours, or 25', () => {
    const hours = (day: string) => {
      const from = startOfDay(day, 'Europe/Berlin');
      const [first] = daysOf({ from, to: from + 3 * 86_400_000 }, 'Europe/Berlin', 1);
      return ((first?.to ?? 0) - from) / 3_600_000;
    };
    assert.deepEqual([hours('2026-03-29'), hours('2026-10-25'), hours('2026-11-01')], [23, 25, 24]);
  });

  it('the masks of a range have exactly its quarters of an hour', () => {
    fc.assert(
      fc.property(range, ({ from, to }) => {
        const masks = slotMasks([{ from, to }]);
        const ones = masks.flatMap(({ day, slots }) =>
          [...slots].flatMap((bit, n) => (bit === '1' ? [Date.parse(`${day}T00:00:00Z`) + n * SLOT_MS] : [])),
        );
        assert.ok(masks.every(({ slots }) => slots.length === 96));
        assert.deepEqual([ones.length, ones[0], ones.at(-1)], [(to - from) / SLOT_MS, from, to - SLOT_MS]);
      }),
    );
  });

  it('any moment lies in one, and the next begins with it or later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), (at) => {
        assert.ok(slotOf(at) <= at && at < slotOf(at) + SLOT_MS);
        assert.ok(slotFrom(at) >= at && at > slotFrom(at) - SLOT_MS);
      }),
    );
    assert.equal(nextMonth('2026-12-01'), '2027-01-01');
  });
});
