import { type Minor, type Percentage, percentageOf, ZERO } from '../money.ts';
import type { Rank } from '../vip/store.ts';

/** A week, from Monday 00:00 UTC. */
export interface Period {
  /** Its first day, as 2026-07-06. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly beginsAt: number;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
/** The epoch began on a Thursday, the fourth day of its week. */
const EPOCH_WEEKDAY = 3;

/** The week that this time is in. */
export function periodOf(nowMs: number): Period {
  const day = Math.floor(nowMs / DAY_MS);
  const weekday = (((day + EPOCH_WEEKDAY) % DAYS) + DAYS) % DAYS;
  const beginsAt = (day - weekday) * DAY_MS;
  return { name: new Date(beginsAt).toISOString().slice(0, 10), beginsAt };
}

/** The last week that is over. */
export function endedPeriod(nowMs: number): Period {
  return periodOf(periodOf(nowMs).beginsAt - 1);
}

/** The highest rank that these points reach. The ranks are in order, the lowest begins at 0. */
export function rankOf(ranks: readonly Rank[], xp: number): Rank {
  const rank = ranks.findLast(({ xpFrom }) => xpFrom <= xp);
  if (rank === undefined) throw new RangeError('everybody has a rank');
  return rank;
}

/** What of a loss comes back at this rank, rounded down; nothing of a win. */
export function cashbackOf(loss: Minor, { cashback }: Pick<Rank, 'cashback'>): Minor {
  return loss > 0n ? percentageOf(loss, cashback as Percentage) : ZERO;
}
