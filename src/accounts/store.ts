import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { ROLES, type Role } from './identity.ts';

export const UserRow = z.object({
  id: z.string().transform((id) => id as UserId),
  /** As its owner wrote it; `users.username` is the same in lower case. */
  username: z.string(),
  email: z.string().nullable(),
  role: z.enum(ROLES),
  status: z.enum(['active', 'frozen']),
  referredBy: z
    .string()
    .transform((id) => id as UserId)
    .nullable(),
  createdAt: z.date(),
});
const UserWithPassword = UserRow.extend({ passwordHash: z.string() });
const Found = z.object({ id: z.string().transform((id) => id as UserId) });

/** A person's account. Holds no secret. */
export type User = Readonly<z.output<typeof UserRow>>;

export const USER = sql.fragment`
  id, display_name as username, email, role, status, referred_by as "referredBy", created_at as "createdAt"`;

export interface NewUser {
  readonly id: UserId;
  readonly username: string;
  readonly email: string | null;
  readonly passwordHash: string;
  readonly role: Role;
  readonly referredBy: UserId | null;
  readonly createdAt: Date;
}

/** Undefined when the username or the email address belongs to somebody already. */
export async function insertUser(database: Queries, user: NewUser): Promise<User | undefined> {
  const row = await database.maybeOne(sql.type(UserRow)`
    insert into users (id, username, display_name, email, password_hash, role, referred_by, created_at)
    values (${user.id}, ${user.username.toLowerCase()}, ${user.username}, ${user.email?.toLowerCase() ?? null},
            ${user.passwordHash}, ${user.role}, ${user.referredBy}, ${sql.timestamp(user.createdAt)})
    on conflict do nothing
    returning ${USER}`);
  return row ?? undefined;
}

export async function findUser(database: Queries, id: UserId): Promise<User | undefined> {
  return (await database.maybeOne(sql.type(UserRow)`select ${USER} from users where id = ${id}`)) ?? undefined;
}

/** Nobody else changes this user until the transaction ends. */
export async function lockUser(tx: Queries, id: UserId): Promise<User | undefined> {
  const row = await tx.maybeOne(sql.type(UserRow)`select ${USER} from users where id = ${id} for no key update`);
  return row ?? undefined;
}

/** The same of several; in one order whoever asks, so that two who lock the same people wait for each other in turn. */
export async function lockUsers(tx: Queries, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User | undefined>> {
  const found = new Map<UserId, User | undefined>();
  for (const id of ids.toSorted()) found.set(id, await lockUser(tx, id));
  return found;
}

/** With the password hash, for signing in. */
export async function findByUsername(database: Queries, username: string) {
  const row = await database.maybeOne(sql.type(UserWithPassword)`
    select ${USER}, password_hash as "passwordHash" from users where username = ${username.toLowerCase()}`);
  return row ?? undefined;
}

export async function findByReferralCode(database: Queries, code: string): Promise<UserId | undefined> {
  const row = await database.maybeOne(sql.type(Found)`
    select id from users where referral_code = ${code} and status = 'active'`);
  return row?.id;
}

const CodeRow = z.object({ code: z.string().nullable() });

/** The code by which this user brings others; null before the first. */
export async function findReferralCode(database: Queries, id: UserId): Promise<string | null> {
  const row = await database.maybeOne(sql.type(CodeRow)`select referral_code as code from users where id = ${id}`);
  return row?.code ?? null;
}

/** Gives a user this code, unless there is one already; answers the one there is. Of several at once one counts. */
export async function claimReferralCode(database: Queries, id: UserId, code: string): Promise<string> {
  const { code: claimed } = await database.one(sql.type(CodeRow)`
    update users set referral_code = coalesce(referral_code, ${code}) where id = ${id}
    returning referral_code as code`);
  return claimed ?? code;
}

export async function findByRole(database: Queries, role: Role): Promise<UserId | undefined> {
  const row = await database.maybeOne(sql.type(Found)`select id from users where role = ${role} order by id limit 1`);
  return row?.id;
}

export async function updatePasswordHash(database: Queries, id: UserId, hash: string): Promise<void> {
  await database.query(sql.type(z.object({}))`update users set password_hash = ${hash} where id = ${id}`);
}

/** Undefined when there is no such user. Follow it with `accounts.forgetUser`. */
export async function updateRole(database: Queries, id: UserId, role: Role): Promise<User | undefined> {
  const row = await database.maybeOne(sql.type(UserRow)`
    update users set role = ${role} where id = ${id} returning ${USER}`);
  return row ?? undefined;
}

/** Undefined when there is no such user. Follow it with `accounts.forgetUser`. */
export async function updateStatus(database: Queries, id: UserId, status: User['status']): Promise<User | undefined> {
  const row = await database.maybeOne(sql.type(UserRow)`
    update users set status = ${status} where id = ${id} returning ${USER}`);
  return row ?? undefined;
}
