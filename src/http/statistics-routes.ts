import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { findUser } from '../accounts/store.ts';
import { findGame } from '../games/andar-bahar/store.ts';
import type { TableId, UserId } from '../ids.ts';
import { type Minor, percentOf, toWire } from '../money.ts';
import { refuse } from '../refusal.ts';
import { findUserStatistics, type MonthRow, monthsOf } from '../statistics/store.ts';
import { NO_STATISTICS } from '../statistics/user-statistics.ts';
import { DayName, LAST_DAY } from './days.ts';
import { ANY_ROLE, guardedRoute, type Route } from './route.ts';

const HOUSE = ['ADMIN', 'MASTER'] as const;

const UserParams = z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as UserId) });
const TableParams = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(64)
    .transform((id) => id as TableId),
});
const Period = z
  .strictObject({
    from: DayName.default('2000-01-01').describe('the months from that of this day on'),
    to: DayName.default(LAST_DAY).describe('up to that of this one'),
  })
  .refine(({ from, to }) => from <= to, 'from is after to');

const WireUser = z.strictObject({
  userId: z.uuid(),
  totalBets: z.int().describe('settled, undone ones left out'),
  totalWins: z.int(),
  totalLosses: z.int(),
  totalRefunds: z.int(),
  totalBetAmount: z.int(),
  totalWinAmount: z.int().describe('gross, of bets that won'),
  totalRefundAmount: z.int(),
  netProfit: z.int(),
  biggestWin: z.int().describe('the largest gross payout of one bet'),
  currentStreak: z.int().describe('wins in a row; losses in a row below zero'),
  longestStreak: z.int(),
  longestLosingStreak: z.int(),
  lastBetAt: z.iso.datetime().nullable(),
});

const WireMonth = z.strictObject({
  periodStart: z.iso.date(),
  periodEnd: z.iso.date(),
  totalRounds: z.int().describe('settled'),
  voidedRounds: z.int(),
  voidRate: z.string().describe('percent of all rounds'),
  totalBets: z.int(),
  playerRounds: z.int().describe('players per round, summed: not different players'),
  totalWagered: z.int(),
  totalPayouts: z.int().describe('gross, to bets that won'),
  totalRefunds: z.int(),
  ggr: z.int().describe('wagered less payouts and refunds'),
  averageBet: z.int().nullable(),
  averagePayout: z.int().nullable().describe('per round'),
});

/** What was counted of players and tables. */
export function statisticsRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      { method: 'get', path: '/statistics/me', summary: 'The own bets, wins and streaks.', answer: WireUser },
      ({ identity }) => userStatistics(database, identity.userId),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/users/:id/statistics',
        summary: 'Bets, wins and streaks of anybody.',
        params: UserParams,
        answer: WireUser,
      },
      async ({ params }) => {
        if ((await findUser(database, params.id)) === undefined) return refuse('NOT_FOUND');
        return userStatistics(database, params.id);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/games/:id/statistics',
        summary: 'A table month by month, in UTC, newest first.',
        params: TableParams,
        query: Period,
        answer: z.strictObject({ items: z.array(WireMonth), nextCursor: z.null() }),
      },
      async ({ params, query }) => {
        if ((await findGame(database, params.id)) === null) return refuse('NOT_FOUND');
        return { items: (await monthsOf(database, params.id, query)).map(wireMonth), nextCursor: null };
      },
    ),
  ];
}

async function userStatistics(database: Database, userId: UserId): Promise<z.input<typeof WireUser>> {
  const found = (await findUserStatistics(database, userId)) ?? { ...NO_STATISTICS, lastBetAt: null };
  const { totalBetAmount, totalWinAmount, totalRefundAmount, biggestWin, lastBetAt } = found;
  return {
    ...found,
    userId,
    totalBetAmount: toWire(totalBetAmount),
    totalWinAmount: toWire(totalWinAmount),
    totalRefundAmount: toWire(totalRefundAmount),
    netProfit: toWire((totalWinAmount + totalRefundAmount - totalBetAmount) as Minor),
    biggestWin: toWire(biggestWin),
    lastBetAt: lastBetAt?.toISOString() ?? null,
  };
}

function wireMonth(month: MonthRow): z.input<typeof WireMonth> {
  const { totalRounds, voidedRounds, totalWagered, totalPayouts, totalRefunds, averageBet, averagePayout } = month;
  const rounds = BigInt(totalRounds + voidedRounds);
  return {
    ...month,
    voidRate: percentOf({ numerator: BigInt(voidedRounds), denominator: rounds }),
    totalWagered: toWire(totalWagered),
    totalPayouts: toWire(totalPayouts),
    totalRefunds: toWire(totalRefunds),
    ggr: toWire((totalWagered - totalPayouts - totalRefunds) as Minor),
    averageBet: averageBet === null ? null : toWire(averageBet),
    averagePayout: averagePayout === null ? null : toWire(averagePayout),
  };
}
