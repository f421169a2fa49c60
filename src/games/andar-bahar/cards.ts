/** The 52 cards. A card is its place in the unshuffled deck: 13 × suit + rank, 0 (A♠) to 51 (K♣). */
export type Card = number & { readonly __brand: 'card' };

/** In the order of the unshuffled deck. */
export const RANKS = ['A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K'] as const;
export const SUITS = ['♠', '♥', '♦', '♣'] as const;

export type Rank = (typeof RANKS)[number];
export type Suit = (typeof SUITS)[number];
export type Colour = 'red' | 'black';

/** Every card once, unshuffled: the order a draw starts from, so part of the fairness specification. */
export const DECK: readonly Card[] = Array.from({ length: RANKS.length * SUITS.length }, (_, place) => place as Card);

const faces = SUITS.flatMap((suit) => RANKS.map((rank) => ({ rank, suit, display: `${rank}${suit}` })));
const cardByDisplay = new Map(faces.map((face, place) => [face.display, place as Card]));

/** As players and the wire see it: `K♠` (S0-09). */
export function displayOf(card: Card): string {
  return faceOf(card).display;
}

export function rankOf(card: Card): Rank {
  return faceOf(card).rank;
}

export function suitOf(card: Card): Suit {
  return faceOf(card).suit;
}

export function colourOf(card: Card): Colour {
  const suit = suitOf(card);
  return suit === '♥' || suit === '♦' ? 'red' : 'black';
}

/** Reads `K♠`. Throws on anything that is not a card. */
export function parseCard(display: string): Card {
  const card = cardByDisplay.get(display);
  if (card === undefined) throw new Error(`not a card: ${display}`);
  return card;
}

function faceOf(card: Card) {
  const face = faces[card];
  if (!face) throw new RangeError(`not a card: ${card}`);
  return face;
}
