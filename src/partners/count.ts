import type { Database } from '../../db/pool.ts';
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
 * Counts what the ledger has closed since the last time, of every game there is, for the partners of the players whose
 * it was. A page of batches is one transaction with the cursor, so each position counts exactly once, whoever else
 * counts and wherever it is stopped. Answers whose figures have changed.
 */
export async function countClosed(database: Database, signal: AbortSignal): Promise<readonly Counted[]> {
  const changed = new Map<PartnerId, Counted>();
  while (!signal.aborted) {
    const page = await database.transaction(async (tx) => {
      const { counted, last } = await lockCursor(tx);
      if (last <= counted) return null;
      const partners = await hasPartners(tx);
      // Without partners nothing is counted for anybody: whoever becomes one begins behind the cursor.
      const upTo = partners ? Math.min(last, counted + BATCHES_AT_ONCE) : last;
      if (partners) await pinPlans(tx);
      const found = partners ? await countBatches(tx, { after: counted, upTo }) : [];
      await moveCursor(tx, upTo);
      return found;
    });
    if (page === null) break;
    for (const one of page) changed.set(one.partnerId, one);
  }
  return [...changed.values()];
}
