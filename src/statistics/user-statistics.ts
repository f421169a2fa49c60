import type { Minor } from '../money.ts';
import { ZERO } from '../money.ts';
import type { Outcome } from '../wallet/command.ts';

/** A player over everything settled; undone and voided bets are none (S0-74). */
export interface UserStatistics {
  readonly totalBets: number;
  readonly totalWins: number;
  readonly totalLosses: number;
  readonly totalRefunds: number;
  readonly totalBetAmount: Minor;
  /** Gross, of bets that won. */
  readonly totalWinAmount: Minor;
  readonly totalRefundAmount: Minor;
  /** The largest gross payout of one bet that won. */
  readonly biggestWin: Minor;
  /** Wins in a row count upwards from 1, losses downwards from -1; a stake that just comes back changes nothing. */
  readonly currentStreak: number;
  /** Of wins. */
  readonly longestStreak: number;
  readonly longestLosingStreak: number;
}

export const NO_STATISTICS: UserStatistics = {
  ...{ totalBets: 0, totalWins: 0, totalLosses: 0, totalRefunds: 0 },
  ...{ totalBetAmount: ZERO, totalWinAmount: ZERO, totalRefundAmount: ZERO, biggestWin: ZERO },
  ...{ currentStreak: 0, longestStreak: 0, longestLosingStreak: 0 },
};

export interface CountedBet {
  readonly stake: Minor;
  readonly payout: Minor;
  readonly outcome: Outcome;
}

/** The statistics with these bets counted, one after the other (S0-43, S0-44). */
export function countBets(before: UserStatistics, bets: readonly CountedBet[]): UserStatistics {
  return bets.reduce(countBet, before);
}

function countBet(before: UserStatistics, { stake, payout, outcome }: CountedBet): UserStatistics {
  if (outcome === 'cancelled') return before;
  const counted = {
    ...before,
    totalBets: before.totalBets + 1,
    totalBetAmount: (before.totalBetAmount + stake) as Minor,
  };
  switch (outcome) {
    case 'won': {
      const currentStreak = Math.max(before.currentStreak, 0) + 1;
      return {
        ...counted,
        totalWins: before.totalWins + 1,
        totalWinAmount: (before.totalWinAmount + payout) as Minor,
        biggestWin: payout > before.biggestWin ? payout : before.biggestWin,
        currentStreak,
        longestStreak: Math.max(before.longestStreak, currentStreak),
      };
    }
    case 'lost': {
      const currentStreak = Math.min(before.currentStreak, 0) - 1;
      const longestLosingStreak = Math.max(before.longestLosingStreak, -currentStreak);
      return { ...counted, totalLosses: before.totalLosses + 1, currentStreak, longestLosingStreak };
    }
    case 'refunded':
      return {
        ...counted,
        totalRefunds: before.totalRefunds + 1,
        totalRefundAmount: (before.totalRefundAmount + payout) as Minor,
      };
    default:
      return outcome satisfies never;
  }
}
