import { type Minor, payoutOf, ZERO } from '../../money.ts';
import type { Outcome } from './deal.ts';
import { holds, type PayTable, paysOf } from './pay-table.ts';

/** What a bet comes to. `payout` is gross: the stake left the player when it was made (S1-33). */
export interface BetSettlement {
  readonly payout: Minor;
  readonly outcome: 'won' | 'lost' | 'refunded';
}

/**
 * The payout rule (S0-37): the first row of the pay table for this bet type and window whose condition holds pays its
 * multiple of the stake, rounded down; no such row, no payout. A bet that just gets its stake back is refunded, not won
 * (S0-49). Which rows there are: pay-tables.ts.
 */
export function calculatePayout(
  stake: Minor,
  betSide: string,
  bettingWindow: number,
  outcome: Outcome,
  table: PayTable,
): BetSettlement {
  const row = paysOf(table, betSide, bettingWindow).find((pay) => holds(pay.when, outcome));
  if (!row) return { payout: ZERO, outcome: 'lost' };
  const payout = payoutOf(stake, row.pays);
  return { payout, outcome: payout === stake ? 'refunded' : 'won' };
}

/** The most that a bet can come to, gross: what the house reserves when it accepts it (DESIGN 3). */
export function liability(stake: Minor, betSide: string, bettingWindow: number, table: PayTable): Minor {
  let most = ZERO;
  for (const row of paysOf(table, betSide, bettingWindow)) {
    const payout = payoutOf(stake, row.pays);
    if (payout > most) most = payout;
  }
  return most;
}
