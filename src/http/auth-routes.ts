import { z } from 'zod';
import {
  LoginBody,
  LogoutBody,
  RefreshBody,
  RegisterBody,
  SessionParams,
  SessionsQuery,
  WireSession,
  WireSignedIn,
  WireUser,
} from '../../schema/accounts.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { RateLimits } from '../accounts/rate-limits.ts';
import type { Session } from '../accounts/session-store.ts';
import type { SignedIn } from '../accounts/sign-ins.ts';
import type { User } from '../accounts/store.ts';
import type { SessionId } from '../ids.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { ANY_ROLE, guardedRoute, publicRoute, type Route } from './route.ts';

export interface AuthDeps {
  readonly accounts: Accounts;
  readonly limits: RateLimits;
  /** Names that nobody may register; they are refused as if they were taken. */
  readonly isReserved?: (username: string) => boolean;
}

const Done = z.strictObject({ ok: z.literal(true) });

/** Registering, signing in and out, and looking after one's own sessions (PROTOCOL, Accounts). */
export function authRoutes(deps: AuthDeps): readonly Route[] {
  return [...entryRoutes(deps), ...sessionRoutes(deps)];
}

function entryRoutes({ accounts, limits, isReserved }: AuthDeps): readonly Route[] {
  const signedIn = { method: 'post', answer: WireSignedIn } as const;
  return [
    publicRoute(
      {
        ...signedIn,
        path: '/auth/register',
        summary: 'Make a player account and sign in.',
        status: 201,
        body: RegisterBody,
      },
      async ({ body, client }) => {
        const limited = await limits.registration(client.ip);
        if (limited) return limited;
        if (isReserved?.(body.username)) return refuse('INVALID_REQUEST', 'This username is taken.');
        return wireSignedIn(await accounts.register(body, client));
      },
    ),
    publicRoute(
      {
        ...signedIn,
        path: '/auth/login',
        refuses: ['UNAUTHORIZED', 'ACCOUNT_FROZEN'],
        summary: 'Sign in.',
        body: LoginBody,
      },
      async ({ body, client }) => {
        const limited = await limits.login(client.ip, body.username);
        if (limited) return limited;
        const answer = await accounts.login(body.username, body.password, client);
        if (answer.ok) await limits.loginSucceeded(client.ip);
        return wireSignedIn(answer);
      },
    ),
    publicRoute(
      {
        ...signedIn,
        path: '/auth/refresh',
        refuses: ['UNAUTHORIZED', 'ACCOUNT_FROZEN'],
        summary: 'Trade a refresh token for a new pair. Each is good once; using one again ends its session.',
        body: RefreshBody,
      },
      async ({ body, client }) => wireSignedIn(await accounts.refresh(body.refreshToken, client)),
    ),
  ];
}

function sessionRoutes({ accounts }: AuthDeps): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      { method: 'post', path: '/auth/logout', summary: 'End this session.', body: LogoutBody, answer: Done },
      async ({ identity }) => {
        await accounts.logout(identity);
        return { ok: true };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      { method: 'get', path: '/auth/me', summary: 'Who is signed in.', answer: WireUser },
      async ({ identity }) => {
        const user = await accounts.me(identity);
        return isRefusal(user) ? user : wireUser(user);
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/auth/sessions',
        summary: 'Own living sessions, newest first.',
        query: SessionsQuery,
        answer: z.strictObject({ items: z.array(WireSession), nextCursor: z.uuid().nullable() }),
      },
      async ({ identity, query }) => {
        const before = query.cursor as SessionId | undefined;
        const found = await accounts.sessions(identity, { limit: query.limit + 1, before });
        const items = found.slice(0, query.limit).map((session) => wireSession(session, identity.sessionId));
        return { items, nextCursor: found.length > query.limit ? items.at(-1)?.id : null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'delete',
        path: '/auth/sessions/:id',
        summary: 'End one of the own sessions.',
        params: SessionParams,
        answer: Done,
      },
      ({ identity, params }) => accounts.deleteSession(identity, params.id as SessionId),
    ),
  ];
}

function wireSignedIn(answer: SignedIn | Refusal): z.output<typeof WireSignedIn> | Refusal {
  if (!answer.ok) return answer;
  const { user, accessToken, refreshToken, expiresIn } = answer;
  return { user: wireUser(user), accessToken, refreshToken, expiresIn };
}

/** A user as clients see it. */
function wireUser({ id, username, role, email, createdAt }: User): z.output<typeof WireUser> {
  return { id, username, role, ...(email !== null && { email }), createdAt: createdAt.toISOString() };
}

function wireSession(session: Session, current: SessionId): z.output<typeof WireSession> {
  const { id, userAgent, ip, createdAt, lastUsedAt, expiresAt } = session;
  return {
    id,
    userAgent,
    ip,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    current: id === current,
  };
}
