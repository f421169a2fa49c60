import type { PayTable } from '../../../src/games/andar-bahar/pay-table.ts';
import { JOKER_BETS, JOKER_COLOUR, SIDE_BETS, THREE_WINDOW } from '../../../src/games/andar-bahar/pay-tables.ts';
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

/** The first side pays 0.95:1, which gives the player the edge (DOMAIN 1.2). */
export const JOKER_COLOUR_TOO_GENEROUS: PayTable = {
  ...JOKER_COLOUR,
  id: 'joker-colour-95',
  pays: JOKER_COLOUR.pays.map((pay) => (pay.when.firstSide ? { ...pay, pays: ratio(195, 100) } : pay)),
};

/** Bets on the number of cards in window 2 as well, where two cards have been seen (DESIGN 6). */
export const CARD_COUNTS_TOO_LATE: PayTable = alsoInWindow2(SIDE_BETS, /^cards-/);

/** Bets on the joker when it lies on the table. */
export const JOKER_BETS_TOO_LATE: PayTable = alsoInWindow2(JOKER_BETS, /^joker-/);

function alsoInWindow2(table: PayTable, which: RegExp): PayTable {
  const early = table.pays.filter(({ betType, window }) => window === 1 && which.test(betType));
  const betTypes = early.map(({ betType }) => betType);
  return {
    ...table,
    id: `${table.id}-too-late`,
    windows: table.windows.map((window, index) =>
      index === 1 ? { ...window, betTypes: [...window.betTypes, ...betTypes] } : window,
    ),
    pays: [...table.pays, ...early.map((pay) => ({ ...pay, window: 2 }))],
  };
}
