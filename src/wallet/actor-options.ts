import type { DatabasePool } from 'slonik';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { StakeOrder } from './bonus.ts';
import { NO_OBSERVER, type WalletObserver } from './observer.ts';

export interface WalletActorOptions {
  readonly pool: DatabasePool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shard?: number;
  /** Which money is staked first: the player's own, unless said otherwise (DESIGN 7). */
  readonly stakeOrder?: StakeOrder;
  /** Commands and closings per batch. */
  readonly batchMax?: number;
  /** Commands waiting beyond the batch under construction. */
  readonly mailboxMax?: number;
  /** The share of the mailbox that one origin may fill. */
  readonly mailboxMaxPerOrigin?: number;
  /** Answers kept in memory, per generation; at least two batches of them. */
  readonly remembered?: number;
  /** Wallets kept in memory. */
  readonly walletsMax?: number;
  /** How long callers wait for a database that is away, or hangs, before they hear UNKNOWN_OUTCOME or BUSY. */
  readonly patienceMs?: number;
  /** Must hold before the shard is taken over again; false when somebody else has it. */
  readonly stillOwner?: () => Promise<boolean>;
  /** Told what is durable, once a batch, before the callers are. */
  readonly observer?: WalletObserver;
  /** The actor has ended itself: fenced off, or the books are not what it knows. The process should end too. */
  readonly onStopped?: (error: Error) => void;
}

/** The options with nothing left open. */
export type WalletActorSettings = Required<Omit<WalletActorOptions, 'stillOwner' | 'onStopped'>> & WalletActorOptions;

/** Fills in what was left open. */
export function settingsOf(options: WalletActorOptions): WalletActorSettings {
  const { batchMax = 2_000, mailboxMax = 20_000, remembered = 200_000 } = options;
  return {
    shard: 0,
    stakeOrder: 'real-first',
    batchMax,
    mailboxMax,
    mailboxMaxPerOrigin: Math.ceil(mailboxMax / 10),
    walletsMax: 500_000,
    patienceMs: 5_000,
    observer: NO_OBSERVER,
    ...options,
    // An answer just looked up must still be in memory when its command's turn comes.
    remembered: Math.max(remembered, 2 * batchMax),
  };
}
