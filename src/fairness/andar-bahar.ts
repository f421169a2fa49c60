import { type Card, DECK, rankOf } from '../games/andar-bahar/cards.ts';
import { type Deal, dealCardsFrom } from '../games/andar-bahar/deal.ts';
import { firstSideOf, opensBeforeJoker, type PayTable } from '../games/andar-bahar/pay-table.ts';
import type { RoundId } from '../ids.ts';
import { byteStream } from './byte-stream.ts';
import { drawCards, drawIndex } from './draw.ts';
import { EMPTY_ROOT } from './merkle.ts';
import type { ServerSeed } from './seed.ts';

/**
 * The joker of a round: step 0, drawn from the whole deck. `root` is that over the keys of the bets on the joker; at a
 * table without them that of no bets, so that it follows from the seed alone (DESIGN 6).
 */
export function drawJoker(seed: ServerSeed, roundId: RoundId, root: string): Card {
  const joker = DECK[drawIndex(byteStream(seed, roundId, 0, root), DECK.length)];
  if (joker === undefined) throw new Error('the draw left the deck');
  return joker;
}

/**
 * The joker and every card dealt so far, from nothing but what is stored. `roots[w − 1]` is the root of the step behind
 * window w, over the keys of all bets accepted before it; the deal stops where the roots end, or with the deciding card
 * if that comes first. So one call serves the next step, the round found open after a crash and the verification of a
 * finished one. Undefined while there are still bets to come on the joker: without their root there is none.
 */
export function dealFromSeed(round: {
  readonly seed: ServerSeed;
  readonly roundId: RoundId;
  readonly table: PayTable;
  readonly roots: readonly string[];
}): Deal | undefined {
  const { seed, roundId, table, roots } = round;
  if (roots.length > table.windows.length) throw new Error(`pay table ${table.id} has no window ${roots.length}`);
  const jokerRoot = opensBeforeJoker(table) ? roots[0] : EMPTY_ROOT;
  if (jokerRoot === undefined) return undefined;
  const joker = drawJoker(seed, roundId, jokerRoot);
  const isLast = (card: Card) => rankOf(card) === rankOf(joker);
  let remaining: readonly Card[] = DECK.filter((card) => card !== joker);
  const cards: Card[] = [];
  for (const [index, window] of table.windows.slice(0, roots.length).entries()) {
    const root = roots[index];
    if (root === undefined || cards.some(isLast)) break;
    if (window.opensBeforeStep === 0) continue;
    const atMost = window.cardsDealtAfter === 'until-match' ? remaining.length : window.cardsDealtAfter;
    const step = drawCards(byteStream(seed, roundId, window.opensBeforeStep, root), remaining, atMost, isLast);
    remaining = step.remaining;
    cards.push(...step.drawn);
  }
  return dealCardsFrom(joker, firstSideOf(table, joker), cards);
}
