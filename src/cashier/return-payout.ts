import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { whoStillCounts } from '../backoffice/house.ts';
import { type Minor, toWire } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Act } from './decide.ts';
import { lockTransaction, recordFirstReturn, recordReturn } from './store.ts';
import { firstWordOfReturn, type Transaction, targetOf } from './transaction.ts';

/**
 * Gives back what could not be paid out: one person's wish; above `secondAbove` the first of two leaves it as it is,
 * is answered false, and counts only while that person may act for the house. Refuses NOT_FOUND, ALREADY_DECIDED where
 * it was given back before, NOT_OPEN where there is no payout that has failed, SAME_PERSON for its player and for who
 * has wished for it before.
 */
export async function returnPayout(
  tx: Queries,
  { id, by, at }: Act,
  reason: string,
  secondAbove: Minor,
): Promise<Done<boolean> | Refusal> {
  const transaction = await lockTransaction(tx, id);
  const refusal = refusalOf(transaction);
  if (transaction === null || refusal !== null) return refusal ?? refuse('NOT_FOUND');
  const { userId, amount, returnFirstApprover } = transaction;
  if (userId === by) return refuse('SAME_PERSON');
  if (returnFirstApprover === by) return refuse('SAME_PERSON', 'A second person has to return this as well.');
  const first = await whoStillCounts(tx, firstWordOfReturn(transaction));
  const isDecided = first !== null || amount <= secondAbove;
  if (isDecided) await recordReturn(tx, id, { by, at, reason });
  else await recordFirstReturn(tx, id, { by, at });
  const approvals = first === null ? 0 : 1;
  const entry = {
    ...{ action: 'RETURN_PAYOUT', target: targetOf(id), before: { payoutStatus: 'FAILED', approvals } },
    ...{ after: { payoutStatus: isDecided ? 'RETURNED' : 'FAILED', approvals: approvals + 1, userId } },
  };
  return { answer: isDecided, entry: { ...entry, reason, amount: toWire(amount) } };
}

function refusalOf(transaction: Transaction | null): Refusal | null {
  if (transaction === null || transaction.status === 'REQUESTED' || transaction.status === 'REFUSED') {
    return refuse('NOT_FOUND');
  }
  if (transaction.payoutStatus === 'RETURNED') return refuse('ALREADY_DECIDED');
  return transaction.payoutStatus === 'FAILED' ? null : refuse('NOT_OPEN', 'There is no payout of it that has failed.');
}
