import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * HSTS, CSP, X-Frame-Options and their like (S4-04). Pages of this server load only from this server, may open a
 * WebSocket to it ('self' covers ws: and wss: of the same host), and are shown in nobody's frame.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
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
}
