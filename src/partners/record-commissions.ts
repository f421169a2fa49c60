import type { Queries } from '../../db/pool.ts';
import { type RoundId, type TableId, uuid7 } from '../ids.ts';
import { INR, toWire } from '../money.ts';
import type { SettledPosition } from '../rounds/results.ts';
import { type Earnings, earningsOf, isProfitable, takingsByPartner } from './commission.ts';
import { type Postback, postback } from './postback.ts';
import { enqueue, listening } from './postback-store.ts';
import { insertEarnings, lockTerms, referrals } from './store.ts';
import { percentOnWire } from './wire-report.ts';

interface EndedRound {
  readonly roundId: RoundId;
  readonly tableId: TableId;
  readonly endedAt: Date;
}

/**
 * Writes down what a round earns the partners (S0-45, S0-52 … S0-61): a row for each from whose players the house took
 * something, and the same amount onto the partner's totals. No money moves. Once per round: the caller's transaction
 * sees to it.
 */
export async function recordCommissions(
  queries: Queries,
  round: EndedRound,
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
  const told = await listening(
    queries,
    earnings.map(({ partnerId }) => partnerId),
  );
  // Who was suspended is active again at once, and earns from the next quarter of an hour on.
  const toTell = earnings.filter(({ partnerId, commissionRate }) => told.has(partnerId) && commissionRate > 0);
  await enqueue(
    queries,
    toTell.map((row) => commissionTold(row, round)),
  );
}

/** What the partner sees of it, and no more. */
function commissionTold(row: Earnings & { readonly id: string }, { roundId, tableId, endedAt }: EndedRound): Postback {
  const data = {
    ...{ kind: 'round', roundId, game: tableId, currency: INR },
    ...{ bets: toWire(row.shownTotalBets), payouts: toWire(row.shownTotalPayouts), ggr: toWire(row.shownProfit) },
    sharePercentage: percentOnWire(row.sharePercentage),
    commissionRate: percentOnWire(row.commissionRate),
    earned: toWire(row.earnedAmount),
  };
  return postback(row.partnerId, 'commission', row.id, data, endedAt);
}
