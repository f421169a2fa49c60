import express, { type Request, type RequestHandler, type Response } from 'express';
import { LoginBody } from '../../schema/accounts.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { isAllowed } from '../accounts/identity.ts';
import type { RateLimits } from '../accounts/rate-limits.ts';
import type { SignedIn } from '../accounts/sign-ins.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { clearCookie, cookieOf, setCookie } from './monitor-cookie.ts';
import { sendLoginPage } from './monitor-pages.ts';
import type { MonitorVisits } from './monitor-visits.ts';
import { contextOf } from './request-context.ts';

export interface MonitorLoginDeps {
  readonly accounts: Pick<Accounts, 'login' | 'logout' | 'verifyAccessToken'>;
  readonly limits: Pick<RateLimits, 'login' | 'loginSucceeded'>;
  readonly visits: MonitorVisits;
}

/** A name and a password are no longer. */
const form = express.urlencoded({ extended: false, limit: '2kb', parameterLimit: 10 });

/** `POST /monitor/login`, sent by the form: the cookie and the monitor, or the form again with what was wrong. */
export function login(deps: MonitorLoginDeps): RequestHandler {
  return (request, response, next) => {
    form(request, response, (error?: unknown) => {
      if (error !== undefined) next(error);
      else enter(deps, request, response).catch(next);
    });
  };
}

/** `POST /monitor/logout`: ends the session of the visit, and the form again. */
export function logout({ accounts }: MonitorLoginDeps): RequestHandler {
  return async (request, response) => {
    const caller = await accounts.verifyAccessToken(cookieOf(request) ?? '');
    if (caller.ok) await accounts.logout(caller.identity);
    clearCookie(request, response);
    response.redirect(303, '/monitor/');
  };
}

async function enter(deps: MonitorLoginDeps, request: Request, response: Response): Promise<void> {
  const signedIn = await signIn(deps, request, response);
  if (isRefusal(signedIn)) return sendLoginPage(response, signedIn);
  setCookie(request, response, signedIn.accessToken, signedIn.expiresIn);
  response.redirect(303, '/monitor/');
}

/** The same limits as any other login. It is on record before the cookie is given. */
async function signIn(deps: MonitorLoginDeps, request: Request, response: Response): Promise<SignedIn | Refusal> {
  const { accounts, limits } = deps;
  const { ip } = contextOf(response);
  const parsed = LoginBody.safeParse(request.body);
  if (!parsed.success || Object.values(parsed.data).some((text) => text.includes('\u0000'))) {
    return refuse('INVALID_REQUEST', 'A username and a password are needed.');
  }
  const { username, password } = parsed.data;
  const limited = await limits.login(ip, username);
  if (limited) return limited;
  const signedIn = await accounts.login(username, password, { ip, userAgent: request.get('User-Agent') ?? '' });
  if (isRefusal(signedIn)) return signedIn;
  await limits.loginSucceeded(ip);
  const refusal = await open(deps, signedIn, ip);
  return refusal ?? signedIn;
}

async function open(deps: MonitorLoginDeps, { accessToken }: SignedIn, ip: string): Promise<Refusal | undefined> {
  const { accounts, visits } = deps;
  const caller = await accounts.verifyAccessToken(accessToken);
  if (!caller.ok) return caller;
  if (isAllowed(caller.identity.role, ['ADMIN'])) return visits.opened(caller.identity, ip);
  await accounts.logout(caller.identity);
  return refuse('FORBIDDEN', 'The monitor is for administrators.');
}
