import { type Card, DECK, rankOf } from '../games/andar-bahar/cards.ts';
import { continueDeal, type Deal, dealCardsFrom } from '../games/andar-bahar/deal.ts';
import { firstSideOf, type PayTable } from '../games/andar-bahar/pay-table.ts';
import type { RoundId } from '../ids.ts';
import { byteStream } from './byte-stream.ts';
import { drawCards, drawIndex } from './draw.ts';
import { EMPTY_ROOT } from './merkle.ts';
import type { ServerSeed } from './seed.ts';

/** The joker of a round: step 0, drawn from the whole deck by the seed alone (DESIGN 6). */
export function drawJoker(seed: ServerSeed, roundId: RoundId): Card {
  const joker = DECK[drawIndex(byteStream(seed, roundId, 0, EMPTY_ROOT), DECK.length)];
  if (joker === undefined) throw new Error('the draw left the deck');
  return joker;
}

/**
 * The joker and every card dealt so far, from nothing but what is stored. `roots[k − 1]` is the root of step k, over
 * the keys of all bets accepted before it; the deal stops where the roots end, or with the deciding card if that comes
 * first. So one call serves the next step, the round found open after a crash and the verification of a finished one.
 */
export function dealFromSeed(round: {
  readonly seed: ServerSeed;
  readonly roundId: RoundId;
  readonly table: PayTable;
  readonly roots: readonly string[];
}): Deal {
  const { seed, roundId, table, roots } = round;
  const joker = drawJoker(seed, roundId);
  const isLast = (card: Card) => rankOf(card) === rankOf(joker);
  let remaining: readonly Card[] = DECK.filter((card) => card !== joker);
  let deal = dealCardsFrom(joker, firstSideOf(table, joker), []);
  if (roots.length > table.windows.length) throw new Error(`pay table ${table.id} has no step ${roots.length}`);
  for (const [index, window] of table.windows.slice(0, roots.length).entries()) {
    const root = roots[index];
    if (deal.outcome || root === undefined) break;
    const atMost = window.cardsDealtAfter === 'until-match' ? remaining.length : window.cardsDealtAfter;
    const step = drawCards(byteStream(seed, roundId, index + 1, root), remaining, atMost, isLast);
    remaining = step.remaining;
    deal = continueDeal(deal, step.drawn);
  }
  return deal;
}
