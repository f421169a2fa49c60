import type { Minor } from '../../../money.ts';
import { type LotteryNumber, permutationsOf } from '../number.ts';
import { type Fault, fault } from './faults.ts';
import type { Triples } from './words.ts';

/** What stands for one number or several. */
export type Item =
  | { readonly kind: 'number'; readonly number: LotteryNumber }
  /** `123R`: every distinct permutation, the number itself among them. */
  | { readonly kind: 'permutations'; readonly number: LotteryNumber }
  /** `5T`, `5M`, `5N`: the hundred numbers with this digit in this place. */
  | { readonly kind: 'head' | 'middle' | 'tail'; readonly digit: number }
  | { readonly kind: Triples };

/** One statement of a slip: the same amount on every number that its items stand for. */
export interface Entry {
  readonly items: readonly Item[];
  readonly amount: Minor;
  /** Of a pair: staked on every other permutation of each number. A pair's items are numbers that have others. */
  readonly others?: Minor;
}

export function straightEntry(numbers: readonly LotteryNumber[], amount: Minor): Entry {
  return { items: numbers.map((number) => ({ kind: 'number', number })), amount };
}

/**
 * A straight-and-permutation pair: `amount` on each number, `others` on each of its other permutations. A fault where
 * one has no others, as `others` would then be staked on nothing and nobody told.
 */
export function pairEntry(numbers: readonly LotteryNumber[], amount: Minor, others: Minor): Entry | Fault {
  const triple = numbers.find((number) => permutationsOf(number).length === 1);
  if (triple) return fault(`“${triple}” has no other permutations to stake on`);
  return { ...straightEntry(numbers, amount), others };
}
