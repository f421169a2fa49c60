import { type PlayerResult, playerResult } from '../games/andar-bahar/result.ts';
import type { UserId } from '../ids.ts';
import { type Minor, ZERO } from '../money.ts';
import type { SettledPosition } from './payouts.ts';
import type { RoundTotals } from './store.ts';

export interface PlayerTotals {
  readonly userId: UserId;
  readonly result: PlayerResult;
}

/** One result per player, however many bets they had (S1-31). */
export function playerTotals(positions: readonly SettledPosition[]): readonly PlayerTotals[] {
  const byPlayer = Map.groupBy(positions, ({ userId }) => userId);
  return [...byPlayer].map(([userId, bets]) => ({ userId, result: playerResult(bets) }));
}

export function roundTotals(positions: readonly SettledPosition[], players: number): RoundTotals {
  const sum = (amountOf: (bet: SettledPosition) => Minor) =>
    positions.reduce((total, bet) => total + amountOf(bet), 0n) as Minor;
  return {
    andarBets: sum(({ betSide, stake }) => (betSide === 'andar' ? stake : ZERO)),
    baharBets: sum(({ betSide, stake }) => (betSide === 'bahar' ? stake : ZERO)),
    bets: positions.length,
    betAmount: sum(({ stake }) => stake),
    payouts: sum(({ payout, outcome }) => (outcome === 'won' ? payout : ZERO)),
    refunds: sum(({ payout, outcome }) => (outcome === 'refunded' ? payout : ZERO)),
    players,
  };
}
