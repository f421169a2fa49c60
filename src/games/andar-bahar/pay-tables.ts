import type { Ratio } from '../../money.ts';
import { RANKS, SUITS } from './cards.ts';
import type { Condition, Pay, PayTable } from './pay-table.ts';

/** The id of a pay table means the same rules for good: rounds of long ago name it. Another rule is another id. */

const EVEN_MONEY = total(2, 1);
const STAKE_BACK = total(1, 1);

/**
 * The default table (S0-39, DOMAIN 1.3). Bahar is dealt first: cards 1, 3, 5 … are Bahar's.
 *
 *                       the deal ends   with cards 1–2   with cards 3–4   later
 *   Andar wins          every bet on Andar  1:1              1:1           1:1
 *   Bahar wins          bet in window 1     stake back       1:1           1:1
 *                       bet in window 2     –                stake back    1:1
 *
 * Returns 96.87 % to 97.12 %. Sound only with Bahar first, and only because a bet remembers its own window (S0-48).
 */
export const THREE_WINDOW: PayTable = {
  id: 'three-window',
  name: 'Three windows',
  firstSide: 'bahar',
  windows: [
    { opensBeforeStep: 1, cardsDealtAfter: 2, betTypes: ['andar', 'bahar'] },
    { opensBeforeStep: 2, cardsDealtAfter: 2, betTypes: ['andar', 'bahar'] },
    { opensBeforeStep: 3, cardsDealtAfter: 'until-match', betTypes: [] },
  ],
  pays: [
    { betType: 'andar', window: 1, when: { winner: 'andar' }, pays: EVEN_MONEY },
    { betType: 'bahar', window: 1, when: { winner: 'bahar', decidingCard: [1, 2] }, pays: STAKE_BACK },
    { betType: 'bahar', window: 1, when: { winner: 'bahar' }, pays: EVEN_MONEY },
    { betType: 'andar', window: 2, when: { winner: 'andar' }, pays: EVEN_MONEY },
    { betType: 'bahar', window: 2, when: { winner: 'bahar', decidingCard: [3, 4] }, pays: STAKE_BACK },
    { betType: 'bahar', window: 2, when: { winner: 'bahar' }, pays: EVEN_MONEY },
  ],
};

/**
 * One window, dealt until the match. A black joker deals Andar first, a red one Bahar; the side dealt first pays 0.9:1,
 * the other 1:1 (DOMAIN 1.1). The joker is seen, so the player chooses between 97.851 % and 96.999 %.
 */
export const JOKER_COLOUR: PayTable = {
  id: 'joker-colour',
  name: 'Joker’s colour',
  firstSide: 'joker-colour',
  windows: [{ opensBeforeStep: 1, cardsDealtAfter: 'until-match', betTypes: ['andar', 'bahar'] }],
  pays: firstSidePaysLess(1),
};

/** How many cards are dealt, the deciding one included: total returns of table A (DOMAIN 1.5). */
const CARD_COUNTS: readonly Pay[] = [
  cardCount(1, 5, total(7, 2)),
  cardCount(6, 10, total(9, 2)),
  cardCount(11, 15, total(11, 2)),
  cardCount(16, 25, total(9, 2)),
  cardCount(26, 30, total(15, 1)),
  cardCount(31, 35, total(25, 1)),
  cardCount(36, 40, total(50, 1)),
  cardCount(41, 49, total(120, 1)),
];

/**
 * The three-window rule with bets on how many cards there will be. Only in window 1: who has seen two cards without a
 * match knows more, and the same bets would return up to 110.9 % in window 2 (DESIGN 6).
 */
export const SIDE_BETS: PayTable = {
  ...THREE_WINDOW,
  id: 'side-bets',
  name: 'Three windows with side bets',
  windows: THREE_WINDOW.windows.map((window, index) =>
    index === 0 ? { ...window, betTypes: [...window.betTypes, ...betTypesIn(CARD_COUNTS)] } : window,
  ),
  pays: [...THREE_WINDOW.pays, ...CARD_COUNTS],
};

/** What the joker is: its colour, suit, rank, or whether it lies below, at or above the seven (DOMAIN 1.5). */
const JOKER_IS: readonly Pay[] = [
  joker('red', { jokerColour: 'red' }, total(19, 10)),
  joker('black', { jokerColour: 'black' }, total(19, 10)),
  ...SUITS.map((suit, index) =>
    joker(['spades', 'hearts', 'diamonds', 'clubs'][index] ?? '', { jokerSuit: suit }, total(19, 5)),
  ),
  ...RANKS.map((rank) => joker(rank, { jokerRanks: [rank] }, total(62, 5))),
  joker('low', { jokerRanks: RANKS.slice(0, 6) }, total(52, 25)),
  joker('seven', { jokerRanks: ['7'] }, total(62, 5)),
  joker('high', { jokerRanks: RANKS.slice(7) }, total(52, 25)),
];

/**
 * Bets on the joker before it is turned, then one window under the rule of the joker's colour. The joker is drawn with
 * the keys of the first window's bets, so there is none while they are taken.
 */
export const JOKER_BETS: PayTable = {
  id: 'joker-bets',
  name: 'Bets on the joker',
  firstSide: 'joker-colour',
  windows: [
    { opensBeforeStep: 0, cardsDealtAfter: 0, betTypes: betTypesIn(JOKER_IS) },
    { opensBeforeStep: 1, cardsDealtAfter: 'until-match', betTypes: ['andar', 'bahar'] },
  ],
  pays: [...JOKER_IS, ...firstSidePaysLess(2)],
};

/** Every table that can be played; `assertSound` is asked about each at start. */
export const PAY_TABLES: readonly PayTable[] = [THREE_WINDOW, JOKER_COLOUR, SIDE_BETS, JOKER_BETS];

/** The pay table of this id, or undefined. */
export function findPayTable(id: string): PayTable | undefined {
  return PAY_TABLES.find((table) => table.id === id);
}

/** Gross, the stake included. */
function total(numerator: number, denominator: number): Ratio {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

function firstSidePaysLess(window: number): readonly Pay[] {
  return (['andar', 'bahar'] as const).flatMap((side) => [
    { betType: side, window, when: { winner: side, firstSide: side }, pays: total(19, 10) },
    { betType: side, window, when: { winner: side }, pays: EVEN_MONEY },
  ]);
}

function cardCount(from: number, to: number, pays: Ratio): Pay {
  return { betType: `cards-${from}-${to}`, window: 1, when: { decidingCard: [from, to] }, pays };
}

function joker(is: string, when: Condition, pays: Ratio): Pay {
  return { betType: `joker-${is}`, window: 1, when, pays };
}

function betTypesIn(pays: readonly Pay[]): readonly string[] {
  return pays.map(({ betType }) => betType);
}
