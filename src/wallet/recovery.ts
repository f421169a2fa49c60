import type { WalletActorSettings } from './actor-options.ts';
import { type ChainHead, Ledger } from './ledger.ts';
import { FencedError } from './store.ts';

/** Recoveries in a row without one batch written: then it is no passing fault. */
export const RECOVERIES_MAX = 50;

/** A command that the database refuses by itself, found by halving the batch it was in. A bug, with its cause. */
export class QuarantinedError extends Error {
  override readonly name = 'QuarantinedError';
}

const RETRY_DELAY_MS = 100;

/** SQLSTATE class 22 or 23: certainly rolled back, and a row is to blame. Anything else leaves the outcome open. */
export function isDataError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^2[23]/.test(code) || isDataError(error.cause);
}

export interface Reopened {
  readonly ledger: Ledger;
  /** True when the batch in doubt is durable. */
  readonly committed: boolean;
}

/**
 * Takes the shard over anew, however long the database is away, and looks up the batch whose outcome is in doubt. An
 * Error as value: the shard has another owner, or nobody waits for it any more.
 */
export async function reopenLedger(
  settings: WalletActorSettings,
  inDoubt: ChainHead | null,
  isOver: () => boolean,
): Promise<Reopened | Error> {
  const { clock, log, stillOwner } = settings;
  for (let attempt = 1; ; attempt++) {
    try {
      if (stillOwner !== undefined && !(await stillOwner())) return new FencedError('the shard has another owner');
      const ledger = await Ledger.open(settings);
      return { ledger, committed: inDoubt !== null && (await ledger.holds(inDoubt)) };
    } catch (error) {
      if (isOver()) return new Error('closed while the database was away', { cause: error });
      log.warn({ err: error, attempt }, 'the database is away');
      await new Promise<void>((resolve) => clock.after(RETRY_DELAY_MS, resolve));
      if (isOver()) return new Error('closed while the database was away', { cause: error });
    }
  }
}
