import type { Queries } from '../../db/pool.ts';
import { type Identity, isAllowed } from '../accounts/identity.ts';
import { endSessionsOf } from '../accounts/session-store.ts';
import { lockUsers, type User, updateStatus } from '../accounts/store.ts';
import type { UserId } from '../ids.ts';
import { revokeKeysOf } from '../partners/api-key-store.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Done } from './backoffice.ts';

export interface Freeze {
  readonly userId: UserId;
  readonly frozen: boolean;
  readonly reason: string;
  readonly at: Date;
}

/**
 * Freezes an account, which ends all of its sessions and API keys, or releases it. What is at stake stays so, and is
 * paid. An ADMIN may stop another, as a brake for emergencies, but people of the house come back by a MASTER alone:
 * otherwise two ADMINs would release each other. Refuses NOT_FOUND, FORBIDDEN for oneself, for a MASTER by anybody but
 * a MASTER and for an ADMIN's release by another, ALREADY_DECIDED where it is like that. Follow it with
 * `accounts.forgetUser`.
 */
export async function setFrozen(
  tx: Queries,
  by: Identity,
  { userId, frozen, reason, at }: Freeze,
): Promise<Done<User> | Refusal> {
  if (userId === by.userId) return refuse('FORBIDDEN', 'Nobody freezes or releases themselves.');
  const found = await lockUsers(tx, [userId, by.userId]);
  const [user, actor] = [found.get(userId), found.get(by.userId)];
  // As they are now: two masters who freeze each other do so one after the other, and one of them stays.
  if (actor?.status !== 'active' || !isAllowed(actor.role, ['ADMIN'])) return refuse('FORBIDDEN');
  if (user === undefined) return refuse('NOT_FOUND');
  if (actor.role !== 'MASTER') {
    if (user.role === 'MASTER') return refuse('FORBIDDEN', 'A MASTER is frozen and released by a MASTER alone.');
    if (user.role === 'ADMIN' && !frozen) return refuse('FORBIDDEN', 'An ADMIN is released by a MASTER alone.');
  }
  const status = frozen ? 'frozen' : 'active';
  if (user.status === status) return refuse('ALREADY_DECIDED', `The account is ${status} already.`);
  const changed = await updateStatus(tx, userId, status);
  if (changed === undefined) throw new Error(`user ${userId} is gone`);
  if (frozen) await endSessionsOf(tx, { userId, reason: 'account frozen', now: at });
  // A stolen account that is given back must not leave the thief a key.
  const revokedKeys = frozen ? await revokeKeysOf(tx, userId, at) : 0;
  return {
    answer: changed,
    entry: {
      ...{ action: frozen ? 'user.freeze' : 'user.release', target: `user:${userId}` },
      ...{ before: { status: user.status }, after: { status, ...(revokedKeys > 0 && { revokedKeys }) }, reason },
    },
  };
}
