import type { SessionId, UserId } from '../ids.ts';

/** Every role there is (X-06, DESIGN 7); the USER of the source documents is PLAYER. */
export const ROLES = ['PLAYER', 'COLLECTOR', 'PARTNER', 'ADMIN', 'MASTER'] as const;
export type Role = (typeof ROLES)[number];

/** Who can stake somewhere: at tables and desks, or in the lottery. To everybody else play-through means nothing. */
export const STAKING_ROLES: readonly Role[] = ['PLAYER', 'COLLECTOR'];

/** Who is asking: read from a verified access token and the database, never from a body. */
export interface Identity {
  readonly userId: UserId;
  /** As the database has it now, not as it was when the token was signed. */
  readonly role: Role;
  readonly sessionId: SessionId;
  /** Epoch milliseconds at which the access token ends. */
  readonly expiresAt: number;
}

/** True when `role` may do what is open to `allowed`. MASTER has every right of ADMIN (S4-08). */
export function isAllowed(role: Role, allowed: readonly Role[]): boolean {
  return allowed.includes(role) || (role === 'MASTER' && allowed.includes('ADMIN'));
}
