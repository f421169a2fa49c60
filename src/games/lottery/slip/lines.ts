import { type Minor, minor } from '../../../money.ts';
import type { LotteryNumber } from '../number.ts';

/** A number and what is staked on it, minor units. */
export interface Line {
  readonly number: LotteryNumber;
  readonly amount: Minor;
}

/** One line for each number, everything staked on it added up, in the order the numbers first come. */
export function addUp(stakes: readonly Line[]): readonly Line[] {
  const sums = new Map<LotteryNumber, bigint>();
  for (const { number, amount } of stakes) sums.set(number, (sums.get(number) ?? 0n) + amount);
  return [...sums].map(([number, amount]) => ({ number, amount: minor(amount) }));
}

export function sumOf(stakes: readonly Line[]): Minor {
  return minor(stakes.reduce((sum, { amount }) => sum + amount, 0n));
}
