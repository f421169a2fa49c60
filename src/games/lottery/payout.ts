import { type Minor, payoutOf, type Ratio, ZERO } from '../../money.ts';
import { type LotteryNumber, permutationsOf } from './number.ts';

/** What a phase pays, gross, as whole multiples of the stake; parameters of each phase (S3-08, S3-10). */
export interface Multipliers {
  /** For the winning number itself. */
  readonly straight: number;
  /**
   * For every other permutation of it; 0 where the phase pays on none. With more, several numbers of the one market win
   * together, and what the wallet reserves, the worst of its selections, does not cover that.
   */
  readonly permutation: number;
}

/** The documents' 80, and nothing on permutations (S3-08). */
export const DEFAULT_MULTIPLIERS: Multipliers = { straight: 80, permutation: 0 };

/** What a line comes to. `payout` is gross: the stake left the collector when the slip was taken. */
export interface LineSettlement {
  readonly payout: Minor;
  readonly outcome: 'won' | 'lost' | 'refunded';
}

/** What a stake on `number` comes to under this winning number. Stakes just given back are refunded, not won. */
export function settleLine(
  stake: Minor,
  number: LotteryNumber,
  winningNumber: LotteryNumber,
  multipliers: Multipliers,
): LineSettlement {
  const payout = payoutOf(stake, multiplierFor(number, winningNumber, multipliers));
  if (payout === ZERO) return { payout, outcome: 'lost' };
  return { payout, outcome: payout === stake ? 'refunded' : 'won' };
}

/** The most that a stake can come to, gross: what the wallet reserves with it. */
export function liabilityOf(stake: Minor, { straight, permutation }: Multipliers): Minor {
  return payoutOf(stake, times(Math.max(straight, permutation)));
}

function multiplierFor(number: LotteryNumber, winning: LotteryNumber, { straight, permutation }: Multipliers): Ratio {
  if (number === winning) return times(straight);
  return times(permutationsOf(winning).includes(number) ? permutation : 0);
}

function times(multiplier: number): Ratio {
  return { numerator: BigInt(multiplier), denominator: 1n };
}
