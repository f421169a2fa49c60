import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { SchemaValidationError, sql } from 'slonik';
import { z } from 'zod';
import { isDatabaseAway } from '../../db/away.ts';
import { startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { clientConfig, openAppPool, openWalletPool } from '../../db/pool.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

describe('the application pool', () => {
  const database = useDatabase();

  it('acts as croupier_app and cannot fall back to the login user', async () => {
    const user = sql.type(z.object({ user: z.string() }))`select current_user::text as user`;
    assert.equal(await database.pool().oneFirst(user), 'croupier_app');
    const after = await database.pool().connect(async (connection) => {
      await connection.query(sql.unsafe`reset role`);
      return connection.oneFirst(user);
    });
    assert.equal(after, 'croupier_app');
  });

  it('reads values exactly: int8 as bigint, numeric and date as text, times as Date', async () => {
    const Row = z.object({
      big: z.bigint(),
      bigs: z.array(z.bigint()),
      exact: z.string(),
      day: z.string(),
      instant: z.date(),
      plain: z.date(),
      bytes: z.instanceof(Buffer),
      nothing: z.null(),
    });
    const row = await database.pool().one(sql.type(Row)`
      select 9223372036854775807 as big, array[1, 9007199254740993]::int8[] as bigs, 0.1000000000000000001 as exact,
             date '2024-02-29' as day, timestamptz '2024-02-29 12:30:00.125+05:30' as instant,
             timestamp '2024-02-29 07:00:00.125' as plain, '\\x00ff'::bytea as bytes, null::int8 as nothing`);
    assert.deepEqual(row, {
      big: 9_223_372_036_854_775_807n,
      bigs: [1n, 9_007_199_254_740_993n],
      exact: '0.1000000000000000001',
      day: '2024-02-29',
      instant: new Date('2024-02-29T07:00:00.125Z'),
      plain: new Date('2024-02-29T07:00:00.125Z'),
      bytes: Buffer.from([0, 255]),
      nothing: null,
    });
  });

  it('hands out what the row schema made of a row, and refuses a row that does not match', async () => {
    const Trimmed = z.object({ name: z.string().transform((name) => name.trim()) });
    assert.equal(await database.pool().oneFirst(sql.type(Trimmed)`select ' a ' as name`), 'a');
    await assert.rejects(database.pool().one(sql.type(Trimmed)`select 1 as name`), SchemaValidationError);
  });

  it('S0-05 does not run a transaction again behind its caller', async () => {
    let runs = 0;
    const failing = database.pool().transaction(async (transaction) => {
      runs++;
      await transaction.query(sql.unsafe`do $$ begin raise exception using errcode = '40001'; end $$`);
    });
    await assert.rejects(failing);
    assert.equal(runs, 1);
  });

  it('is not left waiting by a process that was frozen in a transaction: the server ends that one soon', async () => {
    const timeout = sql.type(z.object({ timeout: z.string() }))`
      select current_setting('idle_in_transaction_session_timeout') as timeout`;
    const wallet = await openWalletPool(database.url());
    try {
      assert.equal(await database.pool().oneFirst(timeout), '10s');
      assert.equal(await wallet.oneFirst(timeout), '10s');
    } finally {
      await wallet.end();
    }
  });

  it('survives the death of an idle connection and of one in use', async () => {
    const pid = sql.type(z.object({ pid: z.number() }))`select pg_backend_pid() as pid`;
    const idle = await database.pool().oneFirst(pid);
    await database.admin().query('select pg_terminate_backend($1, 5000)', [idle]);
    await sleep(50);
    assert.notEqual(await database.pool().oneFirst(pid), idle);
    const used = database.pool().connect(async (connection) => {
      await database.admin().query('select pg_terminate_backend($1)', [await connection.oneFirst(pid)]);
      await connection.query(sql.unsafe`select pg_sleep(5)`);
    });
    // What the driver says of it depends on who of the two is first to notice.
    await assert.rejects(used, isDatabaseAway);
    assert.ok(await database.pool().oneFirst(pid));
  });
});

describe('the wallet pool', () => {
  const database = useDatabase();

  it('acts as croupier_wallet, on one connection, with its plans pinned', async () => {
    const pool = await openWalletPool(database.url());
    try {
      const Settings = z.object({ user: z.string(), plan: z.string(), scan: z.string(), jit: z.string() });
      const settings = await pool.one(sql.type(Settings)`
        select current_user::text as user, current_setting('plan_cache_mode') as plan,
               current_setting('enable_seqscan') as scan, current_setting('jit') as jit`);
      assert.deepEqual(settings, { user: 'croupier_wallet', plan: 'force_generic_plan', scan: 'off', jit: 'off' });
      assert.equal(pool.configuration.maxPoolSize, 1);
    } finally {
      await pool.end();
    }
  });

  it('keeps prepared statements from one use of the connection to the next', async () => {
    const pool = await openWalletPool(database.url());
    try {
      const Count = z.object({ count: z.bigint() });
      await pool.one(sql.prepared('probe', Count)`select 1::int8 as count`);
      await pool.one(sql.prepared('probe', Count)`select 1::int8 as count`);
      const kept = sql.type(Count)`select count(*) from pg_prepared_statements where name = 'probe'`;
      assert.equal(await pool.oneFirst(kept), 1n);
    } finally {
      await pool.end();
    }
  });

  it('refuses to hold money where a COMMIT may be forgotten', async () => {
    await database
      .admin()
      .query('alter database current set synchronous_commit = off'.replace('current', await name()));
    await assert.rejects(openWalletPool(database.url()), /synchronous_commit off/);
    await (await openAppPool(database.url())).end();
  });

  async function name(): Promise<string> {
    const { rows } = await database.admin().query<{ name: string }>('select current_database() as name');
    return rows[0]?.name ?? '';
  }
});

describe('a server without fsync', () => {
  it('is refused by the wallet', async () => {
    const root = temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ root, settings: { fsync: 'off', shared_buffers: '16MB' } });
    try {
      const client = new Client(clientConfig(postgres.url('postgres')));
      await client.connect();
      await client.query('create role croupier_wallet nologin');
      await client.end();
      await assert.rejects(openWalletPool(postgres.url('postgres')), /fsync off/);
    } finally {
      await postgres.stop();
      removeDirectory(root);
    }
  });
});

describe('a plain client', () => {
  const database = useDatabase();

  it('reaches the same database over the same URL as the pools', async () => {
    const client = new Client(clientConfig(database.url()));
    await client.connect();
    const ended = once(client, 'end');
    const { rows } = await client.query('select current_database() as name, current_user as user');
    assert.deepEqual(rows, [{ name: decodeURIComponent(new URL(database.url()).pathname.slice(1)), user: 'postgres' }]);
    await client.end();
    await ended;
  });

  it('reads ordinary URLs with passwords, options and TLS as well', () => {
    const config = clientConfig('postgresql://me:p%40ss@db.example:6432/money?sslmode=no-verify&application_name=x');
    assert.deepEqual(config, {
      host: 'db.example',
      port: 6432,
      user: 'me',
      password: 'p@ss',
      database: 'money',
      options: undefined,
      application_name: 'x',
      ssl: { rejectUnauthorized: false },
    });
    assert.equal(clientConfig('postgresql://me@db.example/money').ssl, false);
    assert.equal(clientConfig('postgresql://me@db.example/money?sslmode=require').ssl, true);
  });
});
