import type { Batch } from './batch.ts';
import { count, type HourSums } from './limits.ts';
import type { Wallet } from './state.ts';
import type { Writing } from './write-move.ts';

/** Counts towards the player's limits, set or not: one that is set later looks back. */
export function countHour({ state, batch }: Writing, wallet: Wallet, more: Partial<HourSums>): void {
  writeHour(batch, wallet, count(wallet, state.now, more));
}

/** An hour that is over with what was just counted, if there is one. */
export function writeHour(batch: Batch, wallet: Wallet, over: ReturnType<typeof count>): void {
  if (over === null) return;
  const to = batch.hours;
  to.wallet.integer(wallet.id);
  to.hour.integer(over.hour);
  to.wagered.bigint(over.sums.wagered);
  to.lost.bigint(over.sums.lost);
  to.deposited.bigint(over.sums.deposited);
}
