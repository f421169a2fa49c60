import type { PlayerResult } from '../src/games/andar-bahar/result.ts';
import type { RoundId } from '../src/ids.ts';
import { toWire } from '../src/money.ts';
import { newBalanceOf } from '../src/rounds/wire-bet.ts';
import type { Balance } from '../src/wallet/command.ts';

/** `game_complete`: what a round came to for one player (S1-13). */
export function gameComplete(
  { roundId, winner }: { readonly roundId: RoundId; readonly winner: string },
  { amount, totalBet, netProfit, result }: PlayerResult,
  balance: Balance | undefined,
) {
  const userPayout = {
    amount: toWire(amount),
    totalBet: toWire(totalBet),
    netProfit: toWire(netProfit),
    result,
  };
  return { roundId, winner, userPayout, ...newBalanceOf(balance) };
}

/** `payout`: what has come back, gross. */
export function payoutMessage({ amount }: PlayerResult, balance: Balance) {
  return { amount: toWire(amount), ...newBalanceOf(balance) };
}
