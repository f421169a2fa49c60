import type { RoundId } from '../../ids.ts';
import type { Currency, Minor } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { Card } from './cards.ts';
import { continueDeal, type Deal, dealCardsFrom, type Outcome } from './deal.ts';
import { firstSideOf, opensBeforeJoker, type PayTable, windowOf } from './pay-table.ts';

/** What the operator decides about a table. May change between two bets: the settings of the moment count. */
export interface TableSettings {
  readonly table: PayTable;
  readonly currency: Currency;
  readonly minBet: Minor;
  readonly maxBet: Minor;
  /** The most that one player may have at stake in one round; null: anything. The wallet sees to it. */
  readonly maxPlayerStake: Minor | null;
  /** How long every betting window stays open. */
  readonly bettingMs: number;
  readonly paused: boolean;
}

interface Play {
  readonly roundId: RoundId;
  /** The table's running number. Not the window within the deal (S0-47). */
  readonly roundNumber: number;
  /** 1, 2, 3: the window that is open or closed last, or the one without bets whose cards are dealt next. */
  readonly bettingWindow: number;
  /** Undefined until the joker is turned, where there are bets on it. */
  readonly deal: Deal | undefined;
}

export interface Idle {
  readonly phase: 'idle';
}
export interface Betting extends Play {
  readonly phase: 'betting';
  /** Epoch milliseconds; a bet that arrives at this very moment is late. */
  readonly bettingEndsAt: number;
}
export interface Dealing extends Play {
  readonly phase: 'dealing';
}
export interface Settled extends Play {
  readonly phase: 'settled';
  readonly deal: Deal;
  readonly outcome: Outcome;
}
export interface Voided extends Play {
  readonly phase: 'voided';
}
/** A round, at one moment. Every function below answers a new one and leaves the old one as it was. */
export type Round = Idle | Betting | Dealing | Settled | Voided;

/**
 * A round begins with window 1 open, and with the joker turned unless that window takes bets on it (S0-08 to S0-12).
 * Throws on a joker that is there too early or missing.
 */
export function openRound(
  settings: TableSettings,
  start: { roundId: RoundId; roundNumber: number; joker: Card | undefined; now: number },
): Betting | Dealing {
  const { roundId, roundNumber, joker, now } = start;
  if ((joker === undefined) !== opensBeforeJoker(settings.table)) {
    throw new Error(`round ${roundId} begins ${joker === undefined ? 'without' : 'with'} a joker`);
  }
  const deal = joker === undefined ? undefined : dealCardsFrom(joker, firstSideOf(settings.table, joker), []);
  return openWindow({ roundId, roundNumber, bettingWindow: 1, deal }, settings, now);
}

/** No bet is taken from here on; the cards of this step may exist once every shard has closed the window (DESIGN 5). */
export function closeBetting(round: Betting): Dealing {
  const { roundId, roundNumber, bettingWindow, deal } = round;
  return { phase: 'dealing', roundId, roundNumber, bettingWindow, deal };
}

/** Turns the joker that was bet on in the window closed just now; the next window opens. Throws where one is turned. */
export function turnJoker(round: Dealing, settings: TableSettings, joker: Card, now: number): Betting | Dealing {
  const { roundId, roundNumber, bettingWindow } = round;
  if (round.deal !== undefined) throw new Error(`round ${roundId}: the joker is turned already`);
  const deal = dealCardsFrom(joker, firstSideOf(settings.table, joker), []);
  return openWindow({ roundId, roundNumber, bettingWindow: bettingWindow + 1, deal }, settings, now);
}

/**
 * Lays the cards drawn for this step: settled when one is of the joker's rank, otherwise the next window opens, or is
 * dealt at once where it takes no bets. Throws when these cannot be the step's cards: too few, too many, seen before.
 */
export function dealCards(
  round: Dealing,
  settings: TableSettings,
  cards: readonly Card[],
  now: number,
): Betting | Dealing | Settled {
  const { roundId, roundNumber, bettingWindow } = round;
  if (round.deal === undefined) throw new Error(`round ${roundId}: cards are dealt before the joker is turned`);
  const deal = continueDeal(round.deal, cards);
  const expected = windowOf(settings.table, bettingWindow)?.cardsDealtAfter;
  if (typeof expected === 'number' ? cards.length > expected : expected === undefined) {
    throw new Error(`round ${roundId}: ${cards.length} cards are too many for window ${bettingWindow}`);
  }
  if (deal.outcome) return { phase: 'settled', roundId, roundNumber, bettingWindow, deal, outcome: deal.outcome };
  if (cards.length !== expected) {
    throw new Error(`round ${roundId}: ${cards.length} cards without a match are not all of window ${bettingWindow}`);
  }
  return openWindow({ roundId, roundNumber, bettingWindow: bettingWindow + 1, deal }, settings, now);
}

/** Only before a card was dealt, while window 1 is open (DESIGN 5): later a void would be a choice of outcome. */
export function voidRound(round: Round): Voided | Refusal {
  if (round.phase !== 'betting' || round.bettingWindow !== 1) {
    return refuse('NOT_OPEN', 'A round can only be voided while its first window is open');
  }
  const { roundId, roundNumber, bettingWindow, deal } = round;
  return { phase: 'voided', roundId, roundNumber, bettingWindow, deal };
}

function openWindow(play: Play, settings: TableSettings, now: number): Betting | Dealing {
  const window = windowOf(settings.table, play.bettingWindow);
  if (!window) throw new Error(`round ${play.roundId}: pay table ${settings.table.id} ended without a winner`);
  if (window.betTypes.length === 0) return { phase: 'dealing', ...play };
  return { phase: 'betting', ...play, bettingEndsAt: now + settings.bettingMs };
}
