import type { PayTable } from '../../../src/games/andar-bahar/pay-table.ts';
import { THREE_WINDOW } from '../../../src/games/andar-bahar/pay-tables.ts';
import type { Ratio } from '../../../src/money.ts';

export function ratio(numerator: number, denominator: number): Ratio {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

const EVENS = ratio(2, 1);

/** The rule with four arguments: a bet's own window is forgotten, only that of the end counts (S0-48). */
export const FOUR_ARGUMENTS: PayTable = {
  ...THREE_WINDOW,
  id: 'four-arguments',
  pays: THREE_WINDOW.pays.map((pay) => (pay.window === 2 ? { ...pay, pays: EVENS } : pay)),
};

/** The default pays with Andar dealt first: sound the other way round only (DOMAIN 1.3). */
export const ANDAR_FIRST: PayTable = { ...THREE_WINDOW, id: 'andar-first', firstSide: 'andar' };

/** One window; a black joker deals Andar first; the first side pays 0.9:1, the other 1:1 (DOMAIN 1.1). */
export const JOKER_COLOUR: PayTable = oneWindow('joker-colour', ratio(19, 10));

/** The same at 0.95:1, which gives the player the edge (DOMAIN 1.2). */
export const JOKER_COLOUR_TOO_GENEROUS: PayTable = oneWindow('joker-colour-95', ratio(195, 100));

/** Bets on the joker's colour before it is turned, then on how many cards there will be (DOMAIN 1.5). */
export const SIDE_BETS: PayTable = {
  id: 'side-bets',
  name: 'Side bets',
  firstSide: 'bahar',
  windows: [
    { opensBeforeStep: 0, cardsDealtAfter: 0, betTypes: ['joker-red'] },
    { opensBeforeStep: 1, cardsDealtAfter: 'until-match', betTypes: ['cards-1-5', 'cards-16-25', 'cards-41-49'] },
  ],
  pays: [
    { betType: 'joker-red', window: 1, when: { jokerColour: 'red' }, pays: ratio(19, 10) },
    { betType: 'cards-1-5', window: 2, when: { decidingCard: [1, 5] }, pays: ratio(7, 2) },
    { betType: 'cards-16-25', window: 2, when: { decidingCard: [16, 25] }, pays: ratio(9, 2) },
    { betType: 'cards-41-49', window: 2, when: { decidingCard: [41, 49] }, pays: ratio(120, 1) },
  ],
};

function oneWindow(id: string, firstSidePays: Ratio): PayTable {
  return {
    id,
    name: id,
    firstSide: 'joker-colour',
    windows: [{ opensBeforeStep: 1, cardsDealtAfter: 'until-match', betTypes: ['andar', 'bahar'] }],
    pays: (['andar', 'bahar'] as const).flatMap((side) => [
      { betType: side, window: 1, when: { winner: side, firstSide: side }, pays: firstSidePays },
      { betType: side, window: 1, when: { winner: side }, pays: EVENS },
    ]),
  };
}
