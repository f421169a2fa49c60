import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { type BetRow, betsOfRounds } from '../games/andar-bahar/store.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { PositionId } from '../wallet/command.ts';
import { totalsBefore } from '../wallet/reads.ts';

const Money = z.bigint().transform((amount) => amount as Minor);

const PlayedRow = z.object({
  roundId: z.string().transform((id) => id as RoundId),
  tableId: z.string().transform((id) => id as TableId),
  roundNumber: z.bigint().transform(Number),
  payTable: z.string(),
  status: z.enum(['settled', 'voided']),
  jokerCard: z.string().nullable(),
  andarCards: z.array(z.string()).nullable(),
  baharCards: z.array(z.string()).nullable(),
  winningSide: z.enum(['andar', 'bahar']).nullable(),
  cardsDealt: z.int().nullable(),
  positions: z.array(z.bigint().transform((id) => Number(id) as PositionId)),
  totalBet: Money,
  payout: Money,
  result: z.enum(['no_bet', 'refund', 'mixed', 'win', 'loss']),
  balanceAfter: Money.nullable(),
  playedAt: z.date(),
});

/** A finished round as one of its players remembers it. */
export interface PlayedRound extends Omit<z.infer<typeof PlayedRow>, 'positions'> {
  /** In the order they were placed, undone ones among them. */
  readonly bets: readonly BetRow[];
  /** The player's total right before the first bet. */
  readonly balanceBefore: Minor | null;
}

const playedColumns = sql.fragment`
  r.id as "roundId", r.game as "tableId", r.round_number as "roundNumber", r.pay_table as "payTable", r.status,
  r.joker_card as "jokerCard", r.andar_cards as "andarCards", r.bahar_cards as "baharCards",
  r.winning_side as "winningSide", r.cards_dealt as "cardsDealt", p.bets as positions, p.stake as "totalBet", p.payout,
  p.result, p.balance_after as "balanceAfter", r.ended_at as "playedAt"`;

/** The finished rounds that a player had bets in, undone ones included, newest first; those before round `before`. */
export async function roundsOfPlayer(
  database: Queries,
  userId: UserId,
  { limit, before }: { readonly limit: number; readonly before?: RoundId | undefined },
): Promise<readonly PlayedRound[]> {
  const older = before === undefined ? sql.fragment`true` : sql.fragment`p.round < ${before}::uuid`;
  const rows = await database.any(sql.type(PlayedRow)`
    select ${playedColumns}
      from round_player p
      join round r on r.id = p.round
     where p.user_id = ${userId}::uuid and ${older}
     order by p.round desc
     limit ${limit}`);
  return withBets(database, userId, rows);
}

/** One of them; null where the player had no part in it, or it is still played. */
export async function findRoundOfPlayer(
  database: Queries,
  userId: UserId,
  roundId: RoundId,
): Promise<PlayedRound | null> {
  const row = await database.maybeOne(sql.type(PlayedRow)`
    select ${playedColumns}
      from round_player p
      join round r on r.id = p.round
     where p.user_id = ${userId}::uuid and p.round = ${roundId}::uuid`);
  const [round] = await withBets(database, userId, row === null ? [] : [row]);
  return round ?? null;
}

async function withBets(
  database: Queries,
  userId: UserId,
  rows: readonly z.infer<typeof PlayedRow>[],
): Promise<readonly PlayedRound[]> {
  const refs = rows.flatMap(({ roundId, positions }) => positions.map((betId) => ({ roundId, betId })));
  const byRound = Map.groupBy(await betsOfRounds(database, refs), ({ roundId }) => roundId);
  const firsts = rows.flatMap(({ positions }) => positions[0] ?? []);
  const before = await totalsBefore(database, userId, firsts);
  return rows.map(({ positions, ...round }) => ({
    ...round,
    bets: byRound.get(round.roundId)?.toReversed() ?? [],
    balanceBefore: (positions[0] !== undefined ? before.get(positions[0]) : undefined) ?? null,
  }));
}
