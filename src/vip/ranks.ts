import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { enabledCampaigns, lockCampaigns, recordCashbackTerms } from '../bonuses/campaign-store.ts';
import type { UserId } from '../ids.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { allRanks, insertRanks, lockRanks, type Rank, removeRanks } from './store.ts';

interface By {
  readonly by: UserId;
  readonly now: Date;
  readonly reason: string;
}

/**
 * Replaces the whole list of ranks; it counts at once, for everybody. INVALID_REQUEST unless the levels are 0, 1, 2 …
 * in this order, the points start at 0 and rise with every level, and no two have the same name; ALREADY_DECIDED where
 * the list is like that already.
 *
 * What cashback comes to is read off the ranks, so all but their names are terms of it: NOT_OPEN while a cashback
 * campaign is on. Who changes them has set the terms of all of those, and another person turns one on.
 */
export async function replaceRanks(
  tx: Queries,
  ranks: readonly Rank[],
  { by, now, reason }: By,
): Promise<Done<readonly Rank[]> | Refusal> {
  const refusal = problemOf(ranks);
  if (refusal) return refusal;
  await lockRanks(tx);
  const before = await allRanks(tx);
  if (JSON.stringify(before) === JSON.stringify(inOrder(ranks))) {
    return refuse('ALREADY_DECIDED', 'The ranks are like that already.');
  }
  if (JSON.stringify(before.map(termsOf)) !== JSON.stringify(ranks.map(termsOf))) {
    await lockCampaigns(tx);
    if ((await enabledCampaigns(tx, ['CASHBACK'])).length > 0) return refuse('NOT_OPEN', CASHBACK_IS_ON);
    await recordCashbackTerms(tx, by, now);
  }
  await removeRanks(tx);
  await insertRanks(tx, ranks);
  const after = await allRanks(tx);
  return { answer: after, entry: { action: 'vip.ranks', target: 'vip:ranks', before, after, reason } };
}

const CASHBACK_IS_ON = 'A cashback campaign pays by these ranks. Turn it off first; another person turns it on again.';

/** What money follows from. */
function termsOf({ xpFrom, cashback }: Rank) {
  return { xpFrom, cashback };
}

function problemOf(ranks: readonly Rank[]): Refusal | null {
  for (const [index, { level, name, xpFrom }] of ranks.entries()) {
    const previous = ranks[index - 1];
    if (level !== index) return wrong(index, 'level', 'levels follow each other, from 0');
    if (previous === undefined && xpFrom !== 0) return wrong(index, 'xpFrom', 'the first rank begins at 0');
    if (previous && xpFrom <= previous.xpFrom) return wrong(index, 'xpFrom', 'must be above that of the level before');
    if (ranks.slice(0, index).some((other) => other.name === name)) return wrong(index, 'name', 'is taken');
  }
  return ranks.length > 0 ? null : refuse('INVALID_REQUEST', 'Everybody needs a rank.');
}

function wrong(index: number, field: keyof Rank, message: string): Refusal {
  return refuse('INVALID_REQUEST', undefined, [{ path: `ranks.${index}.${field}`, message }]);
}

/** With its fields as the database has them, so that two lists can be compared. */
function inOrder(ranks: readonly Rank[]): readonly Rank[] {
  return ranks.map(({ level, name, xpFrom, cashback }) => ({ level, name, xpFrom, cashback }));
}
