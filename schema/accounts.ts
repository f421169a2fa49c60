import { z } from 'zod';

/**
 * What a client may send about accounts, and what it gets back. Objects are strict: an unknown field is a mistake to
 * be told, not to be guessed at. NUL bytes never get this far, the JSON parser refuses them.
 */

/** Names that mean something to the language or to the books; nobody may be called so. */
const RESERVED = new Set(['constructor', 'prototype', 'system', 'anonymous', 'undefined', 'null']);

/** 3–32 letters, digits, dot, dash or underscore, beginning with a letter or digit. Upper and lower case are one. */
const Username = z
  .string()
  .min(3)
  .max(32)
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
    'must be letters, digits, dot, dash or underscore, and begin with a letter or digit',
  )
  .refine((name) => !RESERVED.has(name.toLowerCase()), 'is reserved');

/** 8–128 characters of any kind but NUL. */
const Password = z
  .string()
  .min(8)
  .max(128)
  .refine((password) => !password.includes('\u0000'), 'must not hold NUL');

const Email = z.email().max(254);

export const RegisterBody = z.strictObject({
  username: Username,
  password: Password,
  email: Email.optional(),
  referralCode: z.string().min(1).max(64).optional(),
});

/** Looser than registration on purpose: a name that cannot exist is answered like one that does not. */
export const LoginBody = z.strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(128) });

export const RefreshBody = z.strictObject({ refreshToken: z.string().min(1).max(128) });

/** The access token names the session to end; a client that sends its refresh token too is not turned away. */
export const LogoutBody = z.strictObject({ refreshToken: z.string().max(128).optional() }).optional();

export const SessionParams = z.strictObject({ id: z.uuid() });

export const SessionsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.uuid().optional(),
});

export const WireUser = z.strictObject({
  id: z.uuid(),
  username: z.string(),
  role: z.enum(['PLAYER', 'COLLECTOR', 'PARTNER', 'ADMIN', 'MASTER']),
  email: z.email().optional(),
  createdAt: z.iso.datetime(),
});

export const WireSignedIn = z.strictObject({
  user: WireUser,
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.int().describe('seconds until the access token ends'),
});

export const WireSession = z.strictObject({
  id: z.uuid(),
  userAgent: z.string(),
  ip: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  current: z.boolean().describe('true for the session that asks'),
});
