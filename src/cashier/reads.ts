import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { STAKING_ROLES } from '../accounts/identity.ts';
import type { UserId } from '../ids.ts';
import { type Currency, type Minor, ZERO } from '../money.ts';
import type { Accepted, BonusOnHold } from '../wallet/command.ts';

const AmountRow = z.object({ amount: z.bigint().transform((amount) => amount as Minor) });

const MayRow = z.object({ may: z.boolean() });

/** Whether this person's role can stake anywhere, now. */
export async function mayStake(queries: Queries, userId: UserId): Promise<boolean> {
  const { may } = await queries.one(sql.type(MayRow)`
    select role = any(${sql.array([...STAKING_ROLES], 'text')}) as may from users where id = ${userId}::uuid`);
  return may;
}

/**
 * Of real money, what a withdrawal may be over now: not what has to be staked first, by who can stake, nor any that a
 * bonus blocks.
 */
export async function findWithdrawable(
  queries: Queries,
  userId: UserId,
  currency: Currency,
  withBonus: BonusOnHold,
): Promise<Minor> {
  const found = await queries.maybeOne(sql.type(AmountRow)`
    select case when u.role = any(${sql.array([...STAKING_ROLES], 'text')})
                then greatest(w.real - w.play_through - w.play_through_old, 0) else w.real end as amount
      from wallet w
      join users u on u.id = w.owner
     where w.owner = ${userId}::uuid and w.currency = ${currency}
       and not (${withBonus === 'block'}
                and exists (select from bonus_grant g where g.wallet = w.id and g.status = 0))`);
  return found?.amount ?? ZERO;
}

/** The reason of a transfer that takes from a bonus what is forfeited. */
const FORFEIT = 12;

/** What bonuses have lost by a hold: the transfers right behind it, of the same command. */
export async function forfeitedBy(queries: Queries, { seq, moves }: Pick<Accepted, 'seq' | 'moves'>): Promise<Minor> {
  const { amount } = await queries.one(sql.type(AmountRow)`
    select coalesce(sum(amount), 0)::int8 as amount
      from transfer
     where shard = 0 and seq > ${seq} and seq < ${seq + moves} and reason = ${FORFEIT}`);
  return amount;
}
