/** When the numbers are drawn; a setting, as draws of different houses differ. */
export interface DrawSchedule {
  /** An IANA name, `Asia/Bangkok`. */
  readonly timeZone: string;
  /** Of the clock in this zone, `15:30`. */
  readonly time: string;
}

export interface Draw {
  /** As phases are named (S3-02): `Feb-01`. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Thailand draws on the 1st and the 16th of every month (DOMAIN 2.1). */
const DAYS = [1, 16] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/**
 * The first draw later than `after`, epoch milliseconds. A time that the clocks of the zone skip on the day is the
 * moment as long behind the gap. Throws RangeError on a zone or a time that there is not.
 */
export function nextDraw(after: number, { timeZone, time }: DrawSchedule): Draw {
  const today = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(timeZone).toPlainDate();
  const days = [today, today.add({ months: 1 })].flatMap((date) => DAYS.map((day) => date.with({ day })));
  for (const date of days) {
    const at = momentOn(date, { timeZone, time });
    if (at > after) return { name: nameOf(date), at };
  }
  throw new Error(`no draw within a month of ${after}`);
}

/** The moment of a draw on this day, `2026-12-01`; epoch milliseconds. Throws RangeError as above. */
export function drawOn(day: string, schedule: DrawSchedule): number {
  return momentOn(Temporal.PlainDate.from(day), schedule);
}

function momentOn(date: Temporal.PlainDate, { timeZone, time }: DrawSchedule): number {
  return date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
}

function nameOf({ month, day }: Temporal.PlainDate): string {
  return `${MONTHS[month - 1]}-${day.toString().padStart(2, '0')}`;
}
