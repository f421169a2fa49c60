import { createHash, randomBytes } from 'node:crypto';

/** A new refresh token: 256 random bits, as text for a URL or a JSON body. */
export function mintRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of it. The token is random, so a plain SHA-256 cannot be turned back by guessing. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
