import { type PlayerResult, playerResult } from '../games/andar-bahar/result.ts';
import type { UserId } from '../ids.ts';
import { type Minor, ZERO } from '../money.ts';
import type { Outcome, PositionId } from '../wallet/command.ts';

/** A bet and what it came to; one that was undone is `cancelled`, with its stake as the payout. */
export interface SettledPosition {
  readonly id: PositionId;
  readonly userId: UserId;
  readonly betSide: string;
  readonly stake: Minor;
  readonly payout: Minor;
  readonly outcome: Outcome;
}

export interface RoundTotals {
  readonly andarBets: Minor;
  readonly baharBets: Minor;
  /** How many. */
  readonly bets: number;
  /** How much, on all sides together. */
  readonly betAmount: Minor;
  readonly payouts: Minor;
  readonly refunds: Minor;
  readonly players: number;
}

export interface PlayerTotals {
  readonly userId: UserId;
  readonly result: PlayerResult;
  /** Undone ones among them. */
  readonly bets: readonly PositionId[];
}

/** One result per player, however many bets they had (S1-31). Who has undone all of them has had no bet. */
export function playerTotals(positions: readonly SettledPosition[]): readonly PlayerTotals[] {
  const byPlayer = Map.groupBy(positions, ({ userId }) => userId);
  return [...byPlayer].map(([userId, all]) => ({
    userId,
    result: playerResult(all.filter(isStanding)),
    bets: all.map(({ id }) => id),
  }));
}

export function roundTotals(all: readonly SettledPosition[]): RoundTotals {
  const positions = all.filter(isStanding);
  const sum = (amountOf: (bet: SettledPosition) => Minor) =>
    positions.reduce((total, bet) => total + amountOf(bet), 0n) as Minor;
  return {
    andarBets: sum(({ betSide, stake }) => (betSide === 'andar' ? stake : ZERO)),
    baharBets: sum(({ betSide, stake }) => (betSide === 'bahar' ? stake : ZERO)),
    bets: positions.length,
    betAmount: sum(({ stake }) => stake),
    payouts: sum(({ payout, outcome }) => (outcome === 'won' ? payout : ZERO)),
    refunds: sum(({ payout, outcome }) => (outcome === 'refunded' ? payout : ZERO)),
    players: new Set(positions.map(({ userId }) => userId)).size,
  };
}

function isStanding({ outcome }: SettledPosition): boolean {
  return outcome !== 'cancelled';
}
