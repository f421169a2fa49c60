import type { Queries } from '../../db/pool.ts';
import type { AuditEntry } from '../backoffice/audit-line.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { counts } from '../backoffice/house.ts';
import type { UserId } from '../ids.ts';
import { toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type Adjustment, type AdjustmentId, targetOf } from './adjustment.ts';
import { lockAdjustment, recordDecision } from './store.ts';

export interface Act {
  readonly id: AdjustmentId;
  readonly by: UserId;
  readonly at: Date;
  readonly reason?: string | undefined;
}

/**
 * The second person; a reason is for the audit log alone. Refuses NOT_FOUND, ALREADY_DECIDED, SAME_PERSON for who has
 * asked and for whose wallet it is, and NOT_OPEN where the first may not ask any more: then there are no two people. To
 * reject it is always possible.
 */
export async function approve(tx: Queries, { id, by, at, reason }: Act): Promise<Done<null> | Refusal> {
  const adjustment = await lockPending(tx, id, by);
  if (isRefusal(adjustment)) return adjustment;
  if (adjustment.requestedBy === by) return refuse('SAME_PERSON', 'A second person has to approve this.');
  if (!(await counts(tx, { by: adjustment.requestedBy, at: adjustment.createdAt }))) {
    return refuse('NOT_OPEN', 'Who has asked for this may not any more; somebody else has to ask.');
  }
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
