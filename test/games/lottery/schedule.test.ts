import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DrawSchedule, nextDraw } from '../../../src/games/lottery/schedule.ts';

const BANGKOK: DrawSchedule = { timeZone: 'Asia/Bangkok', time: '15:30' };

describe('the next draw', () => {
  const table: readonly [why: string, after: string, schedule: DrawSchedule, name: string, at: string][] = [
    ['on the 1st', '2027-01-20T00:00:00Z', BANGKOK, 'Feb-01', '2027-02-01T08:30:00Z'],
    ['on the 16th', '2027-02-01T08:30:00Z', BANGKOK, 'Feb-16', '2027-02-16T08:30:00Z'],
    ['today, a millisecond from now', '2027-02-01T08:29:59.999Z', BANGKOK, 'Feb-01', '2027-02-01T08:30:00Z'],
    ['in the next year', '2027-12-16T09:00:00Z', BANGKOK, 'Jan-01', '2028-01-01T08:30:00Z'],
    ['after the last day of a long month', '2027-01-31T23:00:00Z', BANGKOK, 'Feb-01', '2027-02-01T08:30:00Z'],
    [
      'when it is the 1st there already',
      '2027-01-31T17:30:00Z',
      { ...BANGKOK, time: '00:15' },
      'Feb-16',
      '2027-02-15T17:15:00Z',
    ],
    [
      'half an hour off',
      '2027-03-02T00:00:00Z',
      { timeZone: 'Asia/Yangon', time: '15:30' },
      'Mar-16',
      '2027-03-16T09:00:00Z',
    ],
    [
      'before summer time',
      '2027-03-02T00:00:00Z',
      { timeZone: 'America/Chicago', time: '09:00' },
      'Mar-16',
      '2027-03-16T14:00:00Z',
    ],
    [
      'at a time that is skipped',
      '2026-02-20T00:00:00Z',
      { timeZone: 'America/Havana', time: '00:30' },
      'Mar-01',
      '2026-03-01T05:30:00Z',
    ],
  ];
  for (const [why, after, schedule, name, at] of table) {
    it(`S3-02 ${why}: ${name} at ${at}`, () => {
      assert.deepEqual(nextDraw(Date.parse(after), schedule), { name, at: Date.parse(at) });
    });
  }

  it('follows the one before, on the 1st and the 16th of every month, at the same time there', () => {
    const zone = fc.constantFrom('Asia/Bangkok', 'Asia/Yangon', 'Asia/Kolkata', 'America/New_York', 'Pacific/Auckland');
    const year2000to2100 = fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 });
    fc.assert(
      fc.property(year2000to2100, zone, (after, timeZone) => {
        const schedule = { timeZone, time: '15:30' };
        const first = nextDraw(after, schedule);
        const second = nextDraw(first.at, schedule);
        const days = (second.at - first.at) / 86_400_000;
        assert.ok(first.at > after && days > 12 && days < 17, `${days}`);
        assert.notEqual(first.name.slice(-2), second.name.slice(-2));
        const clock = new Intl.DateTimeFormat('en-GB', {
          timeZone,
          day: '2-digit',
          hour: '2-digit',
          minute: '2-digit',
        });
        assert.equal(clock.format(first.at), `${first.name.slice(-2)}, 15:30`);
      }),
    );
  });

  it('is not to be had for a zone or a time that there is not', () => {
    assert.throws(() => nextDraw(0, { timeZone: 'Asia/Atlantis', time: '15:30' }), RangeError);
    assert.throws(() => nextDraw(0, { timeZone: 'Asia/Bangkok', time: '25:00' }), RangeError);
  });
});
