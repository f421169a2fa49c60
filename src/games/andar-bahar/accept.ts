import type { RoundId } from '../../ids.ts';
import { formatMoney, type Minor } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import { windowOf } from './pay-table.ts';
import { liability } from './payout.ts';
import type { Betting, Round, TableSettings } from './round.ts';
import { selectionOf } from './selection.ts';

/** A bet as the player asks for it. */
export interface BetRequest {
  readonly roundId: RoundId;
  readonly betSide: string;
  readonly amount: Minor;
  /** When given, the bet is only wanted in this window. */
  readonly bettingWindow?: number | undefined;
}

/** What the wallet needs to know of a bet that the rules allow. */
export interface AcceptedBet {
  readonly ok: true;
  readonly window: number;
  /** The code of the bet side in the ledger. */
  readonly selection: number;
  /** The most that it can pay, gross: reserved with the bet. */
  readonly liability: Minor;
}

/**
 * Whether the rules take this bet at `now` (epoch milliseconds, the server's). The first that applies refuses:
 * GAME_PAUSED, BETTING_CLOSED (round or phase, deadline, window; S0-16), INVALID_REQUEST (no such bet here),
 * BELOW_MINIMUM, ABOVE_MAXIMUM (S0-15). Funds and the players' own limits are the wallet's to judge.
 */
export function acceptsBet(round: Round, settings: TableSettings, bet: BetRequest, now: number): AcceptedBet | Refusal {
  if (settings.paused) return refuse('GAME_PAUSED');
  const open = openFor(round, bet, now);
  if (!open.ok) return open;
  const window = open.round.bettingWindow;
  const selection = selectionOf(bet.betSide);
  if (selection === undefined || !windowOf(settings.table, window)?.betTypes.includes(bet.betSide)) {
    return refuse('INVALID_REQUEST', 'This table takes no such bet now');
  }
  const { minBet, maxBet, currency } = settings;
  if (bet.amount < minBet) return refuse('BELOW_MINIMUM', `Minimum bet amount is ${formatMoney(minBet, currency)}`);
  if (bet.amount > maxBet) return refuse('ABOVE_MAXIMUM', `Maximum bet amount is ${formatMoney(maxBet, currency)}`);
  return { ok: true, window, selection, liability: liability(bet.amount, bet.betSide, window, settings.table) };
}

/**
 * Whether a bet made in `placed.bettingWindow` may be undone at `now`: only within its own window, while that is open.
 * Later it would be a free look at cards: undoing Andar after two of them lifts its return to 99.8 % (DESIGN 6).
 * A paused game does not keep anybody's bet.
 */
export function acceptsUndo(
  round: Round,
  placed: { readonly roundId: RoundId; readonly bettingWindow: number },
  now: number,
): { readonly ok: true } | Refusal {
  const open = openFor(round, placed, now);
  return open.ok ? { ok: true } : open;
}

function openFor(
  round: Round,
  wanted: { readonly roundId: RoundId; readonly bettingWindow?: number | undefined },
  now: number,
): { readonly ok: true; readonly round: Betting } | Refusal {
  if (round.phase !== 'betting' || round.roundId !== wanted.roundId) {
    return refuse('BETTING_CLOSED', 'Betting is closed');
  }
  if (now >= round.bettingEndsAt) return refuse('BETTING_CLOSED', 'Betting time has expired');
  if (wanted.bettingWindow !== undefined && wanted.bettingWindow !== round.bettingWindow) {
    return refuse('BETTING_CLOSED', `Betting window ${wanted.bettingWindow} is not open`);
  }
  return { ok: true, round };
}
