import { type PlayerResult, playerResult } from '../games/andar-bahar/result.ts';
import type { UserId } from '../ids.ts';
import { type Minor, ZERO } from '../money.ts';
import type { PositionId } from '../wallet/command.ts';
import type { SettledPosition } from './payouts.ts';
import type { RoundTotals } from './store.ts';

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
