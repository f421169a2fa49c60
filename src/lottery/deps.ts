import { createHash } from 'node:crypto';
import type { Database } from '../../db/pool.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import type { SealingKey } from '../fairness/sealed-seed.ts';
import type { RandomBytes } from '../fairness/seed.ts';
import { deterministicKey, type Key } from '../ids.ts';
import type { Logger } from '../log.ts';
import type { Wallet } from '../rounds/insist.ts';
import type { WalletActor } from '../wallet/actor.ts';
import type { PhaseRow } from './phase-row.ts';

/** What driving the lottery takes. */
export interface LotteryDeps {
  readonly database: Database;
  readonly wallet: Wallet & Pick<WalletActor, 'totalsOn'>;
  readonly backoffice: Pick<Backoffice, 'act' | 'record'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly channels: Channels;
  readonly sealingKey: SealingKey;
  /** Aborted when the process stops: what is not finished then is finished by the next. */
  readonly signal: AbortSignal;
  /** Where seeds come from: the operating system's generator; something fixed in a test. */
  readonly randomBytes?: RandomBytes;
}

/** What the ledger calls it: all phases share one house and one escrow. */
export const LOTTERY = 'lottery';

/** How long one step waits for the wallet; the next sweep goes on. */
const PATIENCE_MS = 3_000;

export function patience({ signal }: Pick<LotteryDeps, 'signal'>): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * The key of a command of a phase's life. The epoch is part of it, because the refusal that a fenced process collects
 * is durable too: under the same key its successor would inherit it.
 */
export function phaseKey({ id }: Pick<PhaseRow, 'id'>, epoch: number, ...parts: readonly (string | number)[]): Key {
  return deterministicKey('lottery', id, epoch, ...parts);
}
