import type { Queries } from '../../db/pool.ts';
import { type Identity, type Role, STAKING_ROLES } from '../accounts/identity.ts';
import { lockUsers, type User, updateRole } from '../accounts/store.ts';
import { unstakedDeposits } from '../cashier/unstaked.ts';
import type { UserId } from '../ids.ts';
import { toWire, ZERO } from '../money.ts';
import { revokeKeysOf } from '../partners/api-key-store.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Done } from './backoffice.ts';

export interface NewRole {
  readonly userId: UserId;
  readonly role: Role;
  readonly reason?: string | undefined;
  readonly at: Date;
}

/**
 * Gives somebody another role; what the old one alone allowed ends at once, a partner's API keys for good. Two masters
 * who take it from each other at the same moment do so one after the other, so that one of them stays. Refuses
 * NOT_FOUND, ALREADY_DECIDED where it is like that, FORBIDDEN for oneself and for who is no MASTER any more. Follow it
 * with `accounts.forgetUser`.
 */
export async function setRole(
  tx: Queries,
  by: Identity,
  { userId, role, reason, at }: NewRole,
): Promise<Done<User> | Refusal> {
  if (userId === by.userId) return refuse('FORBIDDEN', 'Nobody changes their own role.');
  const found = await lockUsers(tx, [userId, by.userId]);
  const actor = found.get(by.userId);
  if (actor?.role !== 'MASTER' || actor.status !== 'active') return refuse('FORBIDDEN');
  const user = found.get(userId);
  if (user === undefined) return refuse('NOT_FOUND');
  if (user.role === role) return refuse('ALREADY_DECIDED', `The role is ${role} already.`);
  // Play-through binds nobody who can stake nowhere: it is on record how much of deposits goes free with the role.
  const stakesNoMore = STAKING_ROLES.includes(user.role) && !STAKING_ROLES.includes(role);
  const unstaked = stakesNoMore ? await unstakedDeposits(tx, userId) : ZERO;
  const revokedKeys = user.role === 'PARTNER' ? await revokeKeysOf(tx, userId, at) : 0;
  const changed = await updateRole(tx, userId, role);
  if (changed === undefined) throw new Error(`user ${userId} is gone`);
  return {
    answer: changed,
    entry: {
      ...{ action: 'user.role', target: `user:${userId}`, ...(reason !== undefined && { reason }) },
      before: { role: user.role },
      after: { role, ...(unstaked > ZERO && { unstaked: toWire(unstaked) }), ...(revokedKeys > 0 && { revokedKeys }) },
    },
  };
}
