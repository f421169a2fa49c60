import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * HSTS, CSP, X-Frame-Options and their like (S4-04). Pages of this server load only from this server, may open a
 * WebSocket to it ('self' covers ws: and wss: of the same host), and are shown in nobody's frame.
 */
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  // Clients elsewhere are let in by the CORS allow-list, which this header would overrule.
  crossOriginResourcePolicy: { policy: 'cross-origin' },
});

/** The same for every answer, so it is worked out once; also for what never becomes a request (gate.ts, origin.ts). */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze(headersOf(protect));

/** On everything that express answers, whatever it is; a page that needs other headers sets them after this. */
export function securityHeaders(): RequestHandler {
  return (_request, response, next) => {
    response.set(SECURITY_HEADERS);
    next();
  };
}

function headersOf(middleware: ReturnType<typeof helmet>): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  middleware(response.req, response, () => undefined);
  return Object.fromEntries(response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]));
}
