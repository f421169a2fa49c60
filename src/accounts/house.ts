import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { isAllowed } from './identity.ts';
import { lockUser } from './store.ts';

/**
 * Whether somebody may act for the house still, until the transaction ends: where two people decide, the word of one
 * who was frozen since, or has not the role any more, counts for nothing.
 */
export async function mayStillAct(tx: Queries, id: UserId): Promise<boolean> {
  const user = await lockUser(tx, id);
  return user?.status === 'active' && isAllowed(user.role, ['ADMIN']);
}

/** Whoever gave their word first, where it counts still. */
export async function stillCounting(tx: Queries, first: UserId | null): Promise<UserId | null> {
  return first !== null && (await mayStillAct(tx, first)) ? first : null;
}
