import type { Database } from '../../db/pool.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { User } from '../accounts/store.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { UserId } from '../ids.ts';
import type { Logger } from '../log.ts';
import type { Lottery } from '../lottery/lottery.ts';
import { ensureDemoAccounts } from './accounts.ts';
import { banner, localUrl } from './banner.ts';
import type { BotAccounts } from './bot-session.ts';
import { startBots } from './bots.ts';
import { ensureDemoCampaigns } from './campaigns.ts';
import { creditBot, creditWelcome, type DemoWallet } from './credits.ts';
import { ensureDemoPhase } from './lottery.ts';
import { DEMO_TABLES, ensureDemoTables } from './tables.ts';

/** The parts of a server that its demo stands on. */
export interface DemoServices {
  readonly config: Pick<Config, 'demoBots' | 'host' | 'drawSchedule'>;
  readonly database: Database;
  readonly wallet: DemoWallet;
  readonly accounts: Pick<Accounts, 'create'> & BotAccounts;
  readonly lottery: Pick<Lottery, 'create'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RunningDemo {
  /** Tells a newcomer where everything is: plain text, to be shown as it is. */
  readonly banner: string;
  /** The bots leave. Before the server stops. */
  stop(): Promise<void>;
}

/**
 * What a demo has before its rooms open (DESIGN 8): tables, people, campaigns, a phase of the lottery. Idempotent,
 * every start calls it.
 */
export async function prepareDemo(services: DemoServices): Promise<void> {
  await ensureDemoTables(services.database, services.clock);
  await ensureDemoAccounts(services);
  await ensureDemoCampaigns(services.database, services.clock);
  await ensureDemoPhase(services);
}

/** The opening credit of somebody who has just registered. */
export function welcome(user: User, { wallet, clock }: Pick<DemoServices, 'wallet' | 'clock'>): Promise<void> {
  return creditWelcome(wallet, clock, user.id);
}

/** Once the server listens: the bots come. */
export function runDemo(services: DemoServices & { readonly port: number }): RunningDemo {
  const { config, wallet, accounts, clock, log, port } = services;
  const url = localUrl(config.host, port);
  const tableIds = DEMO_TABLES.map(({ tableId }) => tableId);
  const onBroke = (userId: UserId) => creditBot(wallet, clock, userId);
  const bots = startBots({ url, tableIds, count: config.demoBots, accounts, log, onBroke });
  return { banner: banner({ url, tables: DEMO_TABLES, bots: config.demoBots }), stop: bots.stop };
}
