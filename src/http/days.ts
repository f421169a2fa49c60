import { z } from 'zod';

/**
 * Days and moments as people ask for them, in years that a calendar of ours can mean: the database has no year 0, and
 * one before our era would not come out of it as it went in.
 */
const [EARLIEST, LATEST] = [Date.UTC(1970, 0), Date.UTC(2101, 0)];
const YEARS = 'must be between 1970 and 2100';

function isOurs(text: string): boolean {
  const at = Date.parse(text);
  // What is no date at all is told so already.
  return Number.isNaN(at) || (at >= EARLIEST && at < LATEST);
}

export const LAST_DAY = '2100-12-31';

/** `2026-11-26`, as it is written. */
export const DayName = z.iso.date().refine(isOurs, YEARS);

/** A month such as `2026-11`, as its first day. */
export const MonthName = z
  .string()
  .regex(/^[0-9]{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-11')
  .transform((month) => `${month}-01`)
  .refine(isOurs, YEARS);

/** A moment, or a day; as it is written, for those who know in which time zone the day is meant. */
export const MomentName = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).refine(isOurs, YEARS);

/** A moment, or the start of a day in UTC. */
export const Moment = MomentName.transform((text) => new Date(text));

/** A moment in UTC, to the millisecond. */
export const MomentInUtc = z.iso
  .datetime()
  .refine(isOurs, YEARS)
  .transform((text) => new Date(text));
