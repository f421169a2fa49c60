import { call } from './http.js';

/** What this page itself can check: is the seed of the record the one that was committed to before the first bet? */

/** SHA-256 of some bytes, in hexadecimal. */
export async function sha256(bytes) {
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** The bytes of a text of hexadecimal digits. */
export function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Where everything that is needed to deal a round again is published. */
export function recordAddress(roundId) {
  return `/rounds/${encodeURIComponent(roundId)}/verification`;
}

/**
 * A sentence about a finished round. `commitment` is what this page saw during the betting, `seed` what it saw with the
 * result, `keys` are those of the bets placed here.
 */
export async function judge({ roundId, commitment, seed, keys }) {
  if ((await sha256(bytesOf(seed))) !== commitment) return 'WRONG: the seed is not the one that was committed to.';
  const committed = 'The seed is the one that was committed to before the first bet';
  if (keys.length === 0) return `${committed}.`;
  const { windows } = await call('GET', recordAddress(roundId));
  const drawnWith = new Set(windows.flatMap(({ keyHashes }) => keyHashes));
  const own = await Promise.all(keys.map((key) => sha256(new TextEncoder().encode(key))));
  if (!own.every((hash) => drawnWith.has(hash))) return 'WRONG: your bets are missing from the draw.';
  return `${committed}, and your bets took part in the draw.`;
}

function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
