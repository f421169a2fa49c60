import { type Minor, minor, ZERO } from '../../money.ts';
import { limitOf, type NumberLimits } from './limits.ts';
import { type LotteryNumber, NUMBERS, permutationsOf } from './number.ts';
import { type Multipliers, settleLine } from './payout.ts';

/** What is staked on each number of a phase, all slips together. */
export type Totals = ReadonlyMap<LotteryNumber, Minor>;

/** What a phase stands to lose by a number (S3-07), minor units. */
export interface RiskFigure {
  readonly number: LotteryNumber;
  readonly totalBet: Minor;
  /** What the house pays, gross, should this number win: that on its permutations too, where the phase pays on them. */
  readonly potentialPayout: Minor;
  readonly limit: Minor;
  /** What is staked above the limit: to be laid off. */
  readonly excess: Minor;
}

/** Every number that would cost the house anything, the largest stakes first, then in the order of the numbers. */
export function riskFigures(totals: Totals, limits: NumberLimits, multipliers: Multipliers): readonly RiskFigure[] {
  return NUMBERS.map((number) => riskFigure(number, totals, limits, multipliers))
    .filter(({ totalBet, potentialPayout }) => totalBet > 0n || potentialPayout > 0n)
    .sort((one, other) => Number(other.totalBet - one.totalBet));
}

/** The figures of one number, as they are told after each slip that has it (S3-15). */
export function riskFigure(
  number: LotteryNumber,
  totals: Totals,
  limits: NumberLimits,
  multipliers: Multipliers,
): RiskFigure {
  const totalBet = totals.get(number) ?? ZERO;
  const limit = limitOf(number, limits);
  const payouts = permutationsOf(number).map(
    (staked) => settleLine(totals.get(staked) ?? ZERO, staked, number, multipliers).payout,
  );
  const potentialPayout = minor(payouts.reduce((sum, payout) => sum + payout, 0n));
  return { number, totalBet, potentialPayout, limit, excess: totalBet > limit ? minor(totalBet - limit) : ZERO };
}
