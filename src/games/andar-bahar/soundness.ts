import { percentOf } from '../../money.ts';
import { DECK } from './cards.ts';
import { betTypesOf, holds, opensBeforeJoker, type PayTable, paysOf } from './pay-table.ts';
import { LONGEST_DEAL, outcomeAt, returnToPlayer } from './rtp.ts';
import { marketOf, selectionOf } from './selection.ts';

/**
 * Asked about every pay table at start (DESIGN 6). Throws an Error that names the table, the bet type and the window
 * when a bet returns 100 % or more to the player, or when the table could not be dealt, stored or paid.
 */
export function assertSound(table: PayTable): void {
  assertDealable(table);
  assertPayable(table);
  assertMarkets(table);
  for (const { betType, window, ratio } of returnToPlayer(table)) {
    if (ratio.numerator >= ratio.denominator) {
      throw new Error(
        `pay table ${table.id}: ${betType} in window ${window} returns ${percentOf(ratio)} % to the player`,
      );
    }
  }
}

/** A window for each step from 0 or 1 on; before the joker no card is dealt, and only the last deals to the end. */
function assertDealable(table: PayTable): void {
  const last = table.windows.length;
  if (last === 0) throw new Error(`pay table ${table.id} has no window`);
  const firstStep = opensBeforeJoker(table) ? 0 : 1;
  table.windows.forEach(({ opensBeforeStep, cardsDealtAfter, betTypes }, index) => {
    const window = index + 1;
    const reject = (why: string): never => {
      throw new Error(`pay table ${table.id}: window ${window} ${why}`);
    };
    if (opensBeforeStep !== firstStep + index) {
      reject(`must open before step ${firstStep + index}: there is one for each step, from 0 or 1 on`);
    }
    if ((cardsDealtAfter === 'until-match') !== (window === last))
      reject('must be the last if it deals until the match');
    if (opensBeforeStep === 0) {
      if (cardsDealtAfter !== 0) reject('must deal no card: when it has closed, the joker is turned');
      if (betTypes.length === 0) reject('must take bets: the joker needs no window of its own');
      return;
    }
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

/** The house reserves the worst of a market's selections and not their sum: two of them must never be paid together. */
function assertMarkets(table: PayTable): void {
  const markets = Map.groupBy(betTypesOf(table), (betType) => marketOf(selectionOf(betType) ?? 0));
  for (const joker of DECK) {
    for (let decidingCard = 1; decidingCard <= LONGEST_DEAL; decidingCard += 1) {
      const outcome = outcomeAt(table, joker, decidingCard);
      const paid = new Set(table.pays.filter(({ when }) => holds(when, outcome)).map(({ betType }) => betType));
      for (const betTypes of markets.values()) {
        const together = betTypes.filter((betType) => paid.has(betType));
        if (together.length > 1) {
          throw new Error(`pay table ${table.id}: ${together.join(' and ')} of one market can win together`);
        }
      }
    }
  }
}
