import type { Ratio } from '../../money.ts';
import type { PayTable } from './pay-table.ts';

const EVEN_MONEY: Ratio = { numerator: 2n, denominator: 1n };
const STAKE_BACK: Ratio = { numerator: 1n, denominator: 1n };

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

/** Every table that can be played; `assertSound` is asked about each at start. */
export const PAY_TABLES: readonly PayTable[] = [THREE_WINDOW];

/** The pay table of this id, or undefined. */
export function findPayTable(id: string): PayTable | undefined {
  return PAY_TABLES.find((table) => table.id === id);
}
