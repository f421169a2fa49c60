import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { Ledger, type LedgerOptions } from './ledger.ts';
import { FencedError } from './store.ts';

const RETRY_DELAY_MS = 100;

/** SQLSTATE class 22 or 23: certainly rolled back, and a row is to blame. Anything else leaves the outcome open. */
export function isDataError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^2[23]/.test(code) || isDataError(error.cause);
}

interface Surroundings {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stillOwner?: () => Promise<boolean>;
}

/** Takes the shard over anew, however long the database is away. An Error as value: it has another owner, or we close. */
export async function reopenLedger(
  ledgerOptions: LedgerOptions,
  { clock, log, stillOwner }: Surroundings,
  isClosing: () => boolean,
): Promise<Ledger | Error> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (stillOwner !== undefined && !(await stillOwner())) return new FencedError('the shard has another owner');
      return await Ledger.open(ledgerOptions);
    } catch (error) {
      if (isClosing()) return new Error('closed while the database was away', { cause: error });
      log.warn({ err: error, attempt }, 'the database is away');
      await new Promise<void>((resolve) => clock.after(RETRY_DELAY_MS, resolve));
    }
  }
}
