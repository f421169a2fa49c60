import { z } from 'zod';
import { toWire } from '../money.ts';
import { METHODS, PAYOUT_STATUSES, STATUSES, type Transaction, TYPES } from './transaction.ts';

const WireStatus = z.enum(STATUSES);

/** A deposit or a withdrawal as its player sees it (S4-26). */
export const WireTransaction = z.strictObject({
  id: z.uuid(),
  userId: z.uuid(),
  type: z.enum(TYPES),
  status: WireStatus,
  amount: z.int().describe('minor units'),
  forfeitedBonus: z.int().describe('what active bonuses have lost by asking for it, minor units'),
  currency: z.string(),
  method: z.enum(METHODS),
  reference: z.string().nullable(),
  paymentReference: z.string().nullable().describe("the payment provider's name for it, where there is one"),
  approvedBy: z.string().nullable().describe('a person of the house, or the name of a payment provider'),
  reason: z.string().nullable(),
  payoutStatus: z
    .enum(PAYOUT_STATUSES)
    .nullable()
    .describe('what a payment provider made of a withdrawal; RETURNED: it failed, and the money was given back'),
  returnedBy: z.uuid().nullable().describe('a person of the house'),
  returnedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
});

export function wireTransaction(transaction: Transaction): z.input<typeof WireTransaction> {
  const { id, userId, type, amount, currency, method, reference, reason, payoutStatus } = transaction;
  const { status, decidedBy, provider, createdAt, decidedAt, returnedBy, returnedAt } = transaction;
  return {
    ...{ id, userId, type, status: WireStatus.parse(status), amount: toWire(amount) },
    ...{ forfeitedBonus: toWire(transaction.forfeitedBonus), currency, method, reference },
    paymentReference: transaction.providerReference ?? transaction.payoutReference,
    approvedBy: status === 'APPROVED' ? (decidedBy ?? provider) : null,
    ...{ reason, payoutStatus, returnedBy, returnedAt: returnedAt?.toISOString() ?? null },
    ...{ createdAt: createdAt.toISOString(), decidedAt: decidedAt?.toISOString() ?? null },
  };
}

/**
 * What was answered when it was asked for, whatever has become of it since: the same key gets the first answer again.
 */
export function wireRequested(transaction: Transaction): z.input<typeof WireTransaction> {
  const undecided = { status: 'PENDING', decidedBy: null, decidedAt: null, reason: null } as const;
  const unpaid = { payoutStatus: null, payoutReference: null, returnedBy: null, returnedAt: null } as const;
  return wireTransaction({ ...transaction, ...undecided, ...unpaid });
}

/** What the house sees besides. */
export const WireHouseTransaction = WireTransaction.extend({
  approvals: z.int(),
  firstApprover: z.uuid().nullable().describe('the first of the two people that a large amount takes'),
  decidedBy: z.uuid().nullable(),
  moved: z.boolean().describe('whether the money has followed the decision'),
  returnFirstApprover: z.uuid().nullable().describe('the first of two who give back a large payout that has failed'),
  returnReason: z.string().nullable(),
});

export function wireHouseTransaction(transaction: Transaction): z.input<typeof WireHouseTransaction> {
  const { status, firstApprover, decidedBy, moved, returnFirstApprover, returnReason } = transaction;
  const approvals = (firstApprover === null ? 0 : 1) + (status === 'APPROVED' ? 1 : 0);
  const house = { approvals, firstApprover, decidedBy, moved: moved !== null, returnFirstApprover, returnReason };
  return { ...wireTransaction(transaction), ...house };
}
