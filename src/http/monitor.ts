import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { monitor } from '@colyseus/monitor';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { type Identity, isAllowed } from '../accounts/identity.ts';
import type { Clock } from '../clock.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { sendRefusal } from './answer.ts';
import { cookieOf } from './monitor-cookie.ts';
import { login, logout, type MonitorLoginDeps } from './monitor-login.ts';
import { sendLoginPage, sendMonitorPage } from './monitor-pages.ts';
import { isFromHere } from './origin.ts';
import { contextOf } from './request-context.ts';

const MONITOR = '/monitor';
const ASSETS = fileURLToPath(new URL('./static/assets/', import.meta.resolve('@colyseus/monitor')));

export interface MonitorDeps extends MonitorLoginDeps {
  readonly clock: Clock;
}

type Visit = { readonly ok: true; readonly identity: Identity } | Refusal;

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
  const served = new Map<string, RequestHandler>();
  const page: RequestHandler = async (request, response) => {
    showPage(await visit(deps, request, response), request, response, deps.clock.now());
  };
  served.set(`GET ${MONITOR}`, page);
  served.set(`GET ${MONITOR}/`, page);
  served.set(`POST ${MONITOR}/login`, login(deps));
  served.set(`POST ${MONITOR}/logout`, logout(deps));
  const framework = guarded(deps, monitor({ prefix: MONITOR }) as RequestHandler);
  for (const path of ['/api', '/api/room', ...assetPaths()]) served.set(`GET ${MONITOR}${path}`, framework);

  return express.Router({ caseSensitive: true }).use((request, response, next) => {
    const handle = served.get(`${request.method} ${request.originalUrl.split('?', 1)[0]}`);
    if (handle === undefined) {
      next();
      return;
    }
    response.set(MONITOR_HEADERS);
    if (comesFromHere(request)) void handle(request, response, next);
    else sendRefusal(response, refuse('FORBIDDEN', 'The monitor answers to its own pages alone.'));
  });
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

/** Who is visiting: by the `Authorization` header, or by the cookie. */
async function visit({ accounts }: MonitorLoginDeps, request: Request, response: Response): Promise<Visit | undefined> {
  const context = contextOf(response);
  const token = cookieOf(request);
  if (context.caller === undefined && token !== undefined) context.caller = await accounts.verifyAccessToken(token);
  const { caller } = context;
  return caller?.ok && !isAllowed(caller.identity.role, ['ADMIN']) ? refuse('FORBIDDEN') : caller;
}

function showPage(visitor: Visit | undefined, request: Request, response: Response, now: number): void {
  if (!visitor?.ok) sendLoginPage(response, visitor);
  else if (!request.originalUrl.startsWith(`${MONITOR}/`)) response.redirect(303, `${MONITOR}/`);
  else sendMonitorPage(response, visitor.identity.expiresAt, now);
}

function guarded(deps: MonitorLoginDeps, handle: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    const visitor = await visit(deps, request, response);
    if (visitor?.ok) handle(request, response, next);
    else sendRefusal(response, visitor ?? refuse('UNAUTHORIZED'));
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
