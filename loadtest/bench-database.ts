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
  await recycleWal(postgres.url('postgres'));
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

/**
 * Brings the server into its stride: a new one makes and zeroes every segment of write-ahead log while a commit waits,
 * one that has run for some time uses old segments again.
 */
async function recycleWal(url: string): Promise<void> {
  const client = new Client(clientConfig(url));
  await client.connect();
  await client.query(`create table filler as select repeat('x', 1000) as text from generate_series(1, 800000)`);
  await client.query('drop table filler');
  await client.query('checkpoint');
  await client.end();
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
