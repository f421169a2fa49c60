import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { recordCommissions } from '../partners/record-commissions.ts';
import { recordStatistics } from '../statistics/record-statistics.ts';
import { advanceCursor, endRound, insertRoundPlayers } from './history-store.ts';
import type { LiveRound, RoundDeps } from './live-round.ts';
import { type PlayerTotals, roundTotals, type SettledPosition } from './results.ts';

/** A round that is paid: what everything that follows is made from. */
export interface Completion {
  readonly positions: readonly SettledPosition[];
  readonly players: readonly PlayerTotals[];
  /** Who has heard of the result. */
  readonly told: ReadonlySet<UserId>;
}

type EndedRound = LiveRound & { readonly endedAt: Date };
type Follower = (queries: Queries, round: EndedRound, completion: Completion) => Promise<void>;

/** Commissions, statistics, history, in this order (S0-75). A round's cursor counts them: only ever add at the end. */
const FOLLOWERS: readonly Follower[] = [
  (queries, round, { positions }) => recordCommissions(queries, round, positions),
  (queries, round, { positions }) => recordStatistics(queries, round, positions),
  recordHistory,
];

/**
 * What follows the payouts, each step exactly once: its transaction first moves the round's cursor on to it. When the
 * cursor is there already, or somebody else just moves it, the step is done and nothing is written. So it may be
 * stopped anywhere, be repeated, and be run by two at once.
 */
export async function follow(deps: RoundDeps, live: LiveRound, completion: Completion): Promise<void> {
  for (const [index, follower] of FOLLOWERS.entries()) {
    const now = new Date(deps.clock.now());
    await deps.database.transaction(async (queries) => {
      const endedAt = await advanceCursor(queries, live.roundId, index + 1, now);
      if (endedAt !== null) await follower(queries, { ...live, endedAt }, completion);
    });
  }
}

/** The round as its players and its table remember it; marks it settled (S0-69). */
async function recordHistory(queries: Queries, round: EndedRound, completion: Completion): Promise<void> {
  const { positions, players, told } = completion;
  const rows = players.map((player) => {
    const heard = told.has(player.userId) || player.result.result === 'no_bet';
    return { ...player, deliveredAt: heard ? round.endedAt : null };
  });
  await insertRoundPlayers(queries, round, rows);
  await endRound(queries, round.roundId, roundTotals(positions));
}
