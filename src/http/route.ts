import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { type Identity, isAllowed, ROLES, type Role } from '../accounts/identity.ts';
import { isUuid, type Key } from '../ids.ts';
import type { Logger } from '../log.ts';
import { IN_WORDS } from '../readable-issues.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { methodNotAllowed, sendAnswer, sendRefusal } from './answer.ts';
import { contextOf } from './request-context.ts';

/** A route as data: the router and the published description are both made from it. */
export interface RouteSpec<Body extends z.ZodType, Query extends z.ZodType, Params extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** The whole path in express' notation: `/auth/sessions/:id`. */
  readonly path: string;
  /** One sentence for the published description. */
  readonly summary: string;
  /** Status of a success; 200 unless said. */
  readonly status?: 200 | 201;
  /** What is not described is not accepted: without a schema only an empty body, query and path will do. */
  readonly body?: Body;
  readonly query?: Query;
  readonly params?: Params;
  /** The shape of a success, for the published description. */
  readonly answer?: z.ZodType;
  /** The content type of an answer that is no JSON, where its query can ask for one. */
  readonly otherAnswer?: string;
  /** Whether an API key opens it as well. */
  readonly byApiKey?: boolean;
  /** What else it refuses than every route of its kind does (openapi/operation.ts), for the published description. */
  readonly refuses?: readonly RefusalCode[];
}

/** What a handler gets: everything parsed, nothing raw. */
export interface Call<Body, Query, Params> {
  readonly body: Body;
  readonly query: Query;
  readonly params: Params;
  readonly client: { readonly ip: string; readonly userAgent: string };
  readonly log: Logger;
}
export interface GuardedCall<Body, Query, Params> extends Call<Body, Query, Params> {
  readonly identity: Identity;
}
export interface MoneyCall<Body, Query, Params> extends GuardedCall<Body, Query, Params> {
  /** From the header `Idempotency-Key`. */
  readonly key: Key;
}

/** Answers the JSON body of a success (or a TextAnswer or StreamAnswer), or a Refusal. */
export type Handler<Input> = (call: Input) => Promise<unknown>;

export interface Route extends RouteSpec<z.ZodType, z.ZodType, z.ZodType> {
  /** Undefined: open to everybody. */
  readonly roles: readonly Role[] | undefined;
  /** Whether the header `Idempotency-Key` is needed. */
  readonly needsKey: 'always' | 'sometimes' | 'never';
  readonly handle: (request: Request, response: Response) => Promise<void>;
}

const NOTHING = z.strictObject({});
const NO_BODY = NOTHING.optional();
type Nothing = typeof NOTHING;
type NoBody = typeof NO_BODY;

/** Everybody who is signed in. */
export const ANY_ROLE: readonly Role[] = ROLES;

/** A route open to everybody. */
export function publicRoute<B extends z.ZodType = NoBody, Q extends z.ZodType = Nothing, P extends z.ZodType = Nothing>(
  spec: RouteSpec<B, Q, P>,
  handler: Handler<Call<z.output<B>, z.output<Q>, z.output<P>>>,
): Route {
  return makeRoute(spec, undefined, 'never', (request, response) => {
    const call = parseCall(spec, request, response);
    return isRefusal(call) ? call : handler(call);
  });
}

/** A route for the given roles (S4-08). Others hear UNAUTHORIZED without a good token, FORBIDDEN with another role. */
export function guardedRoute<
  B extends z.ZodType = NoBody,
  Q extends z.ZodType = Nothing,
  P extends z.ZodType = Nothing,
>(
  roles: readonly Role[],
  spec: RouteSpec<B, Q, P>,
  handler: Handler<GuardedCall<z.output<B>, z.output<Q>, z.output<P>>>,
): Route {
  return makeRoute(spec, roles, 'never', (request, response) => {
    const identity = guard(response, roles);
    if (isRefusal(identity)) return identity;
    const call = parseCall(spec, request, response);
    return isRefusal(call) ? call : handler({ ...call, identity });
  });
}

/**
 * A route for whom `admit` lets in, by a token of these roles or in some other way; it answers who that is. Whoever has
 * the role alone may be nobody there: NOT_FOUND.
 */
export function admittedRoute<
  Caller,
  B extends z.ZodType = NoBody,
  Q extends z.ZodType = Nothing,
  P extends z.ZodType = Nothing,
>(
  roles: readonly Role[],
  spec: RouteSpec<B, Q, P>,
  admit: (request: Request, response: Response) => Promise<{ readonly caller: Caller } | Refusal>,
  handler: Handler<Call<z.output<B>, z.output<Q>, z.output<P>> & { readonly caller: Caller }>,
): Route {
  const described = { ...spec, refuses: ['NOT_FOUND', ...(spec.refuses ?? [])] as const };
  return makeRoute(described, roles, 'never', async (request, response) => {
    const admitted = await admit(request, response);
    if (isRefusal(admitted)) return admitted;
    const call = parseCall(spec, request, response);
    return isRefusal(call) ? call : handler({ ...call, caller: admitted.caller });
  });
}

