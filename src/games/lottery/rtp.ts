import type { Ratio } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import { type LotteryNumber, NUMBERS, permutationsOf } from './number.ts';
import type { Multipliers } from './payout.ts';

/**
 * What a stake on this number returns in the long run, exactly: one number in a thousand pays straight, each of its
 * other permutations the rest. 80 × on a straight number is 80/1000, or 8 % (S3-10).
 */
export function returnToPlayer(number: LotteryNumber, { straight, permutation }: Multipliers): Ratio {
  const others = permutationsOf(number).length - 1;
  return { numerator: BigInt(straight + others * permutation), denominator: BigInt(NUMBERS.length) };
}

/** The share as a percentage with three decimals: `8.000`. Of a return to player it is exact. */
export function percentOf({ numerator, denominator }: Ratio): string {
  const thousandths = (numerator * 100_000n) / denominator;
  return `${thousandths / 1000n}.${(thousandths % 1000n).toString().padStart(3, '0')}`;
}

/**
 * Asked before a phase is set up. INVALID_REQUEST unless both are whole numbers, a straight win pays more than its
 * stake, and no number returns 100 % or more to the player.
 */
export function judgeMultipliers(multipliers: Multipliers): { readonly ok: true } | Refusal {
  const { straight, permutation } = multipliers;
  if (!Number.isSafeInteger(straight) || straight < 2) {
    return refuse('INVALID_REQUEST', 'The straight multiplier must be a whole number from 2 on');
  }
  if (!Number.isSafeInteger(permutation) || permutation < 0) {
    return refuse('INVALID_REQUEST', 'The permutation multiplier must be a whole number from 0 on');
  }
  for (const number of NUMBERS) {
    const ratio = returnToPlayer(number, multipliers);
    if (ratio.numerator >= ratio.denominator) {
      return refuse('INVALID_REQUEST', `A stake on ${number} would return ${percentOf(ratio)} %`);
    }
  }
  return { ok: true };
}
