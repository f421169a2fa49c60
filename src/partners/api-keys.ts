import { createHash, randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Database } from '../../db/pool.ts';
import { lockUser } from '../accounts/store.ts';
import { uuid7 } from '../ids.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type ApiKey, type ApiKeyId, countKeys, findKey, insertKey, recordUse, type Scope } from './api-key-store.ts';
import type { PartnerId } from './commission.ts';
import { lockPartner } from './partner.ts';

/** What a key begins with says whose kind it is, to people and to what looks for leaked secrets. */
const FORM = /^cpk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/;
const PREFIX_LENGTH = 12;
const KEYS_MAX = 20;

export interface ApiKeyWish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Addresses or networks, `192.0.2.7` or `192.0.2.0/24`; none: from anywhere. */
  readonly addresses: readonly string[];
}

/**
 * Makes a key; its text is answered this once and kept nowhere. INVALID_REQUEST where there are too many, FORBIDDEN to
 * who was frozen or is no partner any more.
 */
export function createKey(
  database: Database,
  partner: PartnerId,
  { name, scopes, addresses }: ApiKeyWish,
  now: number,
): Promise<{ readonly key: string; readonly stored: ApiKey } | Refusal> {
  const key = `cpk_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  const stored: ApiKey = {
    ...{ id: uuid7<ApiKeyId>(now), partnerId: partner, name, prefix: key.slice(0, PREFIX_LENGTH) },
    ...{ scopes: [...new Set(scopes)], addresses: [...addresses] },
    ...{ createdAt: new Date(now), lastUsedAt: null, revokedAt: null },
  };
  return database.transaction(async (tx) => {
    const found = await lockPartner(tx, partner);
    // Locked as well: whoever freezes them ends all keys that there are by then.
    const owner = found === null ? undefined : await lockUser(tx, found.userId);
    if (owner?.status !== 'active' || owner.role !== 'PARTNER') return refuse('FORBIDDEN');
    if ((await countKeys(tx, partner)) >= KEYS_MAX) {
      return refuse('INVALID_REQUEST', `There are ${KEYS_MAX} keys; revoke one of them first.`);
    }
    await insertKey(tx, stored, hashOf(key));
    return { key, stored };
  });
}

/**
 * Whose key this is. UNAUTHORIZED for one that is unknown or revoked, ACCOUNT_FROZEN, FORBIDDEN from a place or for a
 * purpose that it is not for.
 */
export async function openKey(
  database: Database,
  key: string,
  { ip, scope, now }: { readonly ip: string; readonly scope: Scope; readonly now: number },
): Promise<{ readonly partnerId: PartnerId } | Refusal> {
  if (!FORM.test(key)) return refuse('UNAUTHORIZED', 'The API key is not good.');
  const found = await findKey(database, hashOf(key));
  if (found === null || found.revokedAt !== null) return refuse('UNAUTHORIZED', 'The API key is not good.');
  if (found.userStatus === 'frozen') return refuse('ACCOUNT_FROZEN');
  if (!isFrom(found.addresses, ip)) return refuse('FORBIDDEN', 'The API key is not for this address.');
  if (!found.scopes.includes(scope)) return refuse('FORBIDDEN', `The API key is not for ${scope}.`);
  await recordUse(database, found.id, new Date(now));
  return { partnerId: found.partnerId };
}

/** Whether a text is an address or a network, `192.0.2.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function isFrom(addresses: readonly string[], ip: string): boolean {
  if (addresses.length === 0) return true;
  const allowed = new BlockList();
  for (const text of addresses) {
    const [address = '', bits] = text.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) allowed.addAddress(address, family);
    else allowed.addSubnet(address, Number(bits), family);
  }
  const plain = ip.replace(/^::ffff:(?=[0-9.]+$)/i, '');
  const family = isIP(plain);
  return family !== 0 && allowed.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