export interface MaybeMoneyCall<Body, Query, Params> extends GuardedCall<Body, Query, Params> {
  /** Null where this body moves nothing. */
  readonly key: Key | null;
}

/** A guarded route that moves money with some bodies, as `movesMoney` says: these need the header `Idempotency-Key`. */
export function maybeMoneyRoute<B extends z.ZodType, P extends z.ZodType = Nothing>(
  roles: readonly Role[],
  spec: RouteSpec<B, Nothing, P>,
  movesMoney: (body: z.output<B>) => boolean,
  handler: Handler<MaybeMoneyCall<z.output<B>, z.output<Nothing>, z.output<P>>>,
): Route {
  return makeRoute(spec, roles, 'sometimes', (request, response) => {
    const identity = guard(response, roles);
    if (isRefusal(identity)) return identity;
    const call = parseCall(spec, request, response);
    if (isRefusal(call)) return call;
    const key = movesMoney(call.body) ? keyOf(request) : null;
    return isRefusal(key) ? key : handler({ ...call, identity, key });
  });
}

/** A guarded route that moves money: the header `Idempotency-Key` must hold a UUID. */
export function moneyRoute<B extends z.ZodType = NoBody, Q extends z.ZodType = Nothing, P extends z.ZodType = Nothing>(
  roles: readonly Role[],
  spec: RouteSpec<B, Q, P>,
  handler: Handler<MoneyCall<z.output<B>, z.output<Q>, z.output<P>>>,
): Route {
  return makeRoute(spec, roles, 'always', (request, response) => {
    const identity = guard(response, roles);
    if (isRefusal(identity)) return identity;
    const key = keyOf(request);
    if (isRefusal(key)) return key;
    const call = parseCall(spec, request, response);
    return isRefusal(call) ? call : handler({ ...call, identity, key });
  });
}

function keyOf(request: Request): Key | Refusal {
  const key = request.get('Idempotency-Key')?.toLowerCase() ?? '';
  return isUuid(key) ? (key as Key) : refuse('INVALID_REQUEST', 'The header Idempotency-Key must hold a UUID.');
}

/** An express router of these routes. */
export function routerOf(routes: readonly Route[]): Router {
  const router = express.Router({ caseSensitive: true });
  for (const route of routes) router[route.method](route.path, route.handle);
  return router;
}

/** Answers 405 where routes are, but none for the method; goes behind all of them. One that is off just now is 404. */
export function otherMethods(routes: readonly Pick<Route, 'method' | 'path'>[]): Router {
  const router = express.Router({ caseSensitive: true });
  const found = new WeakMap<Response, Set<string>>();
  for (const { method, path } of routes) {
    router.all(path, (_request, response, next) => {
      const methods = found.get(response) ?? new Set<string>();
      found.set(response, methods.add(method.toUpperCase()));
      next();
    });
  }
  return router.use((request, response, next) => {
    const methods = found.get(response);
    if (methods === undefined || methods.has(request.method)) next();
    else methodNotAllowed(response, [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS']);
  });
}

/** Who is asking, if one of `roles`; UNAUTHORIZED, FORBIDDEN or ACCOUNT_FROZEN else. */
export function guard(response: Response, roles: readonly Role[]): Identity | Refusal {
  const { caller } = contextOf(response);
  if (!caller) return refuse('UNAUTHORIZED');
  if (!caller.ok) return caller;
  return isAllowed(caller.identity.role, roles) ? caller.identity : refuse('FORBIDDEN');
}

function makeRoute(
  spec: RouteSpec<z.ZodType, z.ZodType, z.ZodType>,
  roles: readonly Role[] | undefined,
  needsKey: Route['needsKey'],
  run: (request: Request, response: Response) => Refusal | Promise<unknown>,
): Route {
  const handle = async (request: Request, response: Response) => {
    const answer = await run(request, response);
    if (isRefusal(answer)) sendRefusal(response, answer);
    else await sendAnswer(response, spec.status ?? 200, answer);
  };
  return { ...spec, roles, needsKey, handle };
}

function parseCall<B extends z.ZodType, Q extends z.ZodType, P extends z.ZodType>(
  spec: RouteSpec<B, Q, P>,
  request: Request,
  response: Response,
): Call<z.output<B>, z.output<Q>, z.output<P>> | Refusal {
  const params = (spec.params ?? NOTHING).safeParse(request.params, IN_WORDS);
  const query = (spec.query ?? NOTHING).safeParse(request.query, IN_WORDS);
  const body = (spec.body ?? NO_BODY).safeParse(request.body, IN_WORDS);
  const issues = [params, query, body].flatMap((parsed) => parsed.error?.issues ?? []);
  if (issues.length > 0) {
    const details = issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    return refuse('INVALID_REQUEST', undefined, details);
  }
  const { ip, log } = contextOf(response);
  return {
    body: body.data as z.output<B>,
    query: query.data as z.output<Q>,
    params: params.data as z.output<P>,
    client: { ip, userAgent: request.get('User-Agent') ?? '' },
    log,
  };
}
