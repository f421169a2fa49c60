import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Key, UserId } from '../ids.ts';

const Nothing = z.strictObject({});

export interface LimitRequest {
  readonly userId: UserId;
  readonly key: Key;
  /** In a canonical form. */
  readonly request: string;
  /** Minutes between reminders, null for none; undefined leaves it as it is. */
  readonly sessionMinutes: number | null | undefined;
  readonly askedAt: Date;
}

/** Puts a request on record, unless its key has one. */
export async function insertRequest(database: Queries, asked: LimitRequest): Promise<void> {
  const { userId, key, request, sessionMinutes, askedAt } = asked;
  await database.query(sql.type(Nothing)`
    insert into limit_request (user_id, key, request, sets_session, session_minutes, asked_at)
    values (${userId}::uuid, ${key}::uuid, ${request}, ${sessionMinutes !== undefined}, ${sessionMinutes ?? null},
            ${sql.timestamp(askedAt)})
    on conflict (user_id, key) do nothing`);
}

const RequestRow = z.object({ request: z.string() });

/** What was asked under this key. */
export async function requestUnder(database: Queries, userId: UserId, key: Key): Promise<string> {
  const { request } = await database.one(sql.type(RequestRow)`
    select request from limit_request where user_id = ${userId}::uuid and key = ${key}::uuid`);
  return request;
}

/** The first time counts. */
export async function markDone(database: Queries, userId: UserId, key: Key, at: Date): Promise<void> {
  await database.query(sql.type(Nothing)`
    update limit_request set done_at = ${sql.timestamp(at)}
     where user_id = ${userId}::uuid and key = ${key}::uuid and done_at is null`);
}

const MinutesRow = z.object({ minutes: z.number().int().nullable() });

/** Minutes between two reminders of how long this player has played; null: none. */
export async function sessionMinutesOf(database: Queries, userId: UserId): Promise<number | null> {
  const row = await database.maybeOne(sql.type(MinutesRow)`
    select session_minutes as minutes from limit_request
     where user_id = ${userId}::uuid and sets_session and done_at is not null
     order by seq desc limit 1`);
  return row?.minutes ?? null;
}
