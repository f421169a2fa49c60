import type { Database, Queries } from '../../db/pool.ts';
import { uuid7 } from '../ids.ts';
import { INR, toWire, ZERO } from '../money.ts';
import type { CarryOver, PartnerId } from './commission.ts';
import { isUncountedBefore, lockCursor } from './count-store.ts';
import { percentagesOf, sumOf } from './figures.ts';
import { lockPartner, type Partner, type TermsSince, termsOf } from './partner.ts';
import { postback } from './postback.ts';
import { enqueue, listening } from './postback-store.ts';
import { sumsByRange } from './report-store.ts';
import { daysOf, firstOfMonth, nextMonth, type Range, startOfDay } from './slots.ts';
import { type StatementId, settleMonth } from './statement.ts';
import { firstCounted, insertStatement, lastStatement, settleRounds } from './statement-store.ts';

/** How much the database's clock, by which bets are counted, may be behind ours. */
const GRACE_MS = 3_600_000;
const DAYS_MAX = 31;

/** The last month that may be closed, by its first day. */
export function lastClosable(now: number): string {
  return Temporal.PlainDate.from(firstOfMonth(now - GRACE_MS, 'UTC'))
    .subtract({ months: 1 })
    .toString();
}

/**
 * Closes the months of a partner that are over, the oldest first, each in a transaction of its own: once all of it is
 * counted, and nothing can be counted meanwhile. What is closed stays so.
 */
export async function closeMonths(database: Database, id: PartnerId, now: number): Promise<void> {
  while (await database.transaction((tx) => closeNext(tx, id, now)));
}

/** False where no month is due. */
async function closeNext(tx: Queries, id: PartnerId, now: number): Promise<boolean> {
  const { counted } = await lockCursor(tx);
  const partner = await lockPartner(tx, id);
  if (partner === null) return false;
  const before = await lastStatement(tx, id);
  const period =
    before === null ? firstOfMonth((await firstCounted(tx, id)).getTime(), 'UTC') : nextMonth(before.period);
  const month = { from: startOfDay(period, 'UTC'), to: startOfDay(nextMonth(period), 'UTC') };
  if (now < month.to + GRACE_MS || (await isUncountedBefore(tx, counted, new Date(month.to)))) return false;
  const carried = before?.carriedOut ?? ZERO;
  return close(tx, partner, { period, month, carried, now });
}

interface Month {
  readonly period: string;
  readonly month: Range;
  readonly carried: typeof ZERO;
  readonly now: number;
}

async function close(tx: Queries, partner: Partner, { period, month, carried, now }: Month): Promise<boolean> {
  const { id: partnerId } = partner;
  const terms = await termsOf(tx, partnerId);
  const carryOver = carryOverOf(terms, month);
  const days = daysOf(month, 'UTC', DAYS_MAX);
  const sums = await sumsByRange(tx, { partner, terms }, days);
  const parts = days.map((_, day) => sums.get(day) ?? []);
  const settled = settleMonth(parts, carryOver, carried);
  const { shown, earned, carriedIn, due, carriedOut } = settled;
  const closedAt = new Date(now);
  const id = uuid7<StatementId>(now);
  const isNew = await insertStatement(tx, {
    ...{ id, partnerId, period, currency: INR, ...sumOf(parts.flat()) },
    ...{ shownStaked: shown.bets, shownPaid: shown.payouts, shownGgr: shown.ggr, shownNgr: shown.ngr },
    ...percentagesOf(parts.flat(), terms, month),
    ...{ carryOver, earned, carriedIn, due, carriedOut, status: due > 0n ? 'CLOSED' : 'NOTHING_DUE', closedAt },
  });
  if (isNew && due === 0n) await settleRounds(tx, { partnerId, period }, 'netted', closedAt);
  if (isNew && due > 0n && (await listening(tx, [partnerId])).has(partnerId)) {
    const data = { kind: 'statement', statementId: id, period: period.slice(0, 7), currency: INR };
    const amounts = { earned: toWire(earned), due: toWire(due) };
    await enqueue(tx, [postback(partnerId, 'commission', id, { ...data, ...amounts }, closedAt)]);
  }
  return isNew;
}

/** As agreed when the month began, or at first: nobody decides on a loss when it is known. */
function carryOverOf(terms: readonly TermsSince[], { from }: Range): CarryOver {
  const agreed = terms.findLast(({ since }) => since.getTime() <= from) ?? terms[0];
  if (agreed === undefined) throw new Error('a partner without terms');
  return agreed.carryOver;
}
