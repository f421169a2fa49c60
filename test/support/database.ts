import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { clientConfig, type Database, openAppPool } from '../../db/pool.ts';
import { TEMPLATE, testServer } from './server.ts';

/** A migrated database of this suite's own, on a real PostgreSQL. Usable inside hooks and tests, not before. */
export interface TestDatabase {
  url(): string;
  /** Under the role croupier_app, as the application runs. */
  pool(): Database;
  /** A superuser's connection, for tests that look behind the grants or tamper with rows. */
  admin(): Client;
}

interface Opened {
  readonly name: string;
  readonly url: string;
  readonly pool: Database;
  readonly admin: Client;
}

let count = 0;

/**
 * Call inside a `describe`: its tests share one fresh database. A test fails that leaves a transaction open, and a
 * suite that leaves a connection open.
 */
export function useDatabase(): TestDatabase {
  let opened: Opened | undefined;
  const get = (): Opened => {
    assert.ok(opened, 'the database exists only while the tests of its suite run');
    return opened;
  };
  before(async function () {
    opened = await open();
    // Added now, they run after all the hooks the suite itself declares: by then everything must be closed.
    this.test?.parent?.afterEach(() => assertNoOpenTransaction(get()));
    this.test?.parent?.afterAll(() => close(get()));
  });
  return { url: () => get().url, pool: () => get().pool, admin: () => get().admin };
}

async function open(): Promise<Opened> {
  const server = await testServer();
  const name = `test_${++count}`;
  await onServer(`create database ${name} template ${TEMPLATE}`);
  const url = server.url(name);
  const admin = new Client({ ...clientConfig(url), application_name: 'test-admin' });
  await admin.connect();
  return { name, url, admin, pool: await openAppPool(url) };
}

async function close({ name, pool, admin }: Opened): Promise<void> {
  await pool.end();
  const left = await lastingSessions(admin, `true`);
  await admin.end();
  await onServer(`drop database ${name} with (force)`);
  assert.deepEqual(left, [], 'connections were left open');
}

async function assertNoOpenTransaction({ admin }: Opened): Promise<void> {
  assert.deepEqual(
    await lastingSessions(admin, `state like 'idle in transaction%'`),
    [],
    'a transaction was left open',
  );
}

/** A machine that is busy with other things closes connections when it finds the time. */
const LOOK_EVERY_MS = 25;
const LAST_LOOK = 200;

/** Other sessions on this database that still match after a while, each as role, state and last statement. */
async function lastingSessions(admin: Client, condition: string): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await admin.query<{ session: string }>(`
      select concat_ws(' ', usename, application_name, state, query) as session
        from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()
         and backend_type = 'client backend' and ${condition}`);
    if (rows.length === 0 || attempt === LAST_LOOK) return rows.map(({ session }) => session);
    await sleep(LOOK_EVERY_MS);
  }
}

async function onServer(statement: string): Promise<void> {
  const server = await testServer();
  const client = new Client(clientConfig(server.url('postgres')));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
