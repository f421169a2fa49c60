import { createHash, randomFillSync } from 'node:crypto';

/** Ids are UUIDs, branded so that a round id cannot pass for a user id. New ones are version 7: they sort by time. */
export type UserId = string & { readonly __id: 'user' };
export type SessionId = string & { readonly __id: 'session' };
export type RoundId = string & { readonly __id: 'round' };
/** A phase of the lottery; also the id of its room. */
export type PhaseId = string & { readonly __id: 'phase' };
/** The idempotency key of a command; minted by the caller (DESIGN 3). */
export type Key = string & { readonly __id: 'key' };
/** A leveraged trade or a binary. */
export type TradeId = string & { readonly __id: 'trade' };
/** What is traded, in capital letters without a slash: `BTCUSDT`. */
export type SymbolId = string & { readonly __id: 'symbol' };
/** A table's id is chosen by the operator: lower-case letters, digits and dashes. */
export type TableId = string & { readonly __id: 'table' };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a UUID of any version in its canonical, lower-case form. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** A UUIDv7 for the time `nowMs` (epoch milliseconds); the rest is cryptographically random. */
export function uuid7<Id extends string>(nowMs: number): Id {
  if (used + 10 > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const time = nowMs.toString(16).padStart(12, '0');
  const random = pool.toString('hex', used, used + 10);
  used += 10;
  const variant = '89ab'.charAt(Number.parseInt(random.charAt(3), 16) & 3);
  const [head, middle, tail] = [random.slice(0, 3), random.slice(4, 7), random.slice(8, 20)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${head}-${variant}${middle}-${tail}` as Id;
}

/** The lowest UUIDv7 of the time `ms` (epoch milliseconds): what was made from then on has this id or a higher one. */
export function firstUuid7(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/**
 * The same parts always give the same key (S1-29): for what the system itself does, such as settling a position.
 * A version 8 UUID over SHA-256.
 */
export function deterministicKey(...parts: readonly (string | number | bigint)[]): Key {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  const [head, middle, tail] = [hex.slice(13, 16), hex.slice(17, 20), hex.slice(20, 32)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${head}-${variant}${middle}-${tail}` as Key;
}
