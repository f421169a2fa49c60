import type { Queries } from '../../db/pool.ts';
import { findUser } from '../accounts/store.ts';
import type { AuditEntry } from '../backoffice/audit-line.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { type Key, type UserId, uuid7 } from '../ids.ts';
import { INR, type Minor, toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type Adjustment, type AdjustmentId, targetOf } from './adjustment.ts';
import { insertAdjustment, lockAdjustment, recordDecision } from './store.ts';

/** What a person of the house wants to be corrected. */
export interface Wish {
  readonly userId: UserId;
  /** Not nothing; below zero: to be taken from the wallet. */
  readonly amount: Minor;
  readonly reason: string;
  readonly key: Key;
}

export interface Act {
  readonly id: AdjustmentId;
  readonly by: UserId;
  readonly at: Date;
  readonly reason?: string | undefined;
}

/**
 * Puts a wish on record; nothing moves before another person has approved it. Refuses SAME_PERSON for one's own wallet,
 * NOT_FOUND where there is no such person, ALREADY_DECIDED where this very moment put something under the key.
 */
export async function request(tx: Queries, wish: Wish, by: UserId, at: Date): Promise<Done<null> | Refusal> {
  const { userId, amount, reason, key } = wish;
  if (userId === by) return refuse('SAME_PERSON', 'Nobody corrects their own wallet.');
  if ((await findUser(tx, userId)) === undefined) return refuse('NOT_FOUND', 'There is no such person.');
  const id = uuid7<AdjustmentId>(at.getTime());
  const row = { id, userId, requestedBy: by, key, amount, currency: INR, reason, createdAt: at };
  if (!(await insertAdjustment(tx, row))) return refuse('ALREADY_DECIDED');
  const entry = { action: 'adjustment.request', target: targetOf(id), after: { status: 'PENDING', userId } };
  return { answer: null, entry: { ...entry, reason, amount: toWire(amount) } };
}

/**
 * The second person; a reason is for the audit log alone. Refuses NOT_FOUND, ALREADY_DECIDED, SAME_PERSON for who has
 * asked and for whose wallet it is.
 */
export async function approve(tx: Queries, { id, by, at, reason }: Act): Promise<Done<null> | Refusal> {
  const adjustment = await lockPending(tx, id, by);
  if (isRefusal(adjustment)) return adjustment;
  if (adjustment.requestedBy === by) return refuse('SAME_PERSON', 'A second person has to approve this.');
  await recordDecision(tx, id, { status: 'APPROVED', by, at, reason: null });
  const entry = entryOf('adjustment.approve', adjustment, 'APPROVED');
  return { answer: null, entry: { ...entry, ...(reason !== undefined && { reason }) } };
}

/** One person is enough to say no, who has asked for it too. Refuses as `approve` does otherwise. */
export async function reject(tx: Queries, { id, by, at }: Act, reason: string): Promise<Done<null> | Refusal> {
  const adjustment = await lockPending(tx, id, by);
  if (isRefusal(adjustment)) return adjustment;
  await recordDecision(tx, id, { status: 'REJECTED', by, at, reason });
  return { answer: null, entry: { ...entryOf('adjustment.reject', adjustment, 'REJECTED'), reason } };
}

/** For the log, where the wallet has said no: it must not read as if the money had moved. */
export function refusedEntry({ id, userId, amount }: Adjustment, code: string): AuditEntry {
  const after = { status: 'REFUSED', refusal: code, userId };
  return { action: 'adjustment.refused', target: targetOf(id), after, amount: toWire(amount) };
}

async function lockPending(tx: Queries, id: AdjustmentId, by: UserId): Promise<Adjustment | Refusal> {
  const adjustment = await lockAdjustment(tx, id);
  if (adjustment === null) return refuse('NOT_FOUND');
  if (adjustment.status !== 'PENDING') return refuse('ALREADY_DECIDED');
  return adjustment.userId === by ? refuse('SAME_PERSON') : adjustment;
}

function entryOf(action: string, { id, userId, amount }: Adjustment, status: string) {
  const target = targetOf(id);
  return { action, target, before: { status: 'PENDING' }, after: { status, userId }, amount: toWire(amount) };
}
