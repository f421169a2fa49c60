import type { Database } from '../db/pool.ts';
import { openAppPool, openWalletPool } from '../db/pool.ts';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import type { PasswordSettings } from './accounts/passwords.ts';
import { createRateLimits, type RateLimits } from './accounts/rate-limits.ts';
import type { User } from './accounts/store.ts';
import { Adjustments } from './adjustments/adjustments.ts';
import { Auditor } from './backoffice/auditor.ts';
import { type Backoffice, createBackoffice } from './backoffice/backoffice.ts';
import { writeLogHead } from './backoffice/log-heads.ts';
import { recordLateVoids } from './backoffice/voids.ts';
import { Bonuses } from './bonuses/bonuses.ts';
import { Cashier } from './cashier/cashier.ts';
import type { PaymentProvider } from './cashier/providers.ts';
import { SANDBOX, sandboxProvider } from './cashier/sandbox.ts';
import type { Method, TransactionId } from './cashier/transaction.ts';
import { Channels } from './channels.ts';
import type { Clock } from './clock.ts';
import type { Closing } from './closing.ts';
import type { Config } from './config.ts';
import { alreadyRunning } from './demo/running.ts';
import { sealingKey } from './fairness/sealed-seed.ts';
import { type Chore, keepHouse } from './housekeeping.ts';
import type { Logger } from './log.ts';
import { Lottery } from './lottery/lottery.ts';
import type { Feed } from './market/feed.ts';
import { Market } from './market/market.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { Partners } from './partners/partners.ts';
import { postbackKey } from './partners/postback.ts';
import { Postbacks } from './partners/postbacks.ts';
import { Protection } from './protection/protection.ts';
import { Desk } from './trading/desk.ts';
import { WalletActor } from './wallet/actor.ts';
import { writeHeads } from './wallet/chain-heads.ts';
import { acquireShard, type ShardOwnership } from './wallet/ownership.ts';

/** How much history a thief of the whole database could rewrite unnoticed. */
const HEADS_EVERY_MS = 60_000;
/** What a crash has cut off between a decision and its money waits no longer. */
const CASHIER_EVERY_MS = 60_000;
const BONUSES_EVERY_MS = 60_000;
const LOTTERY_EVERY_MS = 60_000;
const ADJUSTMENTS_EVERY_MS = 60_000;
const VOIDS_EVERY_MS = 60_000;
const DESK_EVERY_MS = 60_000;
/** Of the desk's own: prices and settlements do not wait behind what players look up elsewhere. */
const TRADING_CONNECTIONS = 4;
/** How late a partner's figures can be. */
const PARTNERS_COUNT_EVERY_MS = 2_000;
const PARTNERS_EVERY_MS = 60_000;
const POSTBACKS_EVERY_MS = 5_000;
/** How late the cashback of a week can be; what is lost in between is of that week still. */
const CASHBACK_EVERY_MS = 3_600_000;
const SESSIONS_EVERY_MS = 3_600_000;
/** Seeds of simulated prices are made days ahead. */
const MARKET_DAYS_EVERY_MS = 3_600_000;
const SESSIONS_KEPT_DAYS = 30;

/** Longer than a process that was stopped needs to end, and one that is frozen to be overruled. */
const DEMO_WAITS_MS = 10_000;

/** What there is once the books are open, before anybody can come in. */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
  readonly wallet: WalletActor;
  /** Whether this process still owns the shard that its wallet writes. */
  readonly ownership: Pick<ShardOwnership, 'stillOwner'>;
  readonly accounts: Accounts;
  readonly limits: RateLimits;
  readonly backoffice: Backoffice;
  readonly cashier: Cashier;
  readonly adjustments: Adjustments;
  readonly bonuses: Bonuses;
  readonly lottery: Lottery;
  /** Prices, once the server has started it. */
  readonly market: Market;
  readonly desk: Desk;
  readonly partners: Partners;
  readonly postbacks: Postbacks;
  readonly protection: Protection;
  /** Proves the books from their rows, beside everything else. */
  readonly auditor: Auditor;
  /** To people's own channels and to the back office, for whoever has something to tell them. */
  readonly channels: Channels;
  /** Null where nobody collects them. */
  readonly metrics: Metrics | null;
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
  /** Where prices come from, instead of what the configuration says: a test says its own. */
  readonly feed?: Feed;
  /** Cheaper passwords make quick tests. */
  readonly passwords?: Partial<PasswordSettings>;
}

