import express, { type RequestHandler } from 'express';
import { refuse } from '../refusal.ts';
import { sendRefusal } from './answer.ts';

const LARGEST_BODY = '16kb';
const others = express.json({ limit: LARGEST_BODY, strict: true, reviver: refusePoison });
/** A slip of 20,000 characters (games/lottery/slip), whatever they are and however they are escaped. */
const LARGEST_SLIP = '128kb';
const slips = express.json({ limit: LARGEST_SLIP, strict: true, reviver: refusePoison });
const SLIPS = /^\/lottery\/phases\/[^/]+\/slips$/;

/**
 * JSON bodies up to 16 kB, of slips up to 128 kB, parsed into plain values. Before a route sees them INVALID_REQUEST is
 * the answer to another content type (415), too much of it (413), and with 400 to malformed JSON, a NUL byte
 * (PostgreSQL cannot hold it), the key `__proto__`, and a GET with a body.
 */
export const jsonBody: readonly RequestHandler[] = [
  (request, response, next) => {
    const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
    if (hasBody && (request.method === 'GET' || request.method === 'HEAD')) {
      sendRefusal(response, refuse('INVALID_REQUEST', `A ${request.method} has no body.`));
    } else if (hasBody && !request.is('application/json')) {
      sendRefusal(response, refuse('INVALID_REQUEST', 'The body must be application/json.'), 415);
    } else if (request.originalUrl.includes('%00')) {
      sendRefusal(response, refuse('INVALID_REQUEST', 'NUL bytes are not accepted.'));
    } else {
      next();
    }
  },
  (request, response, next) => (SLIPS.test(request.path) ? slips : others)(request, response, next),
];

function refusePoison(key: string, value: unknown): unknown {
  const poisoned =
    key === '__proto__' || key.includes('\u0000') || (typeof value === 'string' && value.includes('\u0000'));
  if (poisoned) throw new SyntaxError('a key or value that is not accepted');
  return value;
}
