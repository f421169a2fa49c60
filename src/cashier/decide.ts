import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { whoStillCounts } from '../backoffice/house.ts';
import type { UserId } from '../ids.ts';
import { type Minor, toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type Decision, lockTransaction, recordDecision, recordFirstApproval } from './store.ts';
import { firstWord, type Transaction, type TransactionId, targetOf } from './transaction.ts';

/** A transaction as it was, and what has become of it; without a decision it waits for the second person. */
export interface Decided {
  readonly transaction: Transaction;
  readonly decision: Decision | null;
}

export interface Act {
  readonly id: TransactionId;
  readonly by: UserId;
  readonly at: Date;
}

/**
 * One person's approval; above `secondAbove` the first of two leaves it pending, and counts only while that person may
 * act for the house. A reason is for the audit log alone. Refuses NOT_FOUND, ALREADY_DECIDED, SAME_PERSON for who has
 * asked for it or has approved it before.
 */
export async function approve(
  tx: Queries,
  { id, by, at }: Act,
  secondAbove: Minor,
  reason?: string,
): Promise<Done<Decided> | Refusal> {
  const noted = reason === undefined ? {} : { reason };
  const transaction = await lockPending(tx, id, by);
  if (isRefusal(transaction)) return transaction;
  if (transaction.firstApprover === by) return refuse('SAME_PERSON', 'A second person has to approve this.');
  const first = await whoStillCounts(tx, firstWord(transaction));
  if (first === null && transaction.amount > secondAbove) {
    await recordFirstApproval(tx, id, { by, at });
    const entry = { ...entryOf('APPROVE', transaction, { status: 'PENDING', first, approvals: 1 }), ...noted };
    return { answer: { transaction, decision: null }, entry };
  }
  const decision: Decision = { status: 'APPROVED', by, reason: null, at };
  await recordDecision(tx, id, decision);
  const entry = entryOf('APPROVE', transaction, { status: 'APPROVED', first, approvals: first === null ? 1 : 2 });
  return { answer: { transaction, decision }, entry: { ...entry, ...noted } };
}

/** One person is enough to say no (S4-33). Refuses as `approve` does, but for a first approval. */
export async function reject(tx: Queries, { id, by, at }: Act, reason: string): Promise<Done<Decided> | Refusal> {
  const transaction = await lockPending(tx, id, by);
  if (isRefusal(transaction)) return transaction;
  const decision: Decision = { status: 'REJECTED', by, reason, at };
  await recordDecision(tx, id, decision);
  const first = transaction.firstApprover;
  const entry = { ...entryOf('REJECT', transaction, { status: 'REJECTED', first, approvals: 0 }), reason };
  return { answer: { transaction, decision }, entry };
}

/** The player's own change of mind. Refuses NOT_FOUND for anybody else's, ALREADY_DECIDED. */
export async function cancel(tx: Queries, { id, by, at }: Act): Promise<Decided | Refusal> {
  const transaction = await lockTransaction(tx, id);
  if (transaction === null || transaction.userId !== by) return refuse('NOT_FOUND');
  const refusal = refusalOf(transaction);
  if (refusal) return refusal;
  const decision: Decision = { status: 'CANCELLED', by, reason: null, at };
  await recordDecision(tx, id, decision);
  return { transaction, decision };
}

async function lockPending(tx: Queries, id: TransactionId, by: UserId): Promise<Transaction | Refusal> {
  const transaction = await lockTransaction(tx, id);
  if (transaction === null) return refuse('NOT_FOUND');
  const refusal = refusalOf(transaction);
  if (refusal) return refusal;
  return transaction.userId === by ? refuse('SAME_PERSON') : transaction;
}

/** Only what is pending can be decided on; what never came about is not there. */
function refusalOf({ status }: Transaction): Refusal | null {
  if (status === 'REQUESTED' || status === 'REFUSED') return refuse('NOT_FOUND');
  return status === 'PENDING' ? null : refuse('ALREADY_DECIDED');
}

interface Became {
  readonly status: string;
  /** Whose approval counted before. */
  readonly first: UserId | null;
  readonly approvals: number;
}

/** As `APPROVE_WITHDRAWAL` (S4-29). */
function entryOf(verb: 'APPROVE' | 'REJECT', transaction: Transaction, { status, first, approvals }: Became) {
  const { id, type, amount, userId } = transaction;
  return {
    action: `${verb}_${type}`,
    target: targetOf(id),
    before: { status: 'PENDING', approvals: first === null ? 0 : 1 },
    after: { status, approvals, userId },
    amount: toWire(amount),
  };
}