/** A demo's data belongs to one process; elsewhere waiting is what a stand-by does (DESIGN 4). */
async function takeShard({ config, databaseUrl, log }: ServicesOptions): Promise<ShardOwnership> {
  const signal = config.demo ? AbortSignal.timeout(DEMO_WAITS_MS) : undefined;
  try {
    return await acquireShard({ databaseUrl, shard: 0, log, ...(signal && { signal }) });
  } catch (error) {
    if (error === signal?.reason) throw new Error(alreadyRunning(config.dataDir));
    throw error;
  }
}

/** Opens a migrated database's books; what it opens is closed by `closing`, in reverse. */
export async function openServices(options: ServicesOptions, closing: Closing): Promise<Services> {
  const { config, clock, log, databaseUrl, onFatal } = options;
  const database = await openAppPool(databaseUrl);
  closing.add('database', () => database.end());
  const ownership = await takeShard(options);
  closing.add('shard', () => ownership.release());
  const pool = await openWalletPool(databaseUrl);
  closing.add('wallet connection', () => pool.end());
  const metrics = config.metricsToken === undefined ? null : createMetrics(clock);
  closing.add('metrics', async () => metrics?.stop());
  const stillOwner = () => ownership.stillOwner();
  const wallet = await WalletActor.open({
    ...{ pool, clock, log, stillOwner, stakeOrder: config.stakeOrder },
    ...(metrics && { observer: metrics.wallet }),
    ...(onFatal && { onStopped: onFatal }),
  });
  metrics?.watchWallet(wallet);
  closing.add('wallet', () => wallet.close());
  const limits = createRateLimits({ enabled: config.rateLimits });
  const backoffice = createBackoffice({ database, clock, log });
  const auditor = new Auditor({ databaseUrl, dataDir: config.dataDir, secret: config.seedEncryptionKey });
  closing.add('auditor', () => auditor.stop());
  const channels = new Channels(log);
  const stopping = new AbortController();
  const parts = { clock, log, database, wallet, backoffice, channels };
  const { market, desk } = await openTrading({ ...parts, config, metrics }, options, closing);
  const bonuses = new Bonuses({ ...parts, giftBudget: config.secondApproverAbove, signal: stopping.signal });
  const { partners, postbacks, chores } = openPartners(config, parts, stopping.signal);
  const cashier = openCashier(config, { ...parts, bonuses, postbacks }, stopping.signal);
  const adjustments = new Adjustments({ ...parts, signal: stopping.signal });
  const accounts = openAccounts(options, { database, wallet, bonuses, postbacks });
  const protection = new Protection(parts);
  const lottery = new Lottery({
    ...{ ...parts, sealingKey: sealingKey(config.seedEncryptionKey) },
    signal: stopping.signal,
  });
  const heads = headWriter({ config, clock, log, database });
  const house = keepHouse({ clock, log }, [
    { name: 'cashier', everyMs: CASHIER_EVERY_MS, run: () => cashier.sweep() },
    { name: 'adjustments', everyMs: ADJUSTMENTS_EVERY_MS, run: () => adjustments.sweep() },
    { name: 'late voids', everyMs: VOIDS_EVERY_MS, run: () => recordLateVoids({ clock, database, backoffice }) },
    { name: 'bonuses', everyMs: BONUSES_EVERY_MS, run: () => bonuses.sweep() },
    { name: 'lottery', everyMs: LOTTERY_EVERY_MS, run: () => lottery.sweep() },
    { name: 'trading desk', everyMs: DESK_EVERY_MS, run: () => desk.sweep() },
    { name: 'cashback', everyMs: CASHBACK_EVERY_MS, run: () => bonuses.settleCashback() },
    { name: 'market days', everyMs: MARKET_DAYS_EVERY_MS, run: () => market.keepDays() },
    { name: 'chain heads', everyMs: HEADS_EVERY_MS, run: heads },
    { name: 'ended sessions', everyMs: SESSIONS_EVERY_MS, run: () => accounts.removeEndedSessions(SESSIONS_KEPT_DAYS) },
    ...chores,
  ]);
  closing.add('housekeeping', house);
  closing.add('cashier, bonuses, lottery, partners', async () => {
    stopping.abort();
    lottery.stop();
  });
  const open = { config, clock, log, database, wallet, ownership, accounts, limits };
  const services = { cashier, adjustments, bonuses, lottery, market, desk, protection, partners, postbacks };
  return { ...open, ...services, backoffice, auditor, channels, metrics };
}

