import type { Database, Queries } from '../../db/pool.ts';
import { uuid7 } from '../ids.ts';
import { INR, toWire } from '../money.ts';
import type { PartnerId } from './commission.ts';
import { isUncountedBefore, lockCursor } from './count-store.ts';
import { percentagesOf, sumOf } from './figures.ts';
import { type Month, monthFrom, monthOf, nextToClose } from './month.ts';
import { lockPartner, type Partner, termsOf } from './partner.ts';
import { postback } from './postback.ts';
import { enqueue, listening } from './postback-store.ts';
import type { Of } from './report-store.ts';
import { firstOfMonth } from './slots.ts';
import type { StatementId } from './statement.ts';
import { insertStatement, settleRounds } from './statement-store.ts';

/** How much the database's clock, by which bets are counted, may be behind ours. */
const GRACE_MS = 3_600_000;

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
  const of = { partner, terms: await termsOf(tx, id) };
  const { period, carried } = await nextToClose(tx, of);
  const { to } = monthFrom(period);
  if (now < to + GRACE_MS || (await isUncountedBefore(tx, counted, new Date(to)))) return false;
  return close(tx, of, await monthOf(tx, of, period, carried), now);
}

async function close(
  tx: Queries,
  { partner, terms }: Of & { readonly partner: Partner },
  month: Month,
  now: number,
): Promise<boolean> {
  const { id: partnerId } = partner;
  const { period, parts, carryOver, shown, earned, carriedIn, due, carriedOut } = month;
  const closedAt = new Date(now);
  const id = uuid7<StatementId>(now);
  const isNew = await insertStatement(tx, {
    ...{ id, partnerId, period, currency: INR, ...sumOf(parts) },
    ...{ shownStaked: shown.bets, shownPaid: shown.payouts, shownGgr: shown.ggr, shownNgr: shown.ngr },
    ...percentagesOf(parts, terms, monthFrom(period)),
    ...{ carryOver, earned, carriedIn, due, carriedOut, status: due > 0n ? 'CLOSED' : 'NOTHING_DUE', closedAt },
  });
  if (isNew && due === 0n) await settleRounds(tx, { partnerId, period }, 'netted', closedAt);
  const isTold = partner.status === 'active' && due > 0n;
  if (isNew && isTold && (await listening(tx, [partnerId])).has(partnerId)) {
    const data = { kind: 'statement', statementId: id, period: period.slice(0, 7), currency: INR };
    const amounts = { earned: toWire(earned), due: toWire(due) };
    await enqueue(tx, [postback(partnerId, 'commission', id, { ...data, ...amounts }, closedAt)]);
  }
  return isNew;
}
