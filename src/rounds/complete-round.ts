import type { Database } from '../../db/pool.ts';
import { revealSeed } from '../fairness/seed.ts';
import { displayOf } from '../games/andar-bahar/cards.ts';
import type { Deal, Outcome, Side } from '../games/andar-bahar/deal.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import { follow } from './followers.ts';
import type { LiveRound, RoundDeps } from './live-round.ts';
import { payPositions } from './payouts.ts';
import { type PlayerTotals, playerTotals } from './results.ts';
import { revealResult } from './store.ts';

/** What a round came to. Every payout in it is durable. */
export interface RoundResult {
  readonly roundId: RoundId;
  readonly tableId: TableId;
  readonly winner: Side;
  /** Everybody with a bet that was not undone. */
  readonly players: readonly PlayerTotals[];
}

/**
 * Tells players what a round came to; answers whom it has reached. The others hear it when they come back. What has to
 * be read for it is read from `database`, the rounds' own: payouts do not queue behind what players ask for.
 */
export type Tell = (result: RoundResult, database: Database) => Promise<ReadonlySet<UserId>>;

/** The result of a round whose last root is stored, made public: cards, winner and seed. */
export async function publishResult(deps: RoundDeps, live: LiveRound, deal: Deal, outcome: Outcome): Promise<void> {
  await revealResult(deps.database, {
    roundId: live.roundId,
    serverSeed: revealSeed(live.seed),
    andarCards: deal.andarCards.map(displayOf),
    baharCards: deal.baharCards.map(displayOf),
    winningSide: outcome.winner,
    cardsDealt: outcome.decidingCard,
  });
}

/**
 * Everything that follows a result, always in this order (S0-75): payouts, then the players hear of them, then
 * commissions, statistics and history. Each step may be repeated after a crash without effect (S1-25); the last marks
 * the round settled.
 */
export async function completeRound(
  deps: RoundDeps,
  live: LiveRound,
  outcome: Outcome,
  tell: Tell,
): Promise<RoundResult> {
  const positions = await payPositions(deps, live, outcome);
  const players = playerTotals(positions);
  const { roundId, tableId } = live;
  const betted = players.filter(({ result }) => result.result !== 'no_bet');
  const result = { roundId, tableId, winner: outcome.winner, players: betted };
  const told = await tell(result, deps.database);
  await follow(deps, live, { positions, players, told });
  return result;
}
