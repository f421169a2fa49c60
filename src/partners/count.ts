import type { Database, Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { PartnerId } from './commission.ts';
import { countBatches, hasPartners, lockCursor, moveCursor, pinPlans } from './count-store.ts';

/** Of the ledger, in one transaction: with 2,000 closings in each it is over in a few seconds. */
const BATCHES_AT_ONCE = 50;

export interface Counted {
  readonly partnerId: PartnerId;
  readonly userId: UserId;
}

/**
 * Counts what the ledger has closed since the last time and until now, of every game there is, for the partners of the
 * players whose it was. A page of batches is one transaction with the cursor, so each position counts exactly once,
 * whoever else counts and wherever it is stopped. Answers whose figures have changed.
 */
export async function countClosed(database: Database, signal: AbortSignal): Promise<readonly Counted[]> {
  const changed = new Map<PartnerId, Counted>();
  // What comes meanwhile is for the next time: where bets never cease there would be no end.
  let end: number | null = null;
  while (!signal.aborted) {
    const page: Page = await database.transaction((tx) => countPage(tx, end));
    for (const one of page.changed) changed.set(one.partnerId, one);
    end = page.end;
    if (page.counted >= end) break;
  }
  return [...changed.values()];
}

interface Page {
  readonly changed: readonly Counted[];
  readonly counted: number;
  readonly end: number;
}

async function countPage(tx: Queries, until: number | null): Promise<Page> {
  const { counted, last } = await lockCursor(tx);
  const end = until ?? last;
  if (counted >= end) return { changed: [], counted, end };
  const partners = await hasPartners(tx);
  // Without partners nothing is counted for anybody: whoever becomes one begins behind the cursor.
  const upTo = partners ? Math.min(end, counted + BATCHES_AT_ONCE) : end;
  if (partners) await pinPlans(tx);
  const changed = partners ? await countBatches(tx, { after: counted, upTo }) : [];
  await moveCursor(tx, upTo);
  return { changed, counted: upTo, end };
}
