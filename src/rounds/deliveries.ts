import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';

const Money = z.bigint().transform((amount) => amount as Minor);

const MissedRow = z.object({
  roundId: z.string().transform((id) => id as RoundId),
  tableId: z.string().transform((id) => id as TableId),
  winner: z.string(),
  stake: Money,
  payout: Money,
  result: z.enum(['no_bet', 'refund', 'mixed', 'win', 'loss']),
});
/** What a round came to for a player who was not there to hear it. */
export type MissedResult = z.infer<typeof MissedRow>;

/** Which of a player's missed results: all of one table, or whatever was paid, wherever it was. */
export type Missed = { readonly tableId: TableId } | { readonly paid: true };

/**
 * Results that the player has not heard, oldest first. They are marked as delivered by the same statement, so of
 * several who ask at once, a table's room and the player's own, each result is given to one. Who cannot deliver one
 * brings it back.
 */
export function takeMissed(
  database: Queries,
  userId: UserId,
  which: Missed,
  { limit, at }: { readonly limit: number; readonly at: Date },
): Promise<readonly MissedResult[]> {
  const fits = 'tableId' in which ? sql.fragment`game = ${which.tableId}` : sql.fragment`payout > 0`;
  return database.any(sql.type(MissedRow)`
    with taken as (
      update round_player p
         set delivered_at = ${sql.timestamp(at)}
        from (select round from round_player
               where user_id = ${userId}::uuid and delivered_at is null and ${fits}
               order by round
               limit ${limit}
                 for update skip locked) m
       where p.user_id = ${userId}::uuid and p.round = m.round
      returning p.round, p.game, p.stake, p.payout, p.result
    )
    select t.round as "roundId", t.game as "tableId", r.winning_side as winner, t.stake, t.payout, t.result
      from taken t join round r on r.id = t.round
     order by t.round`);
}

/** They were not delivered after all. */
export async function bringBack(database: Queries, userId: UserId, rounds: readonly RoundId[]): Promise<void> {
  await database.query(sql.type(z.strictObject({}))`
    update round_player set delivered_at = null
     where user_id = ${userId}::uuid and round = any(${sql.array([...rounds], 'uuid')})`);
}
