import { toWire } from '../money.ts';
import type { PaymentProvider } from './providers.ts';
import type { Transaction } from './transaction.ts';
import { type Message, type PaymentEvent, sign } from './webhook.ts';

export const SANDBOX = 'sandbox';

/** A withdrawal over so many paise beyond whole rupees is one that cannot be paid out. */
const UNLUCKY_PAISE = 13n;

/**
 * A provider without any bank behind it, for demos and tests: it pays out at once, and payments come in when somebody
 * says so with a webhook that is signed with its secret. What it answers follows from the transaction alone, so the
 * same transaction is always the same payment.
 */
export function sandboxProvider(webhookSecret: string): PaymentProvider {
  return {
    name: SANDBOX,
    webhookSecret,
    createPayment: async ({ id }) => ({ reference: `sandbox-payment-${id}` }),
    payOut: async ({ id, amount }) => ({
      status: amount % 100n === UNLUCKY_PAISE ? 'FAILED' : 'PAID',
      reference: `sandbox-payout-${id}`,
    }),
  };
}

/** The webhook that the sandbox would send about a transaction, signed. */
export function sandboxMessage(
  secret: string,
  { id, amount, currency }: Pick<Transaction, 'id' | 'amount' | 'currency'>,
  type: PaymentEvent['type'],
  { eventId, nowMs }: { readonly eventId: string; readonly nowMs: number },
): Message {
  const event = { id: eventId, type, transactionId: id, amount: toWire(amount), currency };
  const body = Buffer.from(JSON.stringify(event));
  const timestamp = String(Math.floor(nowMs / 1_000));
  return { timestamp, signature: sign(secret, timestamp, body), body };
}
