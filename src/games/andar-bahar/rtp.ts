import type { Ratio } from '../../money.ts';
import { type Card, DECK } from './cards.ts';
import { type Outcome, otherSide } from './deal.ts';
import { firstSideOf, holds, type Pay, type PayTable, paysOf, windowOf } from './pay-table.ts';

/** What a bet returns in the long run, as an exact share of the stake. */
export interface BetReturn {
  readonly betType: string;
  readonly window: number;
  /** Under the joker that is best for the player, where that is seen and matters. */
  readonly ratio: Ratio;
  /** Under the joker that is worst for the player; the same as `ratio` where it does not matter. */
  readonly lowest: Ratio;
}

/** Three of the 51 cards are of the joker's rank, so the first of them is the 49th at the latest. */
export const LONGEST_DEAL = 49;

/**
 * The return to player of every bet type in every window, given what the player sees by then: the joker, once it is
 * turned, and that the cards dealt so far did not match it. Exact, by enumeration of the joker and the deciding card N:
 * P(N = n) = C(51 − n, 2) / C(51, 3) (DOMAIN 1.2).
 */
export function returnToPlayer(table: PayTable): readonly BetReturn[] {
  return table.windows.flatMap((window, index) =>
    window.betTypes.map((betType) => {
      const views = window.opensBeforeStep > 0 ? DECK.map((joker) => [joker]) : [DECK];
      const returns = views.map((jokers) => returnUnder(table, betType, index + 1, jokers));
      return { betType, window: index + 1, ratio: returns.reduce(higher), lowest: returns.reduce(lower) };
    }),
  );
}

/** The return of a bet made in this window over these equally likely jokers, in lowest terms. */
export function returnUnder(table: PayTable, betType: string, window: number, jokers: readonly Card[]): Ratio {
  const rows = paysOf(table, betType, window);
  const dealt = cardsDealtBefore(table, window);
  const ways = new Map<Pay, bigint>();
  for (const joker of jokers) {
    for (let decidingCard = dealt + 1; decidingCard <= LONGEST_DEAL; decidingCard += 1) {
      const row = rows.find((pay) => holds(pay.when, outcomeAt(table, joker, decidingCard)));
      if (row) ways.set(row, (ways.get(row) ?? 0n) + pairs(51 - decidingCard));
    }
  }
  let sum: Ratio = { numerator: 0n, denominator: 1n };
  for (const [{ pays }, times] of ways) sum = plus(sum, pays, times);
  const deals = BigInt(jokers.length) * triples(51 - dealt);
  return reduced({ numerator: sum.numerator, denominator: sum.denominator * deals });
}

/** The deal that this joker and the number of the deciding card stand for: all that a payout depends on. */
export function outcomeAt(table: PayTable, joker: Card, decidingCard: number): Outcome {
  const firstSide = firstSideOf(table, joker);
  return { joker, firstSide, winner: decidingCard % 2 === 1 ? firstSide : otherSide(firstSide), decidingCard };
}

function cardsDealtBefore(table: PayTable, bettingWindow: number): number {
  let dealt = 0;
  for (let earlier = 1; earlier < bettingWindow; earlier += 1) {
    const cards = windowOf(table, earlier)?.cardsDealtAfter;
    if (typeof cards !== 'number') throw new Error(`pay table ${table.id} has a window after the last card`);
    dealt += cards;
  }
  return dealt;
}

function higher(one: Ratio, other: Ratio): Ratio {
  return one.numerator * other.denominator >= other.numerator * one.denominator ? one : other;
}

function lower(one: Ratio, other: Ratio): Ratio {
  return higher(one, other) === one ? other : one;
}

function plus(sum: Ratio, term: Ratio, times: bigint): Ratio {
  return reduced({
    numerator: sum.numerator * term.denominator + term.numerator * times * sum.denominator,
    denominator: sum.denominator * term.denominator,
  });
}

function reduced({ numerator, denominator }: Ratio): Ratio {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}

/** How many ways there are for the joker's other two cards to lie behind the deciding one. */
function pairs(count: number): bigint {
  return (BigInt(count) * BigInt(count - 1)) / 2n;
}

/** How many ways there are for three cards to lie among `count`. */
function triples(count: number): bigint {
  return (BigInt(count) * BigInt(count - 1) * BigInt(count - 2)) / 6n;
}
