import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { matchMaker } from '@colyseus/core';
import { monitor } from '@colyseus/monitor';
import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express';
import { type Identity, isAllowed } from '../accounts/identity.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Clock } from '../clock.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { sendRefusal } from './answer.ts';
import { countAs } from './metrics-route.ts';
import { cookieOf } from './monitor-cookie.ts';
import { login, logout, type MonitorLoginDeps } from './monitor-login.ts';
import { sendLoginPage, sendMonitorPage } from './monitor-pages.ts';
import { MonitorVisits } from './monitor-visits.ts';
import { isFromHere } from './origin.ts';
import { contextOf } from './request-context.ts';

const MONITOR = '/monitor';
const ASSETS = fileURLToPath(new URL('./static/assets/', import.meta.resolve('@colyseus/monitor')));

export interface MonitorDeps extends Omit<MonitorLoginDeps, 'visits'> {
  readonly clock: Clock;
  readonly backoffice: Pick<Backoffice, 'act'>;
}

interface Parts extends MonitorLoginDeps {
  readonly clock: Clock;
}

type Caller = { readonly ok: true; readonly identity: Identity } | Refusal;

/**
 * `/monitor`: the rooms and who sits in them, for ADMIN and MASTER. A login form sets a cookie that holds the access
 * token of an ordinary session, looked at anew with every request: what ends the session ends the visit.
 *
 * Only what is listed here is served, letter by letter: the page, its files, the list of rooms and one room's details.
 * The framework's monitor would also call any method of any room (`/monitor/api/room/call`: send, disconnect, dispose,
 * edit the state). Through that door a card could be shown that was never dealt, and a table be closed under its bets;
 * so it is not on the list, and neither is any other spelling of it.
 */
export function monitorRouter(deps: MonitorDeps): Router {
  const served = servedBy({ ...deps, visits: new MonitorVisits(deps) });
  return express.Router({ caseSensitive: true }).use(async (request, response, next) => {
    const handle = served.get(`${request.method} ${request.originalUrl.split('?', 1)[0]}`);
    if (handle === undefined) {
      next();
      return;
    }
    countAs(response, MONITOR);
    response.set(MONITOR_HEADERS);
    // Waited for: what a handler throws is express's to answer, and nobody else's to die of.
    if (comesFromHere(request)) await handle(request, response, next);
    else sendRefusal(response, refuse('FORBIDDEN', 'The monitor answers to its own pages alone.'));
  });
}

/** By method and path. */
function servedBy(deps: Parts): ReadonlyMap<string, RequestHandler> {
  const served = new Map<string, RequestHandler>();
  const page: RequestHandler = async (request, response) => {
    showPage(await visit(deps, request, response), request, response, deps.clock.now());
  };
  served.set(`GET ${MONITOR}`, page);
  served.set(`GET ${MONITOR}/`, page);
  served.set(`POST ${MONITOR}/login`, login(deps));
  served.set(`POST ${MONITOR}/logout`, logout(deps));
  // Where somebody ends up who reloads the answer to a wrong password.
  served.set(`GET ${MONITOR}/login`, (_request, response) => response.redirect(303, `${MONITOR}/`));
  const framework = monitor({ prefix: MONITOR }) as RequestHandler;
  for (const path of ['/api', ...assetPaths()]) served.set(`GET ${MONITOR}${path}`, guarded(deps, framework));
  served.set(`GET ${MONITOR}/api/room`, guarded(deps, ofRoomHere(deps, framework)));
  return served;
}

/**
 * A browser that sends no referrer from a page sends `Origin: null` from its forms, and nobody could tell whose they
 * are. And no other site may load anything from here.
 */
const MONITOR_HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Who is visiting: by the `Authorization` header, or by the cookie. Nobody is let in without a line about it. */
async function visit(parts: Parts, request: Request, response: Response): Promise<Caller | undefined> {
  const { accounts, visits } = parts;
  const context = contextOf(response);
  const token = cookieOf(request);
  if (context.caller === undefined && token !== undefined) context.caller = await accounts.verifyAccessToken(token);
  const { caller } = context;
  if (!caller?.ok) return caller;
  if (!isAllowed(caller.identity.role, ['ADMIN'])) return refuse('FORBIDDEN');
  return (await visits.opened(caller.identity, context.ip)) ?? caller;
}

function showPage(visitor: Caller | undefined, request: Request, response: Response, now: number): void {
  if (!visitor?.ok) sendLoginPage(response, visitor);
  else if (!request.originalUrl.startsWith(`${MONITOR}/`)) response.redirect(303, `${MONITOR}/`);
  else sendMonitorPage(response, visitor.identity.expiresAt, now);
}

type Guarded = (request: Request, response: Response, next: NextFunction, visitor: Identity) => unknown;

function guarded(deps: Parts, handle: Guarded): RequestHandler {
  return async (request, response, next) => {
    const visitor = await visit(deps, request, response);
    if (visitor?.ok) await handle(request, response, next, visitor.identity);
    else sendRefusal(response, visitor ?? refuse('UNAUTHORIZED'));
  };
}

/**
 * Who sits in a room and what is at stake there is shown to nobody without a line about it. The framework answers 500
 * where there is no such room, and repeats what was asked for.
 */
function ofRoomHere({ visits }: Parts, handle: RequestHandler): Guarded {
  return async (request, response, next, visitor) => {
    const { roomId } = request.query;
    const isHere = typeof roomId === 'string' && (await matchMaker.query({ roomId })).length === 1;
    const refusal = isHere ? await visits.openedRoom(visitor, roomId) : refuse('NOT_FOUND', 'There is no such room.');
    if (refusal) sendRefusal(response, refusal);
    else await handle(request, response, next);
  };
}

/** A link from elsewhere may lead to the page: it shows nothing there, for the cookie stays behind. */
function comesFromHere(request: Request): boolean {
  const isPage = request.method === 'GET' && request.path.replace(/\/$/, '') === MONITOR;
  const { origin, 'sec-fetch-site': fetchSite } = request.headers;
  return isPage || isFromHere({ origin, host: request.host, fetchSite: fetchSite?.toString() });
}

/** Source maps are no part of the page. */
function assetPaths(): readonly string[] {
  const files = readdirSync(ASSETS).filter((name) => !name.endsWith('.map'));
  return files.map((name) => `/assets/${name}`);
}
