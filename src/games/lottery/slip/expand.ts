import { type LotteryNumber, NUMBERS, permutationsOf } from '../number.ts';
import type { Entry, Item } from './entry.ts';
import { type Fault, fault } from './faults.ts';
import type { Line } from './lines.ts';

/** The most stakes that one slip may be, before those on the same number are added up: `5T` alone is a hundred. */
export const STAKES_MAX = 10_000;

const PLACES = { head: 0, middle: 1, tail: 2 } as const;
const triples = NUMBERS.filter((number) => permutationsOf(number).length === 1);
const even = triples.filter((_, digit) => digit % 2 === 0);
const odd = triples.filter((_, digit) => digit % 2 === 1);

/**
 * Every stake that an entry is, in the order of its items; a number meant twice is there twice. R stakes the whole
 * amount on each distinct permutation, it does not divide it among them (DOMAIN 2.2). A fault where there are more than
 * `room` for.
 */
export function stakesOf({ items, amount, others }: Entry, room: number): readonly Line[] | Fault {
  const stakes: Line[] = [];
  for (const item of items) {
    for (const number of numbersOf(item)) stakes.push({ number, amount });
    if (others !== undefined && item.kind === 'number') {
      for (const number of permutationsOf(item.number).slice(1)) stakes.push({ number, amount: others });
    }
    if (stakes.length > room) return fault(`This is more than the ${STAKES_MAX} stakes that a slip may have`);
  }
  return stakes;
}

function numbersOf(item: Item): readonly LotteryNumber[] {
  switch (item.kind) {
    case 'number':
      return [item.number];
    case 'permutations':
      return permutationsOf(item.number);
    case 'head':
    case 'middle':
    case 'tail':
      return NUMBERS.filter((number) => number[PLACES[item.kind]] === String(item.digit));
    case 'triples':
      return triples;
    case 'even-triples':
      return even;
    case 'odd-triples':
      return odd;
  }
}
