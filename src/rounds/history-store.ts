import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { RoundId, TableId } from '../ids.ts';
import type { BookId } from '../wallet/command.ts';
import type { PlayerTotals, RoundTotals } from './results.ts';

const Nothing = z.strictObject({});
const Ended = z.object({ endedAt: z.date() });

/**
 * Moves a round's cursor from the step before to this one. Answers when the round ended, which the first step decides
 * for all: they agree on its month. Null when the step is done. Who comes while another does it waits, then hears null.
 */
export async function advanceCursor(queries: Queries, roundId: RoundId, step: number, now: Date): Promise<Date | null> {
  const row = await queries.maybeOne(sql.type(Ended)`
    update round
       set followed = ${step}, ended_at = coalesce(ended_at, ${sql.timestamp(now)})
     where id = ${roundId} and followed = ${step - 1}
    returning ended_at as "endedAt"`);
  return row?.endedAt ?? null;
}

export interface PlayerRow extends PlayerTotals {
  readonly deliveredAt: Date | null;
}

const FinishedBook = z.object({
  shard: z.int(),
  currency: z.string(),
  lastSeq: z.bigint(),
});

/**
 * What a round whose book is finished came to for each player, with the player's total right after it: what the wallet
 * holds now less everything that moved in it since the book's last transfer, both from one snapshot. Done at once these
 * are few; the range's end is known when the query is planned, so that a primary key range is all it reads.
 */
export async function insertRoundPlayers(
  queries: Queries,
  round: { readonly roundId: RoundId; readonly tableId: TableId; readonly book: BookId },
  players: readonly PlayerRow[],
): Promise<void> {
  if (players.length === 0) return;
  const { shard, currency, lastSeq } = await queries.one(sql.type(FinishedBook)`
    select shard, currency, last_seq as "lastSeq" from book where id = ${round.book}`);
  const column = (value: (row: PlayerRow) => string | null, type: string) => sql.array(players.map(value), type);
  await queries.query(sql.type(Nothing)`
    with since as (
      select leg.wallet, sum(leg.amount) as amount
        from (select credit as wallet, amount from transfer where shard = ${shard} and seq > ${lastSeq}
              union all
              select debit, -amount from transfer where shard = ${shard} and seq > ${lastSeq}) leg
       group by leg.wallet
    )
    insert into round_player (round, user_id, game, stake, payout, result, bets, delivered_at, balance_after)
    select ${round.roundId}, u.user_id, ${round.tableId}, u.stake, u.payout, u.result, u.bets::int8[], u.delivered_at,
           w.real + w.bonus + w.held - coalesce(s.amount, 0)
      from unnest(${column(({ userId }) => userId, 'uuid')},
                  ${column(({ result }) => `${result.totalBet}`, 'int8')},
                  ${column(({ result }) => `${result.amount}`, 'int8')},
                  ${column(({ result }) => result.result, 'text')},
                  ${column(({ bets }) => `{${bets.join()}}`, 'text')},
                  ${column(({ deliveredAt }) => deliveredAt?.toISOString() ?? null, 'timestamptz')})
           as u (user_id, stake, payout, result, bets, delivered_at)
      join wallet w on w.owner = u.user_id and w.currency = ${currency}
      left join since s on s.wallet = w.id`);
}

/** Marks a round settled, with its sums. */
export async function endRound(queries: Queries, roundId: RoundId, totals: RoundTotals): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update round
       set status = 'settled',
           total_andar_bets = ${totals.andarBets}, total_bahar_bets = ${totals.baharBets}, total_bets = ${totals.bets},
           total_bet_amount = ${totals.betAmount}, total_payouts = ${totals.payouts}, total_refunds = ${totals.refunds},
           total_players = ${totals.players}
     where id = ${roundId}`);
}
