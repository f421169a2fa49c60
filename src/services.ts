import type { Database } from '../db/pool.ts';
import { openAppPool, openWalletPool } from '../db/pool.ts';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import type { PasswordSettings } from './accounts/passwords.ts';
import { createRateLimits, type RateLimits } from './accounts/rate-limits.ts';
import type { User } from './accounts/store.ts';
import type { Clock } from './clock.ts';
import type { Closing } from './closing.ts';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import { WalletActor } from './wallet/actor.ts';

/** What there is once the books are open, before anybody can come in. */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
  readonly wallet: WalletActor;
  readonly accounts: Accounts;
  readonly limits: RateLimits;
}

export interface ServicesOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly databaseUrl: string;
  /** Awaited between a registration's commit and its answer. */
  readonly onRegistered?: (user: User, services: Pick<Services, 'wallet' | 'clock'>) => Promise<void>;
  /** The wallet has stopped itself: nothing works any more, the process should end. */
  readonly onFatal?: (error: Error) => void;
  /** Cheaper passwords make quick tests. */
  readonly passwords?: Partial<PasswordSettings>;
}

/** Opens a migrated database's books; what it opens is closed by `closing`, in reverse. */
export async function openServices(options: ServicesOptions, closing: Closing): Promise<Services> {
  const { config, clock, log, databaseUrl, onRegistered, passwords, onFatal } = options;
  const database = await openAppPool(databaseUrl);
  closing.add('database', () => database.end());
  // The one place where this process becomes the owner of its shard (DESIGN 4): the advisory lock belongs here.
  const pool = await openWalletPool(databaseUrl);
  closing.add('wallet connection', () => pool.end());
  const wallet = await WalletActor.open({ pool, clock, log, ...(onFatal && { onStopped: onFatal }) });
  closing.add('wallet', () => wallet.close());
  const accounts = createAccounts({
    ...{ database, config, clock, log },
    ...(passwords && { passwords }),
    ...(onRegistered && { onRegistered: (user: User) => onRegistered(user, { wallet, clock }) }),
  });
  const limits = createRateLimits({ enabled: config.rateLimits });
  return { config, clock, log, database, wallet, accounts, limits };
}
