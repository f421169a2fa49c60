import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../src/log.ts';
import { isAlive } from './embedded/postmaster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { ensureDatabase } from './ensure-database.ts';
import { clientConfig } from './pool.ts';

/** The database server of this installation, held for as long as it is needed. */
export interface DatabaseServer {
  readonly url: string;
  /**
   * Call once, after the last connection was closed. Stops an embedded server unless another process still uses it, or
   * it does not say; never rejects.
   */
  release(): Promise<void>;
}

const DATABASE = 'croupier';
const LOOK_EVERY_MS = 500;
const ANSWER_MS = 2_000;

/**
 * The server that `DATABASE_URL` names; without one the embedded PostgreSQL with its data under `dataDir` (DESIGN 8),
 * started or joined, with the database `croupier` in it, and started again should it die. Nothing is migrated yet.
 */
export async function acquireServer(
  config: { readonly databaseUrl: string | undefined; readonly dataDir: string },
  log: Logger,
): Promise<DatabaseServer> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, release: async () => undefined };
  const root = join(config.dataDir, 'postgres');
  const postgres = await startEmbeddedPostgres({ root, log });
  const url = postgres.url(DATABASE);
  await ensureDatabase(url);
  const letGo = keepAlive(postgres, root, log);
  return { url, release: async () => stopUnlessUsed(await letGo(), log) };
}

/** Starts the server again, at the same address, whenever it is found dead. The answer ends that and names the last. */
function keepAlive(first: EmbeddedPostgres, root: string, log: Logger): () => Promise<EmbeddedPostgres> {
  const ended = new AbortController();
  let postgres = first;
  async function watch(): Promise<void> {
    while (!ended.signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal: ended.signal, ref: false }).catch(() => undefined);
      if (ended.signal.aborted || isAlive(postgres.pid)) continue;
      log.error({ pid: postgres.pid }, 'PostgreSQL has died; it is started again');
      try {
        postgres = await startEmbeddedPostgres({ root, log, settings: { port: portOf(postgres) } });
        log.warn({ pid: postgres.pid }, 'PostgreSQL runs again');
      } catch (error) {
        log.error({ err: error }, 'PostgreSQL did not start again; the next attempt follows');
      }
    }
  }
  const watching = watch();
  return async () => {
    ended.abort();
    await watching;
    return postgres;
  };
}

/** Pools remember the URL, so the next server has to listen where the last one did. */
function portOf(postgres: EmbeddedPostgres): string {
  return new URL(postgres.url(DATABASE)).port;
}

async function stopUnlessUsed(postgres: EmbeddedPostgres, log: Logger): Promise<void> {
  if (!isAlive(postgres.pid)) return;
  try {
    if (await usedByOthers(postgres.url('postgres'))) {
      log.info({ pid: postgres.pid }, 'left PostgreSQL running: another process uses it');
      return;
    }
    await postgres.stop();
  } catch (error) {
    log.warn({ err: error, pid: postgres.pid }, 'left PostgreSQL as it is: it does not say who uses it');
  }
}

/** Our own sessions take a moment to end after they were closed: only who stays counts. */
async function usedByOthers(url: string): Promise<boolean> {
  const client = new Client({
    ...clientConfig(url),
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  // Whoever waits for the connection has the error; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      if (rowCount === 0) return false;
      await sleep(50);
    }
    return true;
  } finally {
    // A server that hangs does not say goodbye either.
    await Promise.race([client.end(), sleep(ANSWER_MS, undefined, { ref: false })]);
  }
}
