import { z } from 'zod';
import { GROUPS, type ReportWish } from '../partners/report.ts';
import { firstOfMonth, slotFrom, slotOf, startOfDay } from '../partners/slots.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { isTimeZone } from '../time-zone.ts';
import { FileFields } from './csv-report.ts';
import { DayName, MomentName } from './days.ts';

/** Names alone: an offset such as `+05:30` means one thing here and its opposite elsewhere. */
const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]/)
  .refine(isTimeZone, 'must be an IANA time zone such as Asia/Kolkata');

export const PageSize = z.coerce.number().int().min(1).max(1_000).default(100);

export const ReportQuery = z.strictObject({
  from: MomentName.optional().describe('from then on; of a day its start there. The first of this month unless told'),
  to: MomentName.optional().describe('up to then, and without it; now unless told'),
  tz: TimeZone.default('UTC'),
  groupBy: z.enum(GROUPS).default('day'),
  cursor: z.string().max(64).optional(),
  limit: PageSize,
  ...FileFields,
});
export type ReportQuery = z.output<typeof ReportQuery>;

const YEARS_MAX = 10;
/** Long before, the clocks of some zones were minutes apart. */
const EARLIEST = Date.UTC(2000, 0);

/** In whole quarters of an hour. INVALID_REQUEST where there is nothing in between, or too much. */
export function wishOf({ from, to, tz: timeZone, groupBy: group }: ReportQuery, now: number): ReportWish | Refusal {
  const range = {
    from: slotOf(from === undefined ? startOfDay(firstOfMonth(now, timeZone), timeZone) : momentOf(from, timeZone)),
    to: slotFrom(to === undefined ? now + 1 : momentOf(to, timeZone)),
  };
  const wrong = (path: string, message: string) => refuse('INVALID_REQUEST', undefined, [{ path, message }]);
  if (range.from < EARLIEST) return wrong('from', 'is before the year 2000');
  if (range.to <= range.from) return wrong('to', 'is not later than from');
  if (range.to - range.from > YEARS_MAX * 366 * 86_400_000) return wrong('to', `is more than ${YEARS_MAX} years later`);
  return { range, timeZone, group };
}

const CURSORS: Readonly<Record<ReportWish['group'], z.ZodType>> = {
  day: DayName,
  player: z.uuid(),
  game: z.string(),
  round: z.uuid(),
};

/** Whether a page of this kind can have ended there. */
export function isCursor(cursor: string | undefined, group: ReportWish['group']): boolean {
  return cursor === undefined || CURSORS[group].safeParse(cursor).success;
}

function momentOf(text: string, timeZone: string): number {
  return text.includes('T') ? Date.parse(text) : startOfDay(text, timeZone);
}
