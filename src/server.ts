import type { Router } from 'express';
import { migrate } from '../db/migrate.ts';
import { openAppPool } from '../db/pool.ts';
import { Closing } from './closing.ts';
import { type Edge, openEdge } from './edge.ts';
import { sealingKey } from './fairness/sealed-seed.ts';
import { PAY_TABLES } from './games/andar-bahar/pay-tables.ts';
import { assertSound } from './games/andar-bahar/soundness.ts';
import type { TableId } from './ids.ts';
import type { RoundDeps } from './rounds/live-round.ts';
import { resumeRounds } from './rounds/resume-rounds.ts';
import type { Table } from './rounds/table.ts';
import { Tables } from './rounds/tables.ts';
import { openServices, type Services, type ServicesOptions } from './services.ts';

export interface ServerOptions extends ServicesOptions {
  /** Runs after unfinished rounds were settled and before the first room opens. */
  readonly prepare?: (services: Services) => Promise<void>;
  /** Pages in front of the API. */
  readonly pages?: readonly Router[];
}

/** The whole system, listening. */
export interface Server extends Services {
  readonly port: number;
  /** Those that are open now. */
  readonly tables: ReadonlyMap<TableId, Table>;
  /** In order: no more bets, rounds in play dealt and settled, people sent home, the books closed. */
  stop(): Promise<void>;
}

/** Rounds in play that are not settled by then are resumed at the next start. */
const ROUNDS_DEADLINE_MS = 6_000;
/** Of the rounds' own: what players ask for waits for its turn elsewhere, cards and payouts do not. */
const ROUND_CONNECTIONS = 3;

/** Starts everything in the order in which one part needs the other. When a part fails, those before it are closed. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { clock, log } = options;
  const closing = new Closing(clock, log);
  try {
    for (const table of PAY_TABLES) assertSound(table);
    await migrate(options.databaseUrl, log);
    const services = await openServices(options, closing);
    const giveUp = new AbortController();
    const database = await openAppPool(options.databaseUrl, { maxPoolSize: ROUND_CONNECTIONS });
    closing.add('rounds connections', () => database.end());
    const rounds = roundDeps({ ...services, database }, giveUp.signal);
    await resumeRounds(rounds);
    await services.lottery.start();
    await services.desk.start();
    await services.market.prepare();
    services.market.start();
    services.metrics?.watchDesk(services);
    await options.prepare?.(services);
    const tables = new Tables(rounds);
    let edge: Edge | undefined;
    closing.add('edge', async () => edge?.close());
    const stopRounds = async () => {
      edge?.drain();
      await tables.stop();
    };
    closing.add('rounds in play', stopRounds, ROUNDS_DEADLINE_MS, () => giveUp.abort());
    edge = await openEdge({ ...services, tables, pages: options.pages ?? [] });
    log.info({ port: edge.port, tables: [...tables.all.keys()] }, 'open');
    return { ...services, port: edge.port, tables: tables.all, stop: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

function roundDeps(services: Services, signal: AbortSignal): RoundDeps {
  const { config, clock, log, database, wallet, metrics } = services;
  const observer = metrics && { observer: metrics.rounds };
  return { clock, log, database, wallet, signal, sealingKey: sealingKey(config.seedEncryptionKey), ...observer };
}
