import { z } from 'zod';
import { PaymentEvent } from '../../cashier/webhook.ts';
import type { RefusalCode } from '../../refusal.ts';
import { type Operation, refusalsOf } from './operation.ts';

const JSON_TYPE = 'application/json';
const NONE = { key: 'never', security: null, params: undefined, query: undefined, body: undefined } as const;
const Ok = z.strictObject({ ok: z.literal(true) });
const Readiness = z.strictObject({ ok: z.boolean(), checks: z.record(z.string(), z.boolean()) });
const SeatParams = z.strictObject({
  method: z.enum(['join', 'joinById', 'reconnect']),
  target: z.string().describe("with joinById the room's id: a table's, a phase's, desk-main, account or backoffice"),
});
const Seat = z.looseObject({ sessionId: z.string(), roomId: z.string(), processId: z.string(), name: z.string() });
const SeatBody = z.looseObject({ reconnectionToken: z.string().max(200).optional() }).optional();

/** What clients use and is no route of the API: it comes before callers are known, or belongs to the framework. */
export const BY_HAND: readonly Operation[] = [
  ...[
    read('/healthz', 'The process answers.', [{ status: 200, contentType: JSON_TYPE, schema: Ok }]),
    read('/readyz', 'Whether it can also work, part by part; 503 where it cannot.', [
      { status: 200, contentType: JSON_TYPE, schema: Readiness },
      { status: 503, contentType: JSON_TYPE, schema: Readiness },
    ]),
    read('/openapi.json', 'This description.', [{ status: 200, contentType: JSON_TYPE, schema: undefined }]),
    read('/docs', 'The same as a page to read.', [{ status: 200, contentType: 'text/html', schema: undefined }]),
  ],
  {
    ...NONE,
    ...{ method: 'get', path: '/metrics', summary: 'Figures for Prometheus; where METRICS_TOKEN is set.' },
    ...{ access: 'who has the metrics token', security: 'metricsToken' },
    answers: [{ status: 200, contentType: 'text/plain', schema: undefined }],
    refusals: codes('get', ['UNAUTHORIZED', 'NOT_FOUND', 'RATE_LIMITED', 'BUSY']),
  },
  {
    ...NONE,
    ...{ method: 'post', path: '/matchmake/:method/:target', access: 'everybody; each room says who may enter' },
    summary: 'Takes a seat in a room, as the Colyseus SDK does; the socket is at /{processId}/{roomId}.',
    ...{ params: SeatParams, body: SeatBody },
    answers: [{ status: 200, contentType: JSON_TYPE, schema: Seat }],
    refusals: codes('post', [
      ...(['INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'ACCOUNT_FROZEN', 'SELF_EXCLUDED'] as const),
      ...(['NOT_FOUND', 'RATE_LIMITED', 'BUSY'] as const),
    ]),
  },
  {
    ...NONE,
    ...{ method: 'post', path: '/webhooks/payments/:provider', access: 'payment providers, by their signature' },
    summary: 'What a payment provider tells of a payment or a payout; each event counts once.',
    headers: {
      'X-Webhook-Timestamp': 'Seconds since 1970; five minutes at most from now.',
      'X-Webhook-Signature': 'HMAC-SHA256 over timestamp, a dot and the body, hexadecimal.',
    },
    params: z.strictObject({ provider: z.string() }),
    body: PaymentEvent,
    answers: [
      { status: 200, contentType: JSON_TYPE, schema: z.strictObject({ ok: z.literal(true), outcome: z.string() }) },
    ],
    refusals: codes('post', ['INVALID_REQUEST', 'UNAUTHORIZED', 'NOT_FOUND', 'BUSY']),
  },
];

function read(path: string, summary: string, answers: Operation['answers']): Operation {
  return { ...NONE, method: 'get', path, summary, access: 'everybody', answers, refusals: new Map() };
}

function codes(method: Operation['method'], refused: readonly RefusalCode[]): Operation['refusals'] {
  return refusalsOf(method, refused);
}
