import type { Queries } from '../../db/pool.ts';
import { type Minor, ZERO } from '../money.ts';
import type { CarryOver } from './commission.ts';
import type { Part } from './figures.ts';
import type { TermsSince } from './partner.ts';
import { type Of, sumsByRange } from './report-store.ts';
import { daysOf, firstOfMonth, nextMonth, type Range, startOfDay } from './slots.ts';
import { type Settled, settleMonth } from './statement.ts';
import { firstCounted, lastStatement } from './statement-store.ts';

const DAYS_MAX = 31;

/** What a month comes to, and what of it was counted. */
export interface Month extends Settled {
  /** Its first day. */
  readonly period: string;
  readonly carryOver: CarryOver;
  readonly parts: readonly Part[];
}

/** The month that begins on this day, in UTC as statements are. */
export function monthFrom(period: string): Range {
  return { from: startOfDay(period, 'UTC'), to: startOfDay(nextMonth(period), 'UTC') };
}

/** The month after the last that is closed, or the first that has something; and the loss it begins with. */
export async function nextToClose(queries: Queries, { partner }: Of) {
  const before = await lastStatement(queries, partner.id);
  if (before !== null) return { period: nextMonth(before.period), carried: before.carriedOut };
  return { period: firstOfMonth((await firstCounted(queries, partner.id)).getTime(), 'UTC'), carried: ZERO };
}

/** What this month comes to by what is counted of it now. */
export async function monthOf(queries: Queries, of: Of, period: string, carried: Minor): Promise<Month> {
  const range = monthFrom(period);
  const carryOver = carryOverOf(of.terms, range);
  const days = daysOf(range, 'UTC', DAYS_MAX);
  const sums = await sumsByRange(queries, of, days);
  const parts = days.map((_, day) => sums.get(day) ?? []);
  return { period, carryOver, parts: parts.flat(), ...settleMonth(parts, carryOver, carried) };
}

/**
 * What a statement of the month that `now` lies in would say if it were made now: with whatever those before it, which
 * may wait to be closed, leave to it.
 */
export async function openMonth(queries: Queries, of: Of, now: number): Promise<Month> {
  const current = firstOfMonth(now, 'UTC');
  let { period, carried } = await nextToClose(queries, of);
  for (; period < current; period = nextMonth(period)) {
    ({ carriedOut: carried } = await monthOf(queries, of, period, carried));
  }
  return monthOf(queries, of, current, carried);
}

/** As agreed when the month began, or at first: nobody decides on a loss when it is known. */
function carryOverOf(terms: readonly TermsSince[], { from }: Range): CarryOver {
  const agreed = terms.findLast(({ since }) => since.getTime() <= from) ?? terms[0];
  if (agreed === undefined) throw new Error('a partner without terms');
  return agreed.carryOver;
}
