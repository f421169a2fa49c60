import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { SessionId, UserId } from '../ids.ts';
import { ROLES } from './identity.ts';
import type { Standing } from './session-checks.ts';

const Nothing = z.object({});
const asSession = (id: string) => id as SessionId;
const asUser = (id: string) => id as UserId;

const SessionRow = z.object({
  id: z.string().transform(asSession),
  userAgent: z.string(),
  ip: z.string(),
  createdAt: z.date(),
  lastUsedAt: z.date(),
  expiresAt: z.date(),
});

/** A sign-in that is alive. */
export type Session = Readonly<z.output<typeof SessionRow>>;

/** Where a request came from, as shown to the owner of the session. */
export interface SessionClient {
  readonly userAgent: string;
  readonly ip: string;
}

export async function insertSession(
  database: Queries,
  session: SessionClient & { id: SessionId; userId: UserId; now: Date; expiresAt: Date },
): Promise<void> {
  const now = sql.timestamp(session.now);
  await database.query(sql.type(Nothing)`
    insert into session (id, user_id, user_agent, ip, created_at, last_used_at, expires_at)
    values (${session.id}, ${session.userId}, ${session.userAgent}, ${session.ip}, ${now}, ${now},
            ${sql.timestamp(session.expiresAt)})`);
}

export async function insertRefreshToken(
  database: Queries,
  token: { hash: Buffer; sessionId: SessionId; now: Date; expiresAt: Date },
): Promise<void> {
  await database.query(sql.type(Nothing)`
    insert into refresh_token (hash, session_id, issued_at, expires_at)
    values (${sql.binary(token.hash)}, ${token.sessionId}, ${sql.timestamp(token.now)},
            ${sql.timestamp(token.expiresAt)})`);
}

const PresentedToken = z.object({
  sessionId: z.string().transform(asSession),
  userId: z.string().transform(asUser),
  used: z.boolean(),
  ended: z.boolean(),
});

/** A refresh token as it stands, locked until the transaction ends, so that two who hold it take their turns. */
export async function lockRefreshToken(database: Queries, hash: Buffer, now: Date) {
  const at = sql.timestamp(now);
  const row = await database.maybeOne(sql.type(PresentedToken)`
    select token.session_id as "sessionId", session.user_id as "userId", token.used_at is not null as used,
           session.revoked_at is not null or session.expires_at <= ${at} or token.expires_at <= ${at} as ended
    from refresh_token as token
    join session on session.id = token.session_id
    where token.hash = ${sql.binary(hash)}
    for update of token, session`);
  return row ?? undefined;
}

export async function markTokenUsed(database: Queries, hash: Buffer, now: Date): Promise<void> {
  await database.query(sql.type(Nothing)`
    update refresh_token set used_at = ${sql.timestamp(now)} where hash = ${sql.binary(hash)}`);
}

export async function touchSession(
  database: Queries,
  id: SessionId,
  use: SessionClient & { now: Date; expiresAt: Date },
): Promise<void> {
  await database.query(sql.type(Nothing)`
    update session
    set last_used_at = ${sql.timestamp(use.now)}, expires_at = ${sql.timestamp(use.expiresAt)},
        user_agent = ${use.userAgent}, ip = ${use.ip}
    where id = ${id}`);
}

/** True when the session was alive, and this user's. */
export async function endSession(
  database: Queries,
  session: { id: SessionId; userId: UserId; reason: string; now: Date },
): Promise<boolean> {
  const at = sql.timestamp(session.now);
  const ended = await database.maybeOne(sql.type(z.object({ id: z.string() }))`
    update session set revoked_at = ${at}, revoke_reason = ${session.reason}
    where id = ${session.id} and user_id = ${session.userId} and revoked_at is null and expires_at > ${at}
    returning id`);
  return ended !== null;
}

/** Ends all that a user has. */
export async function endSessionsOf(
  database: Queries,
  { userId, reason, now }: { readonly userId: UserId; readonly reason: string; readonly now: Date },
): Promise<void> {
  await database.query(sql.type(Nothing)`
    update session set revoked_at = ${sql.timestamp(now)}, revoke_reason = ${reason}
    where user_id = ${userId} and revoked_at is null`);
}

/** Living sessions of a user, newest first, at most `limit`, all older than `before` when given. */
export async function listSessions(
  database: Queries,
  userId: UserId,
  page: { limit: number; before: SessionId | undefined; now: Date },
): Promise<readonly Session[]> {
  const older = page.before === undefined ? sql.fragment`` : sql.fragment`and id < ${page.before}`;
  return await database.any(sql.type(SessionRow)`
    select id, user_agent as "userAgent", ip,
           created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
    from session
    where user_id = ${userId} and revoked_at is null and expires_at > ${sql.timestamp(page.now)} ${older}
    order by id desc
    limit ${page.limit}`);
}

const StandingRow = z.object({
  userId: z.string().transform(asUser),
  role: z.enum(ROLES),
  status: z.enum(['active', 'frozen']),
});

/** Undefined when the session has ended. */
export async function findStanding(database: Queries, id: SessionId, now: Date): Promise<Standing | undefined> {
  const row = await database.maybeOne(sql.type(StandingRow)`
    select users.id as "userId", users.role, users.status
    from session
    join users on users.id = session.user_id
    where session.id = ${id} and session.revoked_at is null
      and session.expires_at > ${sql.timestamp(now)}`);
  return row ?? undefined;
}

/** Those of these sessions that are alive and whose owners are not frozen. */
export async function standingAmong(
  database: Queries,
  ids: readonly SessionId[],
  now: Date,
): Promise<ReadonlySet<SessionId>> {
  const rows = await database.any(sql.type(z.object({ id: z.string().transform(asSession) }))`
    select session.id
    from session
    join users on users.id = session.user_id
    where session.id = any(${sql.array([...ids], 'uuid')}) and session.revoked_at is null
      and session.expires_at > ${sql.timestamp(now)} and users.status = 'active'`);
  return new Set(rows.map(({ id }) => id));
}

/** Deletes sessions that ended before `before`, with their tokens; answers how many. */
export async function deleteEndedSessions(database: Queries, before: Date): Promise<number> {
  const at = sql.timestamp(before);
  const result = await database.query(sql.type(Nothing)`
    delete from session where expires_at < ${at} or revoked_at < ${at}`);
  return result.rowCount;
}
