import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { TableId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { BookId, PositionId } from '../wallet/command.ts';
import type { UserStatistics } from './user-statistics.ts';

const Nothing = z.strictObject({});
const Count = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);

const StatisticsRow = z.object({
  userId: User,
  totalBets: Count,
  totalWins: Count,
  totalLosses: Count,
  totalRefunds: Count,
  totalBetAmount: Money,
  totalWinAmount: Money,
  totalRefundAmount: Money,
  biggestWin: Money,
  currentStreak: z.int(),
  longestStreak: z.int(),
  longestLosingStreak: z.int(),
  lastBetAt: z.date(),
});
export interface UserRow extends UserStatistics {
  readonly userId: UserId;
  readonly lastBetAt: Date;
}

const userColumns = sql.fragment`
  user_id as "userId", total_bets as "totalBets", total_wins as "totalWins", total_losses as "totalLosses",
  total_refunds as "totalRefunds", total_bet_amount as "totalBetAmount", total_win_amount as "totalWinAmount",
  total_refund_amount as "totalRefundAmount", biggest_win as "biggestWin", current_streak as "currentStreak",
  longest_streak as "longestStreak", longest_losing_streak as "longestLosingStreak", last_bet_at as "lastBetAt"`;

/** Null for who has no settled bet. */
export function findUserStatistics(queries: Queries, userId: UserId): Promise<UserRow | null> {
  return queries.maybeOne(sql.type(StatisticsRow)`
    select ${userColumns} from user_statistics where user_id = ${userId}::uuid`);
}

/**
 * Rows for those of these users who have none yet. In the order of their ids, as `lockUserStatistics` takes them: so
 * tables that settle at once never wait for each other in a circle.
 */
export async function addMissingUsers(queries: Queries, users: readonly UserId[], at: Date): Promise<void> {
  await queries.query(sql.type(Nothing)`
    insert into user_statistics (user_id, total_bets, total_wins, total_losses, total_refunds, total_bet_amount,
                                 total_win_amount, total_refund_amount, biggest_win, current_streak, longest_streak,
                                 longest_losing_streak, last_bet_at)
    select u.id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ${sql.timestamp(at)}
      from unnest(${sql.array([...users], 'uuid')}) as u (id)
     where not exists (select from user_statistics s where s.user_id = u.id)
     order by u.id
    on conflict (user_id) do nothing`);
}

/** Their rows, nobody else's to change until the transaction ends. */
export function lockUserStatistics(queries: Queries, users: readonly UserId[]): Promise<readonly UserRow[]> {
  return queries.any(sql.type(StatisticsRow)`
    select ${userColumns}
      from user_statistics
     where user_id = any(${sql.array([...users], 'uuid')})
     order by user_id
       for no key update`);
}

/** Writes rows that are locked. `lastBet` is the newest bet of each, by whose acceptance `last_bet_at` moves on. */
export async function updateUserStatistics(
  queries: Queries,
  book: BookId,
  rows: readonly (UserStatistics & { readonly userId: UserId; readonly lastBet: PositionId })[],
): Promise<void> {
  type Row = (typeof rows)[number];
  const column = (value: (row: Row) => string | number | bigint, type: string) =>
    sql.array(
      rows.map((row) => String(value(row))),
      type,
    );
  await queries.query(sql.type(Nothing)`
    update user_statistics s
       set total_bets = u.bets, total_wins = u.wins, total_losses = u.losses, total_refunds = u.refunds,
           total_bet_amount = u.bet_amount, total_win_amount = u.win_amount, total_refund_amount = u.refund_amount,
           biggest_win = u.biggest, current_streak = u.streak, longest_streak = u.longest,
           longest_losing_streak = u.longest_losing,
           last_bet_at = greatest(case when s.total_bets > 0 then s.last_bet_at end,
                                  (select l.at from link l
                                    where l.shard = b.shard and l.last_seq >= u.last_bet and l.first_seq <= u.last_bet
                                    order by l.last_seq limit 1))
      from unnest(${column(({ userId }) => userId, 'uuid')},
                  ${column(({ totalBets }) => totalBets, 'int8')},
                  ${column(({ totalWins }) => totalWins, 'int8')},
                  ${column(({ totalLosses }) => totalLosses, 'int8')},
                  ${column(({ totalRefunds }) => totalRefunds, 'int8')},
                  ${column(({ totalBetAmount }) => totalBetAmount, 'int8')},
                  ${column(({ totalWinAmount }) => totalWinAmount, 'int8')},
                  ${column(({ totalRefundAmount }) => totalRefundAmount, 'int8')},
                  ${column(({ biggestWin }) => biggestWin, 'int8')},
                  ${column(({ currentStreak }) => currentStreak, 'int4')},
                  ${column(({ longestStreak }) => longestStreak, 'int4')},
                  ${column(({ longestLosingStreak }) => longestLosingStreak, 'int4')},
                  ${column(({ lastBet }) => lastBet, 'int8')})
           as u (id, bets, wins, losses, refunds, bet_amount, win_amount, refund_amount, biggest, streak, longest,
                 longest_losing, last_bet),
           book b
     where s.user_id = u.id and b.id = ${book}`);
}

