import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { type SessionId, type UserId, uuid7 } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { AccessTokens } from './access-tokens.ts';
import { hashRefreshToken, mintRefreshToken } from './refresh-tokens.ts';
import type { Ended, SessionChecks } from './session-checks.ts';
import type { SessionClient } from './session-store.ts';
import * as sessionStore from './session-store.ts';
import { findUser, type User } from './store.ts';

/** What a client holds after signing in. */
export interface SignedIn {
  readonly ok: true;
  readonly user: User;
  readonly sessionId: SessionId;
  readonly accessToken: string;
  /** Good for one use. */
  readonly refreshToken: string;
  /** Seconds until the access token ends. */
  readonly expiresIn: number;
}

/**
 * The life of a session. Its refresh tokens rotate: each is good once and brings the next.
 *
 * - A used token that comes back was copied by somebody, and nobody can tell who is the thief: the whole session ends,
 *   and with it every token of the family. There is no grace period; a client that lost the answer signs in again.
 * - Two uses of one token at the same moment are a race, not a theft (two tabs waking up): one wins, the other is
 *   refused UNAUTHORIZED and the session lives on. "The same moment" is while the winner is still under way here.
 * - A frozen account is refused before its token is spent, so that it goes on where it was when it is released.
 */
export interface SignIns {
  begin(user: User, client: SessionClient): Promise<SignedIn>;
  refresh(refreshToken: string, client: SessionClient): Promise<SignedIn | Refusal>;
  /** True when the session was alive and this user's. Its access tokens are refused from now on. */
  end(id: SessionId, userId: UserId, reason: string): Promise<boolean>;
}

interface SignInsDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'refreshTokenDays'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tokens: AccessTokens;
  readonly checks: SessionChecks;
  /** Told of a session as soon as it has ended here. */
  readonly onEnded: (ended: Ended) => void;
}

interface Rotated {
  readonly ok: true;
  readonly user: User;
  readonly sessionId: SessionId;
}

const DAY_MS = 86_400_000;
const LONGEST_USER_AGENT = 200;
const UNUSABLE = 'The refresh token is not valid; sign in again.';

export function createSignIns(deps: SignInsDeps): SignIns {
  const { database, clock, checks, onEnded } = deps;
  const underWay = new Set<string>();
  return {
    async begin(user, client) {
      const { now, expiresAt } = validity(deps);
      const sessionId = uuid7<SessionId>(now.getTime());
      const refreshToken = mintRefreshToken();
      const from = shorten(client);
      await database.transaction(async (connection) => {
        await sessionStore.insertSession(connection, { id: sessionId, userId: user.id, ...from, now, expiresAt });
        const hash = hashRefreshToken(refreshToken);
        await sessionStore.insertRefreshToken(connection, { hash, sessionId, now, expiresAt });
      });
      return issue(deps.tokens, { ok: true, user, sessionId }, refreshToken);
    },
    async refresh(refreshToken, client) {
      const hash = hashRefreshToken(refreshToken);
      const name = hash.toString('base64');
      if (underWay.has(name)) return refuse('UNAUTHORIZED', 'The refresh token is being used by another request.');
      underWay.add(name);
      try {
        const next = mintRefreshToken();
        const rotated = await rotate(deps, hash, hashRefreshToken(next), shorten(client));
        return rotated.ok ? await issue(deps.tokens, rotated, next) : rotated;
      } finally {
        underWay.delete(name);
      }
    },
    async end(id, userId, reason) {
      const ended = await sessionStore.endSession(database, { id, userId, reason, now: new Date(clock.now()) });
      checks.forget(id);
      if (ended) onEnded({ userId, sessionId: id });
      return ended;
    },
  };
}

/** One transaction: the token is locked, judged, and either spent for the next one or answered with a refusal. */
async function rotate(
  deps: SignInsDeps,
  hash: Buffer,
  nextHash: Buffer,
  client: SessionClient,
): Promise<Rotated | Refusal> {
  const { now, expiresAt } = validity(deps);
  const outcome = await deps.database.transaction(async (connection) => {
    const token = await sessionStore.lockRefreshToken(connection, hash, now);
    if (!token || token.ended) return refuse('UNAUTHORIZED', UNUSABLE);
    const { sessionId, userId } = token;
    if (token.used) {
      await sessionStore.endSession(connection, { id: sessionId, userId, reason: 'refresh token reused', now });
      return { ...refuse('UNAUTHORIZED', UNUSABLE), stolen: { sessionId, userId } };
    }
    const user = await findUser(connection, userId);
    if (!user) return refuse('UNAUTHORIZED', UNUSABLE);
    if (user.status === 'frozen') return refuse('ACCOUNT_FROZEN');
    await sessionStore.markTokenUsed(connection, hash, now);
    await sessionStore.insertRefreshToken(connection, { hash: nextHash, sessionId, now, expiresAt });
    await sessionStore.touchSession(connection, sessionId, { ...client, now, expiresAt });
    return { ok: true, user, sessionId } as const;
  });
  if (!('stolen' in outcome)) return outcome;
  const { stolen, ...refusal } = outcome;
  deps.checks.forget(stolen.sessionId);
  deps.onEnded(stolen);
  deps.log.warn({ ...stolen, ip: client.ip }, 'a used refresh token came back: its session was ended');
  return refusal;
}

async function issue(tokens: AccessTokens, { user, sessionId }: Rotated, refreshToken: string): Promise<SignedIn> {
  const accessToken = await tokens.sign({ userId: user.id, role: user.role, sessionId });
  return { ok: true, user, sessionId, accessToken, refreshToken, expiresIn: tokens.lifetimeSeconds };
}

/** Every use moves the end: a session lives as long as somebody comes back within the configured days. */
function validity({ clock, config }: SignInsDeps): { now: Date; expiresAt: Date } {
  const nowMs = clock.now();
  return { now: new Date(nowMs), expiresAt: new Date(nowMs + config.refreshTokenDays * DAY_MS) };
}

function shorten({ userAgent, ip }: SessionClient): SessionClient {
  return { userAgent: userAgent.slice(0, LONGEST_USER_AGENT), ip };
}
