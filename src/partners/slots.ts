/** Quarters of an hour, the grain of what is counted: the offset of every time zone is so many of them from UTC. */
const SLOT_MS = 900_000;
const DAY_MS = 86_400_000;
const SLOTS_A_DAY = DAY_MS / SLOT_MS;

/** From the one moment up to, and without, the other; epoch milliseconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A day of some time zone. */
export interface Day extends Range {
  /** `2026-11-01`. */
  readonly name: string;
}

/** The start of the quarter of an hour that `atMs` lies in. */
export function slotOf(atMs: number): number {
  return Math.floor(atMs / SLOT_MS) * SLOT_MS;
}

/** The start of the first quarter of an hour from `atMs` on. */
export function slotFrom(atMs: number): number {
  return Math.ceil(atMs / SLOT_MS) * SLOT_MS;
}

/** Midnight, or where the clocks skip it the moment after. Throws RangeError on a day or a zone that there is not. */
export function startOfDay(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The first day of the month that `atMs` lies in, there: `2026-11-01`. */
export function firstOfMonth(atMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .with({ day: 1 })
    .toString();
}

/** The month after the one that begins on `day`; `2026-12-01`. */
export function nextMonth(day: string): string {
  return Temporal.PlainDate.from(day).add({ months: 1 }).toString();
}

/** The days that a range touches, `max` of them at most, the first and the last cut to it. */
export function daysOf({ from, to }: Range, timeZone: string, max: number): readonly Day[] {
  const days: Day[] = [];
  let date = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).toPlainDate();
  let begins = from;
  while (begins < to && days.length < max) {
    const next = date.add({ days: 1 });
    const ends = Math.min(to, next.toZonedDateTime(timeZone).epochMilliseconds);
    days.push({ name: date.toString(), from: begins, to: ends });
    date = next;
    begins = ends;
  }
  return days;
}

/** Of one range, by its place among several: the quarters of an hour that lie in it on one day in UTC. */
export interface SlotMask {
  readonly range: number;
  readonly day: string;
  /** 96 times `0` or `1`. */
  readonly slots: string;
}

/** Which quarters of an hour of which days in UTC lie in each of these ranges. */
export function slotMasks(ranges: readonly Range[]): readonly SlotMask[] {
  return ranges.flatMap(({ from, to }, range) => {
    const masks: SlotMask[] = [];
    for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
      const first = Math.max(0, (from - day) / SLOT_MS);
      const end = Math.min(SLOTS_A_DAY, (to - day) / SLOT_MS);
      const slots = '0'.repeat(first) + '1'.repeat(end - first) + '0'.repeat(SLOTS_A_DAY - end);
      masks.push({ range, day: new Date(day).toISOString().slice(0, 10), slots });
    }
    return masks;
  });
}
