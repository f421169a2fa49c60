import type { Queries } from '../../db/pool.ts';
import type { RoundId, TableId } from '../ids.ts';
import { ZERO } from '../money.ts';
import { roundTotals, type SettledPosition } from '../rounds/results.ts';
import type { BookId } from '../wallet/command.ts';
import { addMissingUsers, addToMonth, lockUserStatistics, updateUserStatistics } from './store.ts';
import { countBets } from './user-statistics.ts';

/**
 * Counts a settled round: its bets for their players, in the order they were placed (S0-43, S0-44, S0-74), and its sums
 * for its table's month (S0-70). Once per round: the caller's transaction sees to it.
 */
export async function recordStatistics(
  queries: Queries,
  round: { readonly roundId: RoundId; readonly tableId: TableId; readonly book: BookId; readonly endedAt: Date },
  positions: readonly SettledPosition[],
): Promise<void> {
  await recordPlayers(queries, round, positions);
  const { bets, players, betAmount, payouts, refunds } = roundTotals(positions);
  const delta = { rounds: 1, voidedRounds: 0, bets, players, wagered: betAmount, payouts, refunds };
  await addToMonth(queries, round.tableId, round.endedAt, delta);
}

/** Counts a round that was voided at `at`: one of its table's month that came to nothing. Its bets were none. */
export async function countVoidedRound(queries: Queries, tableId: TableId, at: Date): Promise<void> {
  const nothing = { rounds: 0, bets: 0, players: 0, wagered: ZERO, payouts: ZERO, refunds: ZERO };
  await addToMonth(queries, tableId, at, { ...nothing, voidedRounds: 1 });
}

async function recordPlayers(
  queries: Queries,
  { book, endedAt }: { readonly book: BookId; readonly endedAt: Date },
  positions: readonly SettledPosition[],
): Promise<void> {
  const standing = positions.filter(({ outcome }) => outcome !== 'cancelled').sort((one, other) => one.id - other.id);
  const byUser = Map.groupBy(standing, ({ userId }) => userId);
  if (byUser.size === 0) return;
  const users = [...byUser.keys()];
  await addMissingUsers(queries, users, endedAt);
  const rows = (await lockUserStatistics(queries, users)).flatMap(({ userId, ...before }) => {
    const bets = byUser.get(userId) ?? [];
    const last = bets.at(-1);
    return last === undefined ? [] : [{ userId, ...countBets(before, bets), lastBet: last.id }];
  });
  await updateUserStatistics(queries, book, rows);
}
