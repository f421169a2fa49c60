import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { INR, type Minor, minor } from '../money.ts';
import { unstakedOf } from '../wallet/reads.ts';

const Coming = z.object({ coming: z.bigint() });

/**
 * How much of somebody's deposits is still to be staked, in minor units, with what is undecided or not credited yet.
 * What is coming is read first: a deposit that is credited meanwhile is counted twice rather than not at all. Whoever
 * has locked the user hears of every deposit, as asking for one waits for that lock.
 */
export async function unstakedDeposits(tx: Queries, userId: UserId): Promise<Minor> {
  const { coming } = await tx.one(sql.type(Coming)`
    select coalesce(sum(amount), 0)::int8 as coming
      from cashier_transaction
     where user_id = ${userId}::uuid and type = 'DEPOSIT' and moved is null
       and status in ('REQUESTED', 'PENDING', 'APPROVED')`);
  return minor(coming + (await unstakedOf(tx, userId, INR)));
}