/** What one round adds to its table's month. */
export interface GameDelta {
  readonly rounds: number;
  readonly voidedRounds: number;
  readonly bets: number;
  /** Its players; the same person in two rounds counts twice (S0-76). */
  readonly players: number;
  readonly wagered: Minor;
  readonly payouts: Minor;
  readonly refunds: Minor;
}

/** Adds to the month, in UTC, of `at`, in the database; makes its row when it is the first (S0-70 … S0-72). */
export async function addToMonth(queries: Queries, tableId: TableId, at: Date, delta: GameDelta): Promise<void> {
  await queries.query(sql.type(Nothing)`
    insert into game_statistics as s (game, period_start, period_end, total_rounds, voided_rounds, total_bets,
                                      player_rounds, total_wagered, total_payouts, total_refunds)
    select ${tableId}, month, month + interval '1 month' - interval '1 day', ${delta.rounds}, ${delta.voidedRounds},
           ${delta.bets}, ${delta.players}, ${delta.wagered}, ${delta.payouts}, ${delta.refunds}
      from date_trunc('month', ${sql.timestamp(at)} at time zone 'UTC') as month
    on conflict (game, period_start) do update
       set total_rounds = s.total_rounds + excluded.total_rounds,
           voided_rounds = s.voided_rounds + excluded.voided_rounds,
           total_bets = s.total_bets + excluded.total_bets,
           player_rounds = s.player_rounds + excluded.player_rounds,
           total_wagered = s.total_wagered + excluded.total_wagered,
           total_payouts = s.total_payouts + excluded.total_payouts,
           total_refunds = s.total_refunds + excluded.total_refunds`);
}

const MonthRow = z.object({
  periodStart: z.string(),
  periodEnd: z.string(),
  totalRounds: Count,
  voidedRounds: Count,
  totalBets: Count,
  playerRounds: Count,
  totalWagered: Money,
  totalPayouts: Money,
  totalRefunds: Money,
  averageBet: Money.nullable(),
  averagePayout: Money.nullable(),
});
export type MonthRow = z.infer<typeof MonthRow>;

/** A table's months that have a day in common with these two and the time between them (yyyy-mm-dd), newest first. */
export function monthsOf(
  queries: Queries,
  tableId: TableId,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly MonthRow[]> {
  return queries.any(sql.type(MonthRow)`
    select period_start as "periodStart", period_end as "periodEnd", total_rounds as "totalRounds",
           voided_rounds as "voidedRounds", total_bets as "totalBets", player_rounds as "playerRounds",
           total_wagered as "totalWagered", total_payouts as "totalPayouts", total_refunds as "totalRefunds",
           average_bet as "averageBet", average_payout as "averagePayout"
      from game_statistics
     where game = ${tableId} and period_end >= ${from}::date and period_start <= ${to}::date
     order by period_start desc`);
}
