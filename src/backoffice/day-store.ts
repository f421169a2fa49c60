import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { TableId } from '../ids.ts';
import type { Minor } from '../money.ts';

const Count = z.bigint().transform(Number);
const Sum = z.string().transform((sum) => BigInt(sum) as Minor);

const SumRow = z.object({
  tableId: z.string().transform((id) => id as TableId),
  rounds: Count,
  stakes: Sum,
  payouts: Sum,
  refunds: Sum,
  lastRound: Count,
});
export type SettledSum = z.infer<typeof SumRow>;

/**
 * The sums of the rounds settled since `since`, of every table that has any, leaving out those up to the number in
 * `counted`. A table's rounds are settled in the order of their numbers, so each is read once: by the index on them.
 */
export function settledSince(
  database: Queries,
  since: Date,
  counted: ReadonlyMap<TableId, number>,
): Promise<readonly SettledSum[]> {
  const start = sql.timestamp(since);
  return database.any(sql.type(SumRow)`
    select g.id as "tableId", s.rounds, s.stakes, s.payouts, s.refunds, s.last as "lastRound"
      from game g
      left join unnest(${sql.array([...counted.keys()], 'text')}, ${sql.array([...counted.values()], 'int8')})
             as c (game, number) on c.game = g.id
     cross join lateral (
       select coalesce(c.number, (
                select r.round_number from round r
                 where r.game = g.id and r.ended_at < ${start}
                 order by r.round_number desc
                 limit 1), 0) as number
        offset 0) as done
     cross join lateral (
       select count(*) as rounds, coalesce(sum(r.total_bet_amount), 0)::text as stakes,
              coalesce(sum(r.total_payouts), 0)::text as payouts, coalesce(sum(r.total_refunds), 0)::text as refunds,
              coalesce(max(r.round_number), 0) as last
         from round r
        where r.game = g.id and r.round_number > done.number and r.status = 'settled' and r.ended_at >= ${start}
       offset 0) as s
     where s.rounds > 0`);
}
