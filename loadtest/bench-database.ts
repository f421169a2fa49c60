import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { clientConfig, openAppPool } from '../db/pool.ts';
import { auditBooks } from '../src/wallet/audit.ts';

/** A throw-away PostgreSQL for a bench, with the settings the embedded server always has. */
export interface BenchDatabase {
  /** A new, migrated database; resolves with its URL. */
  create(name: string): Promise<string>;
  close(): Promise<void>;
}

export async function openBenchDatabase(): Promise<BenchDatabase> {
  const root = await mkdtemp(join(tmpdir(), 'croupier-bench-'));
  const postgres = await startEmbeddedPostgres({ root });
  return {
    create: async (name) => {
      const server = new Client(clientConfig(postgres.url('postgres')));
      await server.connect();
      await server.query(`create database ${name}`);
      await server.end();
      await migrate(postgres.url(name), pino({ level: 'silent' }));
      return postgres.url(name);
    },
    close: async () => {
      await postgres.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Ends a bench: prints whether every check of the audit passes, and throws if not. */
export async function checkBooks(url: string, options: { chain?: boolean } = {}): Promise<void> {
  const pool = await openAppPool(url);
  const findings = await auditBooks(pool, options);
  await pool.end();
  const broken = findings.flatMap(({ check, broken }) => broken.map((what) => `${check}: ${what}`));
  if (broken.length > 0) throw new Error(`the books are broken:\n${broken.join('\n')}`);
  process.stdout.write(`books ok (${findings.map(({ check }) => check).join(', ')})\n`);
}

/** Bytes of write-ahead log the server has written in its life. */
export async function walBytes(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`,
  );
  return Number(rows[0]?.bytes);
}
