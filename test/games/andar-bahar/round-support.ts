import { parseCard } from '../../../src/games/andar-bahar/cards.ts';
import { THREE_WINDOW } from '../../../src/games/andar-bahar/pay-tables.ts';
import {
  type Betting,
  closeBetting,
  dealCards,
  openRound,
  type TableSettings,
} from '../../../src/games/andar-bahar/round.ts';
import type { RoundId } from '../../../src/ids.ts';
import { INR, minor } from '../../../src/money.ts';

export const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
export const OPENED_AT = 1_700_000_000_000;
export const SECONDS_30 = 30_000;

export const SETTINGS: TableSettings = {
  table: THREE_WINDOW,
  currency: INR,
  minBet: minor(1_000),
  maxBet: minor(10_000_000),
  maxPlayerStake: null,
  bettingMs: 30_000,
  paused: false,
};

export function cards(text: string) {
  return text.split(' ').map(parseCard);
}

/** Round 7 with the king of spades turned and its first window open. */
export function firstWindow(): Betting {
  const start = { roundId: ROUND, roundNumber: 7, joker: parseCard('K♠'), now: OPENED_AT };
  return mustBet(openRound(SETTINGS, start));
}

/** The same round after two cards without a match, its second window open from `now` on. */
export function secondWindow(now = OPENED_AT): Betting {
  return mustBet(dealCards(closeBetting(firstWindow()), SETTINGS, cards('7♥ 2♣'), now));
}

function mustBet(round: { readonly phase: string }): Betting {
  if (round.phase !== 'betting') throw new Error(`the round is ${round.phase}`);
  return round as Betting;
}