function openAccounts(
  { config, clock, log, onRegistered, passwords }: ServicesOptions,
  { database, wallet, bonuses, postbacks }: Pick<Services, 'database' | 'wallet' | 'bonuses' | 'postbacks'>,
): Accounts {
  return createAccounts({
    ...{ database, config, clock, log },
    ...(passwords && { passwords }),
    onRegistered: async (user: User) => {
      await onRegistered?.(user, { wallet, clock });
      await bonuses.signedUp(user);
      await postbacks.registered(user);
    },
  });
}

type TradingParts = Pick<Services, 'config' | 'clock' | 'log' | 'wallet' | 'channels' | 'metrics'>;

/** Nothing is traded any more when the market closes, and no price comes any more when the desk does. */
async function openTrading({ config, metrics, ...parts }: TradingParts, options: ServicesOptions, closing: Closing) {
  const { databaseUrl, feed = config.market } = options;
  const { clock, log } = parts;
  const database = await openAppPool(databaseUrl, { maxPoolSize: TRADING_CONNECTIONS });
  closing.add('trading connections', () => database.end());
  const key = sealingKey(config.seedEncryptionKey);
  const market = await Market.open({ clock, log, database, feed, sealingKey: key });
  closing.add(
    'market',
    () => market.stop(),
    undefined,
    () => market.abandon(),
  );
  const giveUp = new AbortController();
  const desk = await Desk.open({ ...parts, database, market, signal: giveUp.signal });
  closing.add(
    'trading desk',
    () => desk.stop(),
    undefined,
    () => giveUp.abort(),
  );
  metrics?.watchMarket(market);
  return { market, desk };
}

type Parts = Pick<Services, 'clock' | 'log' | 'database' | 'wallet' | 'backoffice' | 'channels'>;

function openPartners(config: Config, parts: Parts, signal: AbortSignal) {
  const { clock, log, database } = parts;
  const { demo, seedEncryptionKey } = config;
  const partners = new Partners({ ...parts, signal });
  const postbacks = new Postbacks({ clock, log, database, demo, signal, key: postbackKey(seedEncryptionKey) });
  const chores: readonly Chore[] = [
    { name: 'partners', everyMs: PARTNERS_EVERY_MS, run: () => partners.sweep() },
    { name: 'counting for partners', everyMs: PARTNERS_COUNT_EVERY_MS, run: () => partners.count() },
    { name: 'postbacks', everyMs: PARTNERS_EVERY_MS, run: () => postbacks.sweep() },
    { name: 'delivery of postbacks', everyMs: POSTBACKS_EVERY_MS, run: () => postbacks.deliver() },
  ];
  return { partners, postbacks, chores };
}

type CashierParts = Parts & Pick<Services, 'bonuses' | 'postbacks'>;

function openCashier(config: Config, { bonuses, postbacks, ...parts }: CashierParts, signal: AbortSignal): Cashier {
  const { sandboxWebhookSecret: secret, secondApproverAbove, withdrawalWithBonus, depositWagering } = config;
  const providers = new Map<Method, PaymentProvider>();
  if (secret !== undefined) providers.set(SANDBOX, sandboxProvider(secret));
  const rules = { secondApproverAbove, withdrawalWithBonus, depositWagering };
  const onCredited = async (id: TransactionId) => {
    await bonuses.credited(id);
    await postbacks.credited(id);
  };
  return new Cashier({ ...parts, ...rules, providers, onCredited, signal });
}

/** The heads of both chains, the ledger's and the audit log's, to their files. */
function headWriter({ config, clock, log, database }: Pick<Services, 'config' | 'clock' | 'log' | 'database'>) {
  const { dataDir, seedEncryptionKey: secret } = config;
  const known = new Map<number, bigint>();
  let line = 0;
  return async () => {
    const now = clock.now();
    await writeHeads(database, { dataDir, secret, log, now, known });
    line = await writeLogHead(database, { dataDir, secret, now, known: line });
  };
}
