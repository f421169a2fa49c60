import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { BookId, PositionId } from './command.ts';
import { OUTCOME } from './state.ts';

const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);

const LineRow = z.object({
  id: Integer.transform((id) => id as PositionId),
  wallet: Integer,
  owner: User,
  stake: Money,
});
/** A line of a pool. */
export type PoolLine = z.infer<typeof LineRow>;

/** Open lines on one selection of a pool, in the order of their ids, after the one named. */
export function openLinesOn(
  database: Queries,
  book: BookId,
  selection: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly PoolLine[]> {
  return database.any(sql.type(LineRow)`
    select t.position as id, t.debit as wallet, w.owner, t.amount as stake
      from (select * from transfer t
             where t.book = ${book} and t.selection = ${selection} and t."window" < 0 and t.position > ${after}
               and not exists (select from closing c where c.shard = t.shard and c.position = t.position)
             order by t.position limit ${limit}) t
      join wallet w on w.id = t.debit
     order by t.position`);
}

const PaidRow = z.object({ owner: User, lines: Integer, payout: Money });

/** What was paid on one selection of a pool, gross, by player. */
export function paidOn(database: Queries, book: BookId, selection: number) {
  return database.any(sql.type(PaidRow)`
    select w.owner, count(*) as lines, sum(c.payout)::int8 as payout
      from transfer t
      cross join lateral (select c.payout from closing c
                           where c.shard = t.shard and c.position = t.position and c.outcome = ${OUTCOME.won}
                          offset 0) c
      join wallet w on w.id = t.debit
     where t.book = ${book} and t.selection = ${selection} and t."window" < 0
     group by w.owner
     order by w.owner`);
}

const PlayerRow = z.object({ wallet: Integer, owner: User, stake: Money });

/** Who has a part in a pool that is not closed, with what is open of it, by wallet after the one named. */
export function poolPlayers(
  database: Queries,
  book: BookId,
  { after, limit }: { readonly after: number; readonly limit: number },
) {
  return database.any(sql.type(PlayerRow)`
    select p.wallet, w.owner, p.stake
      from pool_player p
      join wallet w on w.id = p.wallet
     where p.book = ${book} and p.closed_batch is null and p.wallet > ${after}
     order by p.wallet limit ${limit}`);
}

const TotalRow = z.object({ selection: z.int(), stake: Money, liability: Money, lines: Integer });

/** What is staked on each selection of a pool and not taken back, whether it is finished or not. */
export function poolTotals(database: Queries, book: BookId) {
  return database.any(sql.type(TotalRow)`
    select selection, stake, liability, lines from pool_total where book = ${book} order by selection`);
}
