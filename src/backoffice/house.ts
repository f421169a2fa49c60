import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { isAllowed } from '../accounts/identity.ts';
import { lockUser } from '../accounts/store.ts';
import type { UserId } from '../ids.ts';

/** What somebody of the house has said, as the first of two, and when. */
export interface Word {
  readonly by: UserId;
  readonly at: Date;
}

/**
 * Whether the word of the first of two people counts, until the transaction ends: not where they may not act for the
 * house now, nor where they were frozen or lost the role since they gave it, whatever they may do again. A stolen
 * account that was given back has not said what the thief has.
 */
export async function counts(tx: Queries, { by, at }: Word): Promise<boolean> {
  const user = await lockUser(tx, by);
  if (user?.status !== 'active' || !isAllowed(user.role, ['ADMIN'])) return false;
  return !(await tx.exists(sql.type(z.strictObject({}))`
    select from audit_log
     where target = ${`user:${by}`} and at >= ${sql.timestamp(at)}
       and (action = 'user.freeze' or (action = 'user.role' and after ->> 'role' not in ('ADMIN', 'MASTER')))`));
}

/** Who has said it first, where that counts. */
export async function whoStillCounts(tx: Queries, word: Word | null): Promise<UserId | null> {
  return word !== null && (await counts(tx, word)) ? word.by : null;
}
