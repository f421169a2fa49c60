import { createSecretKey } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { isUuid, type SessionId, type UserId } from '../ids.ts';
import { type Identity, ROLES } from './identity.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'croupier';
const AUDIENCE = 'croupier-api';
const LONGEST_TOKEN = 2048;

const Uuid = z.string().refine(isUuid);
const Claims = z.object({
  sub: Uuid.transform((id) => id as UserId),
  sid: Uuid.transform((id) => id as SessionId),
  role: z.enum(ROLES),
  exp: z.int(),
});

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  sign(identity: Omit<Identity, 'expiresAt'>): Promise<string>;
  /** What the token says, if it is ours, unaltered and not expired. Whether its session lives is not asked here. */
  read(token: string): Promise<Identity | undefined>;
}

/** JSON web tokens with everything pinned that a token could lie about: algorithm, type, issuer, audience, lifetime. */
export function createAccessTokens(secret: string, lifetimeMinutes: number, clock: Clock): AccessTokens {
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  const lifetimeSeconds = lifetimeMinutes * 60;
  return {
    lifetimeSeconds,
    sign({ userId, role, sessionId }) {
      const nowSeconds = Math.floor(clock.now() / 1000);
      return new SignJWT({ sid: sessionId, role })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + lifetimeSeconds)
        .sign(key);
    },
    async read(token) {
      if (token.length > LONGEST_TOKEN) return undefined;
      const payload = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        typ: 'JWT',
        issuer: ISSUER,
        audience: AUDIENCE,
        currentDate: new Date(clock.now()),
      }).then(
        (verified) => verified.payload,
        () => undefined,
      );
      const claims = Claims.safeParse(payload);
      if (!claims.success) return undefined;
      const { sub, sid, role, exp } = claims.data;
      return { userId: sub, sessionId: sid, role, expiresAt: exp * 1000 };
    },
  };
}
