import { type Minor, ZERO } from '../../money.ts';

export type ResultClass = 'no_bet' | 'refund' | 'mixed' | 'win' | 'loss';

/** A settled bet, as far as the player's result depends on it. Undone and cancelled bets are not among them. */
export interface SettledBet {
  readonly betSide: string;
  readonly stake: Minor;
  readonly payout: Minor;
}

/** What `game_complete` tells a player of a round (S1-16). `amount` is what came back, gross. */
export interface PlayerResult {
  readonly amount: Minor;
  readonly totalBet: Minor;
  /** amount − totalBet; negative on a loss. */
  readonly netProfit: Minor;
  readonly result: ResultClass;
}

/** Sums one player's bets of one round and names the result (S1-30, DOMAIN 1.3). */
export function playerResult(bets: readonly SettledBet[]): PlayerResult {
  const amount = bets.reduce((sum, bet) => sum + bet.payout, 0n) as Minor;
  const totalBet = bets.reduce((sum, bet) => sum + bet.stake, 0n) as Minor;
  const betSides = new Set(bets.map((bet) => bet.betSide)).size;
  return { amount, totalBet, netProfit: (amount - totalBet) as Minor, result: classify(amount, totalBet, betSides) };
}

/** The first that fits: nothing staked; just the stake came back; several sides were bet on; more or less came back. */
function classify(amount: Minor, totalBet: Minor, betSides: number): ResultClass {
  if (totalBet === ZERO) return 'no_bet';
  if (amount === totalBet) return 'refund';
  if (betSides > 1) return 'mixed';
  return amount > totalBet ? 'win' : 'loss';
}
