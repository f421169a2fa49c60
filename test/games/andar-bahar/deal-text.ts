import { parseCard } from '../../../src/games/andar-bahar/cards.ts';
import { type Deal, dealCardsFrom, type Outcome, type Side } from '../../../src/games/andar-bahar/deal.ts';

/** A deal as a player would write it down: `deal('K♠ | 7♥ K♦')`, the joker, then the cards in the order dealt. */
export function deal(text: string, firstSide: Side = 'bahar'): Deal {
  const [joker = '', cards = ''] = text.split('|');
  const displays = cards.split(' ').filter((display) => display !== '');
  return dealCardsFrom(parseCard(joker.trim()), firstSide, displays.map(parseCard));
}

/** The outcome of a deal that is over. */
export function outcome(text: string, firstSide: Side = 'bahar'): Outcome {
  const { outcome: known } = deal(text, firstSide);
  if (!known) throw new Error(`nobody has won yet: ${text}`);
  return known;
}
