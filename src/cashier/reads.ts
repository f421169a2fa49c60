import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { type Currency, type Minor, ZERO } from '../money.ts';
import type { Accepted, BonusOnHold } from '../wallet/command.ts';

const AmountRow = z.object({ amount: z.bigint().transform((amount) => amount as Minor) });

/** Of real money, what a withdrawal may be over now: not what has to be staked first, nor any that a bonus blocks. */
export async function findWithdrawable(
  queries: Queries,
  userId: UserId,
  currency: Currency,
  withBonus: BonusOnHold,
): Promise<Minor> {
  const found = await queries.maybeOne(sql.type(AmountRow)`
    select greatest(w.real - w.play_through, 0) as amount
      from wallet w
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
