import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { minor } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type Decision, insertEvent, lockTransaction, recordDecision, recordPayout } from './store.ts';
import type { Transaction, TransactionId } from './transaction.ts';

/** How old a message may be, or how far ahead its sender's clock: longer, and it could be an old one played again. */
const TOLERANCE_MS = 5 * 60_000;

/** What a provider sends, before anything of it is believed. */
export interface Message {
  /** Unix seconds, from the header `X-Webhook-Timestamp`. */
  readonly timestamp: string;
  /** From the header `X-Webhook-Signature`. */
  readonly signature: string;
  /** Byte for byte. */
  readonly body: Buffer;
}

/** HMAC-SHA256 over `<timestamp>.<body>`, in hexadecimal. */
export function sign(secret: string, timestamp: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/** Whether it comes from who has the secret, now. The comparison takes as long wherever they differ. */
export function isGenuine(secret: string, { timestamp, signature, body }: Message, nowMs: number): boolean {
  if (!/^[0-9]{1,12}$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(signature)) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > TOLERANCE_MS) return false;
  return timingSafeEqual(Buffer.from(sign(secret, timestamp, body), 'hex'), Buffer.from(signature, 'hex'));
}

export const PaymentEvent = z.object({
  /** The provider's own; the same event may come as often as it likes. */
  id: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  type: z.enum(['payment.succeeded', 'payment.failed', 'payout.succeeded', 'payout.failed']),
  transactionId: z.uuid().transform((id) => id.toLowerCase() as TransactionId),
  amount: z.int().positive().transform(minor),
  currency: z.string().regex(/^[A-Z]{3}$/),
  reason: z
    .string()
    .max(500)
    .transform((text) => text.toWellFormed().replaceAll(/\p{Cc}/gu, ' '))
    .optional(),
});
export type PaymentEvent = z.output<typeof PaymentEvent>;

/** Null where it is no event that we know. */
export function eventOf(body: Buffer): PaymentEvent | null {
  try {
    return PaymentEvent.safeParse(JSON.parse(body.toString())).data ?? null;
  } catch {
    return null;
  }
}

/** `APPLIED`, or why nothing came of an event. `RETURNED`: it was paid out, and given back to its player before. */
export type Outcome =
  | 'APPLIED'
  | 'DUPLICATE'
  | 'ALREADY_DECIDED'
  | 'RETURNED'
  | 'NOT_OPEN'
  | 'AMOUNT_MISMATCH'
  | 'WRONG_TYPE';

/** What an event does to a transaction. Pure; each transaction is decided once, whatever comes in whatever order. */
export function judge(transaction: Transaction, event: PaymentEvent): Exclude<Outcome, 'DUPLICATE'> {
  const { type, status, amount, currency, moved, payoutStatus } = transaction;
  if ((type === 'DEPOSIT') !== event.type.startsWith('payment.')) return 'WRONG_TYPE';
  if (amount !== event.amount || currency !== event.currency) return 'AMOUNT_MISMATCH';
  if (type === 'DEPOSIT') return status === 'PENDING' ? 'APPLIED' : 'ALREADY_DECIDED';
  if (status !== 'APPROVED' || moved === null) return 'NOT_OPEN';
  if (payoutStatus === 'RETURNED' && event.type === 'payout.succeeded') return 'RETURNED';
  return payoutStatus === null || payoutStatus === 'SENT' ? 'APPLIED' : 'ALREADY_DECIDED';
}

export interface Received {
  readonly outcome: Outcome;
  readonly transaction: Transaction;
  /** What the provider has decided by it, if anything. */
  readonly decision: Decision | null;
}

/**
 * Carries an event out and puts it on record, in one transaction. Refuses NOT_FOUND for what is not this provider's.
 */
export async function apply(
  tx: Queries,
  provider: string,
  event: PaymentEvent,
  { body, at }: { readonly body: Buffer; readonly at: Date },
): Promise<Received | Refusal> {
  const transaction = await lockTransaction(tx, event.transactionId);
  if (transaction === null || transaction.provider !== provider) return refuse('NOT_FOUND');
  const { id } = transaction;
  const outcome = judge(transaction, event);
  const told = { provider, eventId: event.id, transaction: id, type: event.type, outcome, body: body.toString(), at };
  if (!(await insertEvent(tx, told))) return { outcome: 'DUPLICATE', transaction, decision: null };
  if (outcome !== 'APPLIED') return { outcome, transaction, decision: null };
  const succeeded = event.type.endsWith('.succeeded');
  if (transaction.type === 'WITHDRAWAL') {
    await recordPayout(tx, id, { status: succeeded ? 'PAID' : 'FAILED', reference: null }, at);
    return { outcome, transaction, decision: null };
  }
  const reason = succeeded ? null : (event.reason ?? 'The payment has failed.');
  const decision: Decision = { status: succeeded ? 'APPROVED' : 'REJECTED', by: null, reason, at };
  await recordDecision(tx, id, decision);
  return { outcome, transaction, decision };
}
