import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Identity } from '../accounts/identity.ts';
import type { Clock } from '../clock.ts';
import { uuid7 } from '../ids.ts';
import type { Logger } from '../log.ts';
import type { Refusal } from '../refusal.ts';

/** What the edge knows of a request. */
export interface RequestContext {
  /** Ours; one from outside is never taken over. Also in the header `X-Request-Id` and in every log line. */
  readonly requestId: string;
  readonly log: Logger;
  readonly ip: string;
  /** The caller, a refusal where the access token is no good, undefined where there is none. */
  caller: { ok: true; identity: Identity } | Refusal | undefined;
}

const contexts = new WeakMap<Response, RequestContext>();

/** The context `requestContext` gave this request. */
export function contextOf(response: Response): RequestContext {
  const context = contexts.get(response);
  if (!context) throw new Error('the request did not come through the edge');
  return context;
}

/** Gives the request its id and its logger, and writes one line when it is over. */
export function requestContext({ clock, log }: { clock: Clock; log: Logger }): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const startedAt = clock.now();
    const requestId = uuid7<string>(startedAt);
    const context = { requestId, log: log.child({ requestId }), ip: request.ip ?? 'unknown', caller: undefined };
    contexts.set(response, context);
    response.set('X-Request-Id', requestId);
    response.once('close', () => logRequest(request, response, context, clock.now() - startedAt));
    next();
  };
}

function logRequest(request: Request, response: Response, context: RequestContext, durationMs: number): void {
  const { caller, log, ip } = context;
  const line = {
    method: request.method,
    // Query strings may carry tokens (the WebSocket SDK does that), so they are never written down.
    path: request.originalUrl.split('?', 1)[0]?.slice(0, 200),
    status: response.statusCode,
    durationMs,
    ip,
    userId: caller?.ok ? caller.identity.userId : undefined,
    aborted: response.writableFinished ? undefined : true,
  };
  // 503 is an answer we mean: not ready, or busy.
  if (response.statusCode >= 500 && response.statusCode !== 503) log.error(line, 'request');
  else log.info(line, 'request');
}
