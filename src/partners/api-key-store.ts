import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { PartnerId } from './commission.ts';

export type ApiKeyId = string & { readonly __id: 'api key' };

/** What a key may be used for. None can make or revoke keys: that takes its owner. */
export const SCOPES = ['reports', 'statements', 'postbacks'] as const;
export type Scope = (typeof SCOPES)[number];

const Nothing = z.strictObject({});
const Id = z.string().transform((id) => id as ApiKeyId);
const Partner = z.string().transform((id) => id as PartnerId);

const KeyRow = z.object({
  id: Id,
  partnerId: Partner,
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  /** From where it may be used; empty: from anywhere. */
  addresses: z.array(z.string()),
  createdAt: z.date(),
  lastUsedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
});
export type ApiKey = Readonly<z.output<typeof KeyRow>>;

const KEY = sql.fragment`
  k.id, k.partner_id as "partnerId", k.name, k.prefix, k.scopes, k.addresses, k.created_at as "createdAt",
  k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"`;

export async function insertKey(tx: Queries, key: ApiKey, hash: Buffer): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into partner_api_key (id, partner_id, name, prefix, hash, scopes, addresses, created_at)
    values (${key.id}::uuid, ${key.partnerId}::uuid, ${key.name}, ${key.prefix}, ${sql.binary(hash)},
            ${sql.array([...key.scopes], 'text')}, ${sql.array([...key.addresses], 'text')},
            ${sql.timestamp(key.createdAt)})`);
}

const UsedRow = KeyRow.extend({ userStatus: z.enum(['active', 'frozen']) });

/** The key of this hash, and whether the account of its owner is good; null where there is none, or no partner's. */
export function findKey(queries: Queries, hash: Buffer) {
  return queries.maybeOne(sql.type(UsedRow)`
    select ${KEY}, u.status as "userStatus"
      from partner_api_key k
      join partners p on p.id = k.partner_id
      join users u on u.id = p.user_id
     where k.hash = ${sql.binary(hash)} and u.role = 'PARTNER'`);
}

/** The keys of a partner: those not revoked, which are few, and then the others, each the newest first. */
export function keysOf(queries: Queries, partner: PartnerId): Promise<readonly ApiKey[]> {
  return queries.any(sql.type(KeyRow)`
    select ${KEY} from partner_api_key k
     where k.partner_id = ${partner}::uuid
     order by k.revoked_at is not null, k.id desc limit 200`);
}

const CountRow = z.object({ keys: z.bigint().transform(Number) });

export async function countKeys(tx: Queries, partner: PartnerId): Promise<number> {
  const { keys } = await tx.one(sql.type(CountRow)`
    select count(*) as keys from partner_api_key where partner_id = ${partner}::uuid and revoked_at is null`);
  return keys;
}

/** Once a minute is enough to know whether it is in use. */
export async function recordUse(queries: Queries, id: ApiKeyId, at: Date): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update partner_api_key set last_used_at = ${sql.timestamp(at)}
     where id = ${id}::uuid
       and (last_used_at is null or last_used_at < ${sql.timestamp(at)}::timestamptz - interval '1 minute')`);
}

/** All keys of a person that are good: how many these were. */
export async function revokeKeysOf(tx: Queries, owner: UserId, at: Date): Promise<number> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    update partner_api_key k set revoked_at = ${sql.timestamp(at)}
      from partners p
     where p.id = k.partner_id and p.user_id = ${owner}::uuid and k.revoked_at is null`);
  return rowCount;
}

/** False where the partner has no such key, or it was revoked before. */
export async function revokeKey(queries: Queries, partner: PartnerId, id: ApiKeyId, at: Date): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update partner_api_key set revoked_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and partner_id = ${partner}::uuid and revoked_at is null`);
  return rowCount > 0;
}
