import type { Database } from '../../db/pool.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Market } from '../market/market.ts';
import type { Wallet } from '../rounds/insist.ts';

/** The part of the market that trading stands on. */
export type DeskMarket = Pick<
  Market,
  'symbols' | 'feedId' | 'onTicks' | 'lastTick' | 'ticksSince' | 'completeThrough' | 'sealThrough' | 'delayMs'
>;

/** What running a desk takes. */
export interface DeskDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly market: DeskMarket;
  readonly clock: Clock;
  readonly log: Logger;
  readonly channels: Channels;
  /** Aborted when the process stops: what is not finished then is finished by the next. */
  readonly signal: AbortSignal;
}

/** How long a request waits for the wallet; the next sweep goes on. */
const PATIENCE_MS = 3_000;

export function patience({ signal }: Pick<DeskDeps, 'signal'>): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
}
