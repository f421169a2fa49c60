import { z } from 'zod';
import { loadConfig } from '../config.ts';
import { INR, minor } from '../money.ts';
import { SANDBOX, sandboxMessage } from './sandbox.ts';
import type { TransactionId } from './transaction.ts';

/**
 * `npm run sandbox -- <transactionId> <amount> [event]`: tells the server on this machine, as the sandbox, what became
 * of a payment; the amount in minor units, the event `payment.succeeded` unless said. Prints what came of it.
 */
const Arguments = z.tuple([
  z.uuid().transform((id) => id as TransactionId),
  z.coerce.number().int().positive(),
  z.enum(['payment.succeeded', 'payment.failed', 'payout.succeeded', 'payout.failed']).default('payment.succeeded'),
]);
const USAGE = 'npm run sandbox -- <transactionId> <amount in minor units> [payment.succeeded | payment.failed | …]\n';
const TIMEOUT_MS = 10_000;

async function main(): Promise<number> {
  const parsed = Arguments.safeParse(process.argv.slice(2));
  const { sandboxWebhookSecret: secret, port, host } = loadConfig(process.env);
  if (!parsed.success || secret === undefined) {
    process.stderr.write(secret === undefined ? 'SANDBOX_WEBHOOK_SECRET is not set\n' : USAGE);
    return 2;
  }
  const [id, amount, type] = parsed.data;
  const transaction = { id, amount: minor(amount), currency: INR };
  const options = { eventId: crypto.randomUUID(), nowMs: Date.now() };
  const { timestamp, signature, body } = sandboxMessage(secret, transaction, type, options);
  const server = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const response = await fetch(`${server}/webhooks/payments/${SANDBOX}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Webhook-Timestamp': timestamp,
      'X-Webhook-Signature': signature,
    },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null);
  if (response === null) {
    process.stderr.write(`no answer from ${server}\n`);
    return 1;
  }
  process.stdout.write(`${await response.text()}\n`);
  return response.ok ? 0 : 1;
}

process.exitCode = await main();
