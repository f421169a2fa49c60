import { createHash } from 'node:crypto';
import type { Application, Request, RequestHandler, Router } from 'express';
import type { Accounts } from '../accounts/accounts.ts';
import type { RateLimits } from '../accounts/rate-limits.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { handleError, notFound, sendRefusal } from './answer.ts';
import { jsonBody } from './body.ts';
import { countRequests } from './metrics-route.ts';
import { BY_HAND } from './openapi/by-hand.ts';
import { corsHeaders } from './origin.ts';
import { contextOf, requestContext } from './request-context.ts';
import { otherMethods, type Route, routerOf } from './route.ts';
import { securityHeaders } from './security-headers.ts';

export interface HttpDeps {
  readonly config: Pick<Config, 'allowedOrigins' | 'trustProxy'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: Pick<Accounts, 'verifyAccessToken'>;
  readonly limits: Pick<RateLimits, 'request'>;
  /** The API. */
  readonly routes: readonly Route[];
  /** Mounted before anybody is identified or limited, so that they work without the database: pages, health. */
  readonly pages?: readonly Router[];
  /** Counts the requests. */
  readonly metrics?: Metrics | null;
  /** For those who run the server; limited like the API, but with logins and bodies of their own. */
  readonly operations?: readonly Router[];
  /** Where clients ask for a seat; limited and parsed like the API. */
  readonly matchmaking?: Router;
}

/**
 * Makes `app` the whole HTTP side: every request gets an id, a log line, security and CORS headers, its caller and its
 * rate limit, a parsed body, one of the routes or NOT_FOUND, and never more of an error than its code. Call it once.
 */
export function mountHttp(app: Application, deps: HttpDeps): void {
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.config.trustProxy);
  if (deps.metrics) app.use(countRequests(deps.metrics));
  app.use(requestContext(deps), securityHeaders(), cors(deps.config));
  for (const page of deps.pages ?? []) app.use(page);
  app.use(identify(deps.accounts), limitRequests(deps));
  for (const operation of deps.operations ?? []) app.use(operation);
  app.use(...jsonBody);
  if (deps.matchmaking) app.use(deps.matchmaking);
  app.use(routerOf(deps.routes), otherMethods([...deps.routes, ...BY_HAND]));
  app.use(notFound);
  app.use(handleError);
}

/** 10 requests a second per person or key, or per address for who has neither (S4-03). */
function limitRequests({ limits, routes }: Pick<HttpDeps, 'limits' | 'routes'>): RequestHandler {
  const byKey = new Set(routes.filter((route) => route.byApiKey).map(({ method, path }) => `${method} ${path}`));
  return async (request, response, next) => {
    const { caller, ip } = contextOf(response);
    const key = byKey.has(routeOf(request)) ? apiKeyOf(request) : undefined;
    const refusal = await limits.request(key ?? (caller?.ok ? caller.identity.userId : ip), ip);
    if (refusal) sendRefusal(response, refusal);
    else next();
  };
}

/** As the router finds it. Where no key opens anything, a made-up one would be a way around the person's allowance. */
function routeOf({ method, path }: Request): string {
  return `${method === 'HEAD' ? 'get' : method.toLowerCase()} ${path.replace(/(?<=.)\/$/, '')}`;
}

/** By its hash, good or bad: whoever guesses keys has no more than the allowance of the address. */
function apiKeyOf(request: Request): string | undefined {
  const key = request.get('X-Api-Key');
  return key ? `key ${createHash('sha256').update(key).digest('base64url')}` : undefined;
}

function cors(config: HttpDeps['config']): RequestHandler {
  return (request, response, next) => {
    response.set(corsHeaders(request.headers.origin, request.headers.host, config));
    if (request.method === 'OPTIONS') response.status(204).end();
    else next();
  };
}

/** Finds out who is asking; whether that is enough is each route's to say. */
function identify(accounts: HttpDeps['accounts']): RequestHandler {
  return async (request, response, next) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined) contextOf(response).caller = await accounts.verifyAccessToken(token);
    next();
  };
}
