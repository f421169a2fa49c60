import { type Card, displayOf, rankOf } from './cards.ts';

/** The two places that cards go to. */
export type Side = 'andar' | 'bahar';

/** How a deal ended: all that a payout can depend on. */
export interface Outcome {
  readonly joker: Card;
  readonly firstSide: Side;
  readonly winner: Side;
  /** How many cards were dealt, the deciding one included: 1 to 49. */
  readonly decidingCard: number;
}

/** The cards on the table; finished as soon as it has an outcome. */
export interface Deal {
  readonly joker: Card;
  readonly firstSide: Side;
  /** Both sides' cards in the order they were dealt. */
  readonly cards: readonly Card[];
  readonly andarCards: readonly Card[];
  readonly baharCards: readonly Card[];
  readonly outcome: Outcome | undefined;
}

/**
 * Lays cards alternately, beginning with `firstSide`; the first of the joker's rank decides, and its side wins (S0-30).
 * Throws on what cannot happen at a table: a card seen before (the joker is one, S0-31), a card after the deciding one.
 */
export function dealCardsFrom(joker: Card, firstSide: Side, cards: readonly Card[]): Deal {
  assertDifferent([joker, ...cards]);
  const match = cards.findIndex((card) => rankOf(card) === rankOf(joker));
  if (match !== -1 && match < cards.length - 1) throw new Error('a card was dealt after the deciding one');
  const first = cards.filter((_, place) => place % 2 === 0);
  const second = cards.filter((_, place) => place % 2 === 1);
  const [andarCards, baharCards] = firstSide === 'andar' ? [first, second] : [second, first];
  const winner = match % 2 === 0 ? firstSide : otherSide(firstSide);
  const outcome = match === -1 ? undefined : { joker, firstSide, winner, decidingCard: match + 1 };
  return { joker, firstSide, cards, andarCards, baharCards, outcome };
}

/** Goes on with a deal where it stopped. */
export function continueDeal(deal: Deal, cards: readonly Card[]): Deal {
  return dealCardsFrom(deal.joker, deal.firstSide, [...deal.cards, ...cards]);
}

export function otherSide(side: Side): Side {
  return side === 'andar' ? 'bahar' : 'andar';
}

function assertDifferent(cards: readonly Card[]): void {
  const seen = new Set<Card>();
  for (const card of cards) {
    if (seen.has(card)) throw new Error(`${displayOf(card)} was dealt twice`);
    seen.add(card);
  }
}
