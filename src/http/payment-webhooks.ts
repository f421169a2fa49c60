import express, { type Router } from 'express';
import type { Cashier } from '../cashier/cashier.ts';
import { isRefusal } from '../refusal.ts';
import { sendAnswer, sendRefusal } from './answer.ts';

const LARGEST_BODY = '16kb';

/**
 * `POST /webhooks/payments/:provider`: what payment providers tell. The signature is over the body as it came, so it is
 * read before anything parses it; it is also what identifies the caller, so nobody is limited here: a provider that has
 * to tell of a hundred payments at once is to be heard.
 */
export function paymentWebhooks(cashier: Pick<Cashier, 'receive'>): Router {
  const readBody = express.raw({ type: () => true, limit: LARGEST_BODY });
  return express
    .Router({ caseSensitive: true })
    .post('/webhooks/payments/:provider', readBody, async (request, response) => {
      const body: unknown = request.body;
      const message = {
        timestamp: request.get('X-Webhook-Timestamp') ?? '',
        signature: request.get('X-Webhook-Signature') ?? '',
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      };
      const provider = String(request.params.provider);
      const answer = await cashier.receive(provider, message);
      if (isRefusal(answer)) sendRefusal(response, answer);
      else await sendAnswer(response, 200, answer);
    });
}
