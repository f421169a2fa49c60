import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';

type Origins = Pick<Config, 'allowedOrigins'>;

/**
 * Whether a page from `origin` may talk to this server: a page of the server itself (same host and port), or one the
 * operator listed in ALLOWED_ORIGINS. No origin means no browser: bots and native clients pass.
 */
export function isAllowedOrigin(origin: string | undefined, host: string | undefined, config: Origins): boolean {
  if (origin === undefined) return true;
  if (config.allowedOrigins.includes(origin)) return true;
  return host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
}

/** For the WebSocket transport's `verifyClient`: browsers do not apply CORS to WebSockets, so the server must look. */
export function verifyUpgrade(config: Origins): (info: { req: IncomingMessage }) => boolean {
  return ({ req }) => isAllowedOrigin(req.headers.origin, req.headers.host, config);
}

/** The CORS headers of an answer: an origin we know is named, any other gets nothing it could use. */
export function corsHeaders(
  origin: string | undefined,
  host: string | undefined,
  config: Origins,
): Record<string, string> {
  if (origin === undefined || !isAllowedOrigin(origin, host, config)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    // The Colyseus SDK asks for it, although identity is in the Authorization header alone.
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key',
    'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After',
    'Access-Control-Max-Age': '600',
  };
}
