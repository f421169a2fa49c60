import { type PayTable, paysOf } from './pay-table.ts';
import { percentOf, returnToPlayer } from './rtp.ts';
import { selectionOf } from './selection.ts';

/**
 * Asked about every pay table at start (DESIGN 6). Throws an Error that names the table, the bet type and the window
 * when a bet returns 100 % or more to the player, or when the table could not be dealt, stored or paid.
 */
export function assertSound(table: PayTable): void {
  assertDealable(table);
  assertPayable(table);
  for (const { betType, window, ratio } of returnToPlayer(table)) {
    if (ratio.numerator >= ratio.denominator) {
      throw new Error(
        `pay table ${table.id}: ${betType} in window ${window} returns ${percentOf(ratio)} % to the player`,
      );
    }
  }
}

/** One window per step from step 1 on; all deal some cards, and only the last deals to the end. */
function assertDealable(table: PayTable): void {
  const last = table.windows.length;
  if (last === 0) throw new Error(`pay table ${table.id} has no window`);
  table.windows.forEach(({ opensBeforeStep, cardsDealtAfter }, index) => {
    const window = index + 1;
    const reject = (why: string): never => {
      throw new Error(`pay table ${table.id}: window ${window} ${why}`);
    };
    if (opensBeforeStep !== window) reject(`must open before step ${window}: rounds begin with the joker turned`);
    if ((cardsDealtAfter === 'until-match') !== (window === last))
      reject('must be the last if it deals until the match');
    if (typeof cardsDealtAfter === 'number' && !(Number.isInteger(cardsDealtAfter) && cardsDealtAfter > 0)) {
      reject('must deal at least one card');
    }
  });
}

/** What is taken can be stored and won, what is paid is at least the stake, and no row stands idle. */
function assertPayable(table: PayTable): void {
  const rejectBet = (betType: string, window: number, why: string): never => {
    throw new Error(`pay table ${table.id}: ${betType} in window ${window} ${why}`);
  };
  table.windows.forEach(({ betTypes }, index) => {
    for (const betType of betTypes) {
      if (selectionOf(betType) === undefined) rejectBet(betType, index + 1, 'has no selection code');
      if (paysOf(table, betType, index + 1).length === 0) rejectBet(betType, index + 1, 'can never win');
    }
  });
  for (const { betType, window, pays } of table.pays) {
    paysOf(table, betType, window);
    if (pays.denominator <= 0n || pays.numerator < pays.denominator)
      rejectBet(betType, window, 'pays less than the stake');
  }
}
