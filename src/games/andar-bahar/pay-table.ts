import type { Ratio } from '../../money.ts';
import { type Card, type Colour, colourOf, type Rank, rankOf, type Suit, suitOf } from './cards.ts';
import type { Outcome, Side } from './deal.ts';

/**
 * A table's whole rule as data (DESIGN 6): who is dealt first, when bets are taken, what they pay.
 * A bet type is `andar`, `bahar` or a side bet; on the wire it is `betSide`.
 */
export interface PayTable {
  readonly id: string;
  readonly name: string;
  /** Who gets card 1: decides the house edge (S0-33). By the joker's colour: black Andar, red Bahar (DOMAIN 1.1). */
  readonly firstSide: Side | 'joker-colour';
  /** Betting windows 1, 2, 3 … in the order they open within one deal. */
  readonly windows: readonly BettingWindow[];
  /** Of the rows for a bet's type and window the first whose condition holds pays; where none does, the bet is lost. */
  readonly pays: readonly Pay[];
}

export interface BettingWindow {
  /**
   * The step of the draw that it opens before. Step 0 turns the joker: a window before it takes bets on a card that
   * nobody can know, one before step 1 or later sees it.
   */
  readonly opensBeforeStep: number;
  /** How many cards are dealt when it has closed; a match ends the deal earlier. None before step 0. */
  readonly cardsDealtAfter: number | 'until-match';
  /** What it takes bets on. A window that takes none never opens: its cards are dealt at once. */
  readonly betTypes: readonly string[];
}

export interface Pay {
  readonly betType: string;
  /** The window that the bet was made in, not the one that the deal ended in (S0-47). */
  readonly window: number;
  readonly when: Condition;
  /** Gross, the stake included: 2/1 pays the stake and as much again, 1/1 gives the stake back. */
  readonly pays: Ratio;
}

/** Holds when everything named holds. */
export interface Condition {
  readonly winner?: Side;
  readonly firstSide?: Side;
  /** The deciding card's number lies in this range, both ends included. */
  readonly decidingCard?: readonly [from: number, to: number];
  readonly jokerColour?: Colour;
  readonly jokerSuit?: Suit;
  /** The joker is of one of these ranks. */
  readonly jokerRanks?: readonly Rank[];
}

export function holds(condition: Condition, outcome: Outcome): boolean {
  const { winner, firstSide, decidingCard } = condition;
  if (winner && winner !== outcome.winner) return false;
  if (firstSide && firstSide !== outcome.firstSide) return false;
  if (decidingCard && (outcome.decidingCard < decidingCard[0] || outcome.decidingCard > decidingCard[1])) return false;
  return holdsForJoker(condition, outcome.joker);
}

export function holdsForJoker({ jokerColour, jokerSuit, jokerRanks }: Condition, joker: Card): boolean {
  if (jokerColour && jokerColour !== colourOf(joker)) return false;
  if (jokerSuit && jokerSuit !== suitOf(joker)) return false;
  return jokerRanks === undefined || jokerRanks.includes(rankOf(joker));
}

/** Who gets card 1 under this joker. */
export function firstSideOf(table: PayTable, joker: Card): Side {
  if (table.firstSide !== 'joker-colour') return table.firstSide;
  return colourOf(joker) === 'black' ? 'andar' : 'bahar';
}

/** Whether bets are taken before the joker is turned. If so, that is window 1. */
export function opensBeforeJoker(table: PayTable): boolean {
  return table.windows[0]?.opensBeforeStep === 0;
}

/** Every bet type that the table takes in any window, each once. */
export function betTypesOf(table: PayTable): readonly string[] {
  return [...new Set(table.windows.flatMap(({ betTypes }) => betTypes))];
}

/** Window 1, 2, 3 …; undefined when the table has no such window. */
export function windowOf(table: PayTable, bettingWindow: number): BettingWindow | undefined {
  return table.windows[bettingWindow - 1];
}

/** The rows that a bet of this type, made in this window, can be paid by. Throws where the window does not take it. */
export function paysOf(table: PayTable, betType: string, bettingWindow: number): readonly Pay[] {
  if (!windowOf(table, bettingWindow)?.betTypes.includes(betType)) {
    throw new Error(`pay table ${table.id} takes no ${betType} bets in window ${bettingWindow}`);
  }
  return table.pays.filter((pay) => pay.betType === betType && pay.window === bettingWindow);
}
