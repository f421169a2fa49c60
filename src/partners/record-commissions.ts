import type { Queries } from '../../db/pool.ts';
import { type RoundId, type TableId, uuid7 } from '../ids.ts';
import type { SettledPosition } from '../rounds/results.ts';
import { earningsOf, isProfitable, takingsByPartner } from './commission.ts';
import { insertEarnings, lockTerms, referrals } from './store.ts';

/**
 * Writes down what a round earns the partners (S0-45, S0-52 … S0-61): a row for each from whose players the house took
 * something, and the same amount onto the partner's totals. No money moves. Once per round: the caller's transaction
 * sees to it.
 */
export async function recordCommissions(
  queries: Queries,
  round: { readonly roundId: RoundId; readonly tableId: TableId; readonly endedAt: Date },
  positions: readonly SettledPosition[],
): Promise<void> {
  const players = [...new Set(positions.map(({ userId }) => userId))];
  const takings = takingsByPartner(positions, await referrals(queries, players)).filter(isProfitable);
  if (takings.length === 0) return;
  const terms = await lockTerms(
    queries,
    takings.map(({ partnerId }) => partnerId),
    round.endedAt,
  );
  const earnings = takings.flatMap((taken) => {
    const agreed = terms.get(taken.partnerId);
    if (agreed === undefined) return [];
    return [{ ...earningsOf(taken, agreed), id: uuid7<string>(round.endedAt.getTime()) }];
  });
  await insertEarnings(queries, round, earnings);
}
