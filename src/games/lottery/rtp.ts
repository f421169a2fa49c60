import { type Percentage, percentOf, type Ratio } from '../../money.ts';
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

/** Hundredths of a percent: all of a stake. */
const WHOLE = 10_000n;

/**
 * Asked before a phase is set up. INVALID_REQUEST unless both are whole numbers, a straight win pays more than its
 * stake, and no number returns 100 % or more, payout and the collector's commission together: a collector who stakes on
 * every number would gain whatever is drawn.
 */
export function judgeMultipliers(multipliers: Multipliers, commission: Percentage): { readonly ok: true } | Refusal {
  const { straight, permutation } = multipliers;
  if (!Number.isSafeInteger(straight) || straight < 2) {
    return refuse('INVALID_REQUEST', 'The straight multiplier must be a whole number from 2 on');
  }
  if (!Number.isSafeInteger(permutation) || permutation < 0) {
    return refuse('INVALID_REQUEST', 'The permutation multiplier must be a whole number from 0 on');
  }
  for (const number of NUMBERS) {
    const payout = returnToPlayer(number, multipliers);
    const denominator = payout.denominator * WHOLE;
    const ratio = { numerator: payout.numerator * WHOLE + BigInt(commission) * payout.denominator, denominator };
    if (ratio.numerator >= ratio.denominator) {
      const included = commission > 0 ? ' with its commission' : '';
      return refuse('INVALID_REQUEST', `A stake on ${number} would return ${percentOf(ratio)} %${included}`);
    }
  }
  return { ok: true };
}
