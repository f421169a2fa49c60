import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

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

type Verified = (isWelcome: boolean, status?: number, message?: string, headers?: Record<string, string>) => void;

/** For the WebSocket transport's `verifyClient`: browsers do not apply CORS to WebSockets, so the server must look. */
export function verifyUpgrade(config: Origins): (info: { req: IncomingMessage }, done: Verified) => void {
  return ({ req }, done) => {
    if (isAllowedOrigin(req.headers.origin, req.headers.host, config)) done(true);
    else done(false, 401, undefined, SECURITY_HEADERS);
  };
}

/**
 * Whether a request that a cookie may have vouched for comes from a page of this very server, or from no page at all. A
 * browser says so by itself in `Sec-Fetch-Site`, and in `Origin` where the connection is not secure; what no browser
 * sent carries no cookie but its sender's own. ALLOWED_ORIGINS have no say here.
 */
export function isFromHere({ origin, host, fetchSite }: Sender): boolean {
  if (fetchSite !== undefined) return fetchSite === 'same-origin' || fetchSite === 'none';
  return isAllowedOrigin(origin, host, { allowedOrigins: [] });
}

/** What the headers say of a request's sender; `host` as the client wrote it, where a trusted proxy passes it on. */
export interface Sender {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  readonly fetchSite: string | undefined;
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
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, X-Api-Key',
    'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After',
    'Access-Control-Max-Age': '600',
  };
}
