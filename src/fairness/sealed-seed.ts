import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { PhaseId, RoundId } from '../ids.ts';
import { type RandomBytes, SEED_BYTES, type ServerSeed, serverSeed } from './seed.ts';

/** The key that seals seeds in the database; never the configured secret itself. */
export type SealingKey = Uint8Array & { readonly __brand: 'sealing-key' };

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/** What a seed belongs to; a day of simulated prices by its name, as `market 2026-11-26`. */
export type SeedOwner = RoundId | PhaseId | `market ${string}`;

/** Derives the sealing key from `config.seedEncryptionKey` by HKDF-SHA256. */
export function sealingKey(secret: string): SealingKey {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'croupier server seeds v1', 32)) as SealingKey;
}

/**
 * A seed as it is stored: AES-256-GCM, bound to what it belongs to, 61 bytes:
 * format (1) ‖ nonce (12) ‖ tag (16) ‖ ciphertext (32).
 * Nobody who can read the database alone can look at an open round's cards, nor give one round the seed of another.
 */
export function sealSeed(
  key: SealingKey,
  owner: SeedOwner,
  seed: ServerSeed,
  random: RandomBytes = randomBytes,
): Uint8Array {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(owner, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(seed), cipher.final()]);
  return Buffer.concat([Uint8Array.of(FORMAT), nonce, cipher.getAuthTag(), ciphertext]);
}

/** Opens what `sealSeed` closed. Throws when a byte was changed, the owner is another one or the key is wrong. */
export function openSeed(key: SealingKey, owner: SeedOwner, sealed: Uint8Array): ServerSeed {
  if (sealed.length !== HEADER_BYTES + SEED_BYTES || sealed[0] !== FORMAT) {
    throw new Error(`the sealed seed of ${owner} is not in a format this server knows`);
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(owner, 'ascii'));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEADER_BYTES));
  const opened = decipher.update(sealed.subarray(HEADER_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw new Error(`the sealed seed of ${owner} was tampered with or sealed under another key`, { cause });
  }
  return serverSeed(opened);
}
