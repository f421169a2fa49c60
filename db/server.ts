import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../src/log.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { ensureDatabase } from './ensure-database.ts';
import { clientConfig } from './pool.ts';

/** The database server of this installation, held for as long as it is needed. */
export interface DatabaseServer {
  readonly url: string;
  /** Call once, after the last connection was closed. Stops an embedded server unless another process still uses it. */
  release(): Promise<void>;
}

const DATABASE = 'croupier';

/**
 * The server that `DATABASE_URL` names; without one the embedded PostgreSQL with its data under `dataDir` (DESIGN 8),
 * started or joined, with the database `croupier` in it. Nothing is migrated yet.
 */
export async function acquireServer(
  config: { readonly databaseUrl: string | undefined; readonly dataDir: string },
  log: Logger,
): Promise<DatabaseServer> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, release: async () => undefined };
  const postgres = await startEmbeddedPostgres({ root: join(config.dataDir, 'postgres'), log });
  const url = postgres.url(DATABASE);
  await ensureDatabase(url);
  return { url, release: () => stopUnlessUsed(postgres, log) };
}

async function stopUnlessUsed(postgres: EmbeddedPostgres, log: Logger): Promise<void> {
  if (await usedByOthers(postgres.url('postgres'))) {
    log.info({ pid: postgres.pid }, 'left PostgreSQL running: another process uses it');
    return;
  }
  await postgres.stop();
}

/** Our own sessions take a moment to end after they were closed: only who stays counts. */
async function usedByOthers(url: string): Promise<boolean> {
  const client = new Client(clientConfig(url));
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
    await client.end();
  }
}
