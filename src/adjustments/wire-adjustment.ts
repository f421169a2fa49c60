import { z } from 'zod';
import { toWire } from '../money.ts';
import { type Adjustment, STATUSES } from './adjustment.ts';

/** A correction of a wallet as the house sees it. */
export const WireAdjustment = z.strictObject({
  id: z.uuid(),
  userId: z.uuid().describe('whose wallet'),
  amount: z.int().describe('minor units; below zero: taken from the wallet'),
  currency: z.string(),
  reason: z.string(),
  status: z.enum(STATUSES).describe('REFUSED: approved, and the wallet said no'),
  refusal: z.string().nullable().describe('the code of it'),
  requestedBy: z.uuid(),
  createdAt: z.iso.datetime(),
  decidedBy: z.uuid().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  decisionReason: z.string().nullable().describe('why it was rejected'),
  moved: z.boolean().describe('whether the money has followed the approval'),
});

export function wireAdjustment(adjustment: Adjustment): z.input<typeof WireAdjustment> {
  const { id, userId, amount, currency, reason, status, refusal, requestedBy, decidedBy, decisionReason } = adjustment;
  const { createdAt, decidedAt, moved } = adjustment;
  return {
    ...{ id, userId, amount: toWire(amount), currency, reason, status, refusal, requestedBy },
    ...{ createdAt: createdAt.toISOString(), decidedBy, decidedAt: decidedAt?.toISOString() ?? null, decisionReason },
    moved: moved !== null,
  };
}

/** What was answered when it was asked for: the same key gets the first answer again. */
export function wireAsked(adjustment: Adjustment): z.input<typeof WireAdjustment> {
  const undecided = { refusal: null, decidedBy: null, decidedAt: null, decisionReason: null, moved: null } as const;
  return wireAdjustment({ ...adjustment, ...undecided, status: 'PENDING' });
}
