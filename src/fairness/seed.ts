import { createHash } from 'node:crypto';

/** How cards follow from a seed. Stored on every round; a change of one byte in the specification is a new number. */
export const ALGORITHM_VERSION = 1;

export const SEED_BYTES = 32;

/** The secret of one round: 32 random bytes, revealed with its result (DESIGN 6). */
export type ServerSeed = Uint8Array & { readonly __brand: 'server-seed' };

/** Where random bytes come from: `crypto.randomBytes` in the server, something fixed in a test. */
export type RandomBytes = (count: number) => Uint8Array;

/** Draws the seed of a new round. Throws when the source does not give what it was asked for. */
export function newServerSeed(randomBytes: RandomBytes): ServerSeed {
  return serverSeed(randomBytes(SEED_BYTES));
}

/** Brands 32 bytes as a seed; takes a copy. Throws RangeError on any other length. */
export function serverSeed(bytes: Uint8Array): ServerSeed {
  if (bytes.length !== SEED_BYTES) throw new RangeError(`a server seed has ${SEED_BYTES} bytes, not ${bytes.length}`);
  return Uint8Array.from(bytes) as ServerSeed;
}

/** The revealed form: 64 lower-case hexadecimal digits. */
export function revealSeed(seed: ServerSeed): string {
  return Buffer.from(seed).toString('hex');
}

/** SHA-256 over the 32 bytes of the seed, in hexadecimal: published before the first bet. */
export function commitmentOf(seed: ServerSeed): string {
  return createHash('sha256').update(seed).digest('hex');
}
