import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { ensureDatabase } from '../../db/ensure-database.ts';
import { migrate } from '../../db/migrate.ts';
import { clientConfig } from '../../db/pool.ts';
import { createLogger } from '../../src/log.ts';
import { removeDirectory, temporaryDirectory, testServer } from '../support/server.ts';

const MIGRATIONS = join(import.meta.dirname, '../../db/migrations');

export interface OlderDatabase {
  readonly client: Client;
  /** Everything that came since. */
  migrate(): Promise<unknown>;
}

/** A database as it was before this migration, while `act` lasts. */
export async function withOlderDatabase(
  name: string,
  migration: number,
  act: (database: OlderDatabase) => Promise<void>,
): Promise<void> {
  const log = createLogger('silent');
  const server = await testServer();
  const url = server.url(name);
  const before = temporaryDirectory();
  cpSync(MIGRATIONS, before, { recursive: true });
  for (const file of readdirSync(before)) if (Number(file.slice(0, 4)) >= migration) rmSync(join(before, file));
  await ensureDatabase(url);
  await migrate(url, log, before);
  const client = new Client(clientConfig(url));
  await client.connect();
  try {
    await act({ client, migrate: () => migrate(url, log) });
  } finally {
    await client.end();
    const admin = new Client(clientConfig(server.url('postgres')));
    await admin.connect();
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
    removeDirectory(before);
  }
}
