import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { SessionId, UserId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createUser, type Registration } from './create-user.ts';
import type { Identity, Role } from './identity.ts';
import { createPasswords, type PasswordSettings, type Passwords } from './passwords.ts';
import { createSessionChecks, type Ended, type SessionChecks } from './session-checks.ts';
import type { Session, SessionClient } from './session-store.ts';
import * as sessionStore from './session-store.ts';
import { createSignIns, type SignedIn, type SignIns } from './sign-ins.ts';
import type { User } from './store.ts';
import * as store from './store.ts';

export interface AccountsDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'accessTokenSecret' | 'accessTokenMinutes' | 'refreshTokenDays'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Cheaper passwords make quick tests. */
  readonly passwords?: Partial<PasswordSettings>;
  /** Awaited after a registration is committed and before it is answered (DESIGN 8: the demo's opening credit). */
  readonly onRegistered?: (user: User) => Promise<void>;
}

/** Everything about people and their sign-ins. What may be refused answers a Refusal; only bugs throw. */
export interface Accounts {
  /** Makes a PLAYER and signs it in. Refuses INVALID_REQUEST for a taken name or address or an unknown code; BUSY. */
  register(registration: Registration, client: SessionClient): Promise<SignedIn | Refusal>;
  /** Makes an account with any role, without a session, such as the demo's people. Refuses as above. */
  create(registration: Registration, role: Role): Promise<User | Refusal>;
  /** Refuses UNAUTHORIZED, in the same words and time whether name or password is wrong; ACCOUNT_FROZEN; BUSY. */
  login(username: string, password: string, client: SessionClient): Promise<SignedIn | Refusal>;
  /** Trades a refresh token for a new pair; the rules stand in sign-ins.ts. UNAUTHORIZED, ACCOUNT_FROZEN. */
  refresh(refreshToken: string, client: SessionClient): Promise<SignedIn | Refusal>;
  logout(identity: Identity): Promise<void>;
  me(identity: Identity): Promise<User | Refusal>;
  /** The caller's living sessions, newest first. */
  sessions(identity: Identity, page: { limit: number; before?: SessionId | undefined }): Promise<readonly Session[]>;
  /** Ends one of the caller's own sessions. NOT_FOUND for anybody else's. */
  deleteSession(identity: Identity, id: SessionId): Promise<{ ok: true } | Refusal>;
  /** Who holds this access token. UNAUTHORIZED, ACCOUNT_FROZEN. Rooms and routes both ask here (S4-08). */
  verifyAccessToken(token: string): Promise<{ ok: true; identity: Identity } | Refusal>;
  /** The same question for somebody who was let in earlier, such as a player in a room: is the session still good? */
  recheck(identity: Identity): Promise<{ ok: true; identity: Identity } | Refusal>;
  /** Call it after changing a user's role or status: the next check asks the database. */
  forgetUser(userId: UserId): void;
  /** Calls `listener` as soon as a session has ended here, or a user was changed; the answer takes it off again. */
  onSessionEnded(listener: (ended: Ended) => void): () => void;
  /** Those of these sessions whose holders may act, fresh from the database: other processes end sessions too. */
  standing(sessions: readonly SessionId[]): Promise<ReadonlySet<SessionId>>;
  /** Deletes what ended more than `keepDays` ago; answers the number of sessions. */
  removeEndedSessions(keepDays: number): Promise<number>;
}

interface Parts {
  readonly deps: AccountsDeps;
  readonly passwords: Passwords;
  readonly checks: SessionChecks;
  readonly signIns: SignIns;
}

const DAY_MS = 86_400_000;

export function createAccounts(deps: AccountsDeps): Accounts {
  const { database, config, clock } = deps;
  const tokens = createAccessTokens(config.accessTokenSecret, config.accessTokenMinutes, clock);
  const checks = createSessionChecks((id) => sessionStore.findStanding(database, id, new Date(clock.now())), clock);
  const listeners = new Set<(ended: Ended) => void>();
  const onEnded = (ended: Ended) => {
    for (const listener of listeners) listener(ended);
  };
  const signIns = createSignIns({ ...deps, tokens, checks, onEnded });
  const passwords = createPasswords(deps.passwords);
  const parts = { deps, passwords, checks, signIns };
  const create = (registration: Registration, role: Role) => createUser({ ...deps, passwords }, registration, role);

  return {
    create,
    async register(registration, client) {
      const user = await create(registration, 'PLAYER');
      if (isRefusal(user)) return user;
      await deps.onRegistered?.(user);
      return signIns.begin(user, client);
    },
    login: (username, password, client) => login(parts, username, password, client),
    refresh: signIns.refresh,
    async logout({ sessionId: id, userId }) {
      await signIns.end(id, userId, 'logout');
    },
    me: async ({ userId }) => (await store.findUser(database, userId)) ?? refuse('UNAUTHORIZED'),
    sessions({ userId }, { limit, before }) {
      return sessionStore.listSessions(database, userId, { limit, before, now: new Date(clock.now()) });
    },
    async deleteSession({ userId }, id) {
      return (await signIns.end(id, userId, 'deleted by its owner')) ? { ok: true } : refuse('NOT_FOUND');
    },
    async verifyAccessToken(token) {
      const identity = await tokens.read(token);
      return identity ? recheck(parts, identity) : refuse('UNAUTHORIZED');
    },
    recheck: (identity) => recheck(parts, identity),
    forgetUser(userId) {
      checks.forgetUser(userId);
      onEnded({ userId });
    },
    onSessionEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    standing: (sessions) => sessionStore.standingAmong(database, sessions, new Date(clock.now())),
    removeEndedSessions(keepDays) {
      return sessionStore.deleteEndedSessions(database, new Date(clock.now() - keepDays * DAY_MS));
    },
  };
}

async function login(
  { deps, passwords, signIns }: Parts,
  username: string,
  password: string,
  client: SessionClient,
): Promise<SignedIn | Refusal> {
  const found = await store.findByUsername(deps.database, username);
  const right = await passwords.matches(password, found?.passwordHash);
  if (isRefusal(right)) return right;
  if (!found || !right) {
    deps.log.info({ userId: found?.id, ip: client.ip }, 'sign-in failed');
    return refuse('UNAUTHORIZED', 'The username or the password is wrong.');
  }
  const { passwordHash, ...user } = found;
  if (user.status === 'frozen') return refuse('ACCOUNT_FROZEN');
  if (passwords.isOutdated(passwordHash)) {
    const renewed = await passwords.hash(password);
    if (!isRefusal(renewed)) await store.updatePasswordHash(deps.database, user.id, renewed);
  }
  return signIns.begin(user, client);
}

async function recheck({ checks }: Parts, identity: Identity): Promise<{ ok: true; identity: Identity } | Refusal> {
  const standing = await checks.check(identity.sessionId);
  if (!standing || standing.userId !== identity.userId) return refuse('UNAUTHORIZED');
  if (standing.status === 'frozen') return refuse('ACCOUNT_FROZEN');
  return { ok: true, identity: { ...identity, role: standing.role } };
}
