import { createHash } from 'node:crypto';
import type { Key } from '../ids.ts';

const HASH = /^[0-9a-f]{64}$/;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The root over no bets at all, SHA-256 of nothing: what the joker of an ordinary table is drawn with. */
export const EMPTY_ROOT = sha256().toString('hex');

/** What a bet contributes: SHA-256 over the 36 ASCII characters of its idempotency key, in hexadecimal. */
export function keyHash(key: Key): string {
  return sha256(Buffer.from(key, 'ascii')).toString('hex');
}

/**
 * The Merkle tree hash of RFC 6962 over the key hashes in ascending order, in hexadecimal. The order given does not
 * matter; equal keys of two players are two leaves. Leaves and nodes are hashed under different prefixes, an odd node
 * moves up as it is, so no other set of bets has this root. Throws on what is no SHA-256 in lower-case hexadecimal.
 */
export function merkleRoot(keyHashes: readonly string[]): string {
  const malformed = keyHashes.find((hash) => !HASH.test(hash));
  if (malformed !== undefined) throw new Error(`not a SHA-256 in hexadecimal: ${malformed}`);
  let level = [...keyHashes].sort().map((hash) => sha256(LEAF, Buffer.from(hash, 'hex')));
  while (level.length > 1) level = parents(level);
  return level[0]?.toString('hex') ?? EMPTY_ROOT;
}

function parents(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let left = 0; left < level.length; left += 2) {
    const [first, second] = level.slice(left, left + 2);
    if (first) above.push(second ? sha256(NODE, first, second) : first);
  }
  return above;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
