import { join } from 'node:path';
import { Client, DatabaseError } from 'pg';
import type { Logger } from '../src/log.ts';
import { type Applied, type Migration, pending, readMigrations } from './migrations.ts';
import { clientConfig } from './pool.ts';
import { ensureRoles } from './roles.ts';

const DIRECTORY = join(import.meta.dirname, 'migrations');
/** Any number nobody else uses: one migration at a time per database. */
const ADVISORY_LOCK = 4_771_207_631;

/**
 * Brings the database to the version of the code, forward only; returns the names of what it applied (S0-95…98).
 * Every file runs in a transaction of its own, exactly once, one process at a time. Throws an Error, with the database
 * as the last good file left it, when a file fails, was edited after it was applied, or the database is newer than the
 * code.
 */
export async function migrate(databaseUrl: string, log: Logger, directory: string = DIRECTORY): Promise<string[]> {
  const migrations = readMigrations(directory);
  const client = new Client(clientConfig(databaseUrl));
  // An error while nothing runs; the next statement reports it.
  client.on('error', (error) => log.warn({ err: error }, 'the connection of the migration failed'));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await ensureRoles(client);
    const todo = pending(migrations, await readApplied(client));
    for (const migration of todo) {
      await apply(client, migration);
      log.info({ migration: migration.name }, 'migrated');
    }
    await analyze(client);
    return todo.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function readApplied(client: Client): Promise<readonly Applied[]> {
  await client.query(`
    create table if not exists schema_migration (
      id         integer primary key,
      hash       text    not null,
      created_at bigint  not null
    )`);
  const { rows } = await client.query<Applied>('select id, hash from schema_migration order by id');
  return rows;
}

async function apply(client: Client, { id, name, sql, hash }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into schema_migration (id, hash, created_at) values ($1, $2, $3)', [
      id,
      hash,
      Date.now(),
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new Error(`${name}.sql${place(sql, cause)}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** The line of the file PostgreSQL complains about, as `:12`, if it says so. */
function place(sql: string, error: unknown): string {
  if (!(error instanceof DatabaseError) || error.position === undefined) return '';
  return `:${sql.slice(0, Number(error.position)).split('\n').length}`;
}

/**
 * Statistics for the plans that will soon be made for good, where tables have grown since they were last taken. Small
 * tables are left out on purpose: PostgreSQL takes one that was never analysed for ten pages of rows, but one that was
 * analysed while empty for empty, and the wallet's generic plan would then walk a whole index for every batch.
 */
async function analyze(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select oid::regclass::text as name
      from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r'
       and relpages < pg_relation_size(oid) / 8192 / 2
       and pg_relation_size(oid) >= 10 * 8192
       and pg_has_role(relowner, 'usage')`);
  for (const { name } of rows) await client.query(`analyze ${name}`);
}
