import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { ensureDatabase } from '../../db/ensure-database.ts';
import { migrate } from '../../db/migrate.ts';
import { clientConfig, openAppPool } from '../../db/pool.ts';
import { createLogger } from '../../src/log.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory, testServer } from '../support/server.ts';

const log = createLogger('silent');

describe('a migration', () => {
  let directory: string;
  let name: string;
  let url: string;
  let count = 0;

  beforeEach(async () => {
    directory = temporaryDirectory();
    name = `migrate_${++count}`;
    url = (await testServer()).url(name);
    await ensureDatabase(url);
  });

  afterEach(async () => {
    removeDirectory(directory);
    const server = await testServer();
    await query(`drop database ${name} with (force)`, server.url('postgres'));
  });

  it('S0-96 applies all files in order, and none of them again', async () => {
    write('0001_first.sql', 'create table a (n int8); insert into a values (1);');
    write('0002_second.sql', 'insert into a values (2);');
    assert.deepEqual(await migrate(url, log, directory), ['0001_first', '0002_second']);
    write('0010_third.sql', 'insert into a values (3);');
    assert.deepEqual(await migrate(url, log, directory), ['0010_third']);
    assert.deepEqual(await migrate(url, log, directory), []);
    assert.deepEqual(await query('select n::int4 from a order by n'), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('S0-96 tracks what was applied as id, hash and created_at', async () => {
    write('0001_first.sql', 'select 1;');
    const before = Date.now();
    await migrate(url, log, directory);
    const [row, ...rest] = await query('select * from schema_migration');
    assert.equal(rest.length, 0);
    assert.equal(row?.id, 1);
    assert.match(String(row?.hash), /^[0-9a-f]{64}$/);
    assert.ok(Number(row?.created_at) >= before && Number(row?.created_at) <= Date.now());
  });

  it('leaves nothing of a file that fails, and names its line', async () => {
    write('0001_first.sql', 'create table a ();');
    write('0002_wrong.sql', 'create table b ();\n\nselect * from c;\n');
    await assert.rejects(migrate(url, log, directory), /0002_wrong\.sql:3: relation "c" does not exist/);
    assert.deepEqual(await query(`select to_regclass('a')::text as a, to_regclass('b')::text as b`), [
      { a: 'a', b: null },
    ]);
    write('0002_wrong.sql', 'create table b ();');
    assert.deepEqual(await migrate(url, log, directory), ['0002_wrong']);
  });

  it('refuses a file that was edited after it was applied', async () => {
    write('0001_first.sql', 'select 1;');
    await migrate(url, log, directory);
    write('0001_first.sql', 'select 2;');
    await assert.rejects(migrate(url, log, directory), /0001_first\.sql was edited after it was applied/);
  });

  it('does not mind other line ends', async () => {
    write('0001_first.sql', 'select 1;\nselect 2;\n');
    await migrate(url, log, directory);
    write('0001_first.sql', 'select 1;\r\nselect 2;\r\n');
    assert.deepEqual(await migrate(url, log, directory), []);
  });

  it('refuses a database that is newer than the code', async () => {
    write('0001_first.sql', 'select 1;');
    write('0002_second.sql', 'select 1;');
    await migrate(url, log, directory);
    const older = join(directory, 'older');
    mkdirSync(older);
    renameSync(join(directory, '0001_first.sql'), join(older, '0001_first.sql'));
    await assert.rejects(migrate(url, log, older), /newer than this code: it has migration 2/);
  });

  it('refuses a file put in before one that is applied', async () => {
    write('0002_second.sql', 'select 1;');
    await migrate(url, log, directory);
    write('0001_late.sql', 'select 1;');
    await assert.rejects(migrate(url, log, directory), /0001_late\.sql is numbered before migration 2/);
  });

  it('refuses names that do not say what and when, and two with one number', async () => {
    write('first.sql', 'select 1;');
    await assert.rejects(migrate(url, log, directory), /first\.sql is not a migration/);
    renameSync(join(directory, 'first.sql'), join(directory, '0001_first.sql'));
    write('0001_other.sql', 'select 1;');
    await assert.rejects(migrate(url, log, directory), /0001_first and 0001_other have the same number/);
  });

  it('is applied once when several processes start together', async () => {
    write('0001_first.sql', 'select pg_sleep(0.2); create table a ();');
    const all = await Promise.all([1, 2, 3, 4].map(() => migrate(url, log, directory)));
    assert.deepEqual(all.flat(), ['0001_first']);
  });

  it('finds statistics in tables worth it, and none where PostgreSQL guesses better', async () => {
    write('0001_first.sql', 'create table small (n int8); create table big as select generate_series(1, 100000) as n;');
    await migrate(url, log, directory);
    const rows = await query(`
      select relname as name, reltuples::int4 as rows
        from pg_class where relname in ('small', 'big') order by relname`);
    assert.deepEqual(rows, [
      { name: 'big', rows: 100_000 },
      { name: 'small', rows: -1 },
    ]);
  });

  it('needs no superuser, and says what to do without the right to make roles', async () => {
    const server = await testServer();
    await query(
      `create role ${name}_clerk login;
       grant create on schema public to public;
       grant create on database ${name} to public`,
    );
    const clerk = server.url(name).replace('postgres@', `${name}_clerk@`);
    write('0001_first.sql', 'create table a ();');
    await assert.rejects(migrate(clerk, log, directory), /may not make roles.*grant croupier_app, croupier_wallet to/s);
    await query(`grant croupier_app, croupier_wallet to ${name}_clerk`);
    assert.deepEqual(await migrate(clerk, log, directory), ['0001_first']);
    await query(`drop table a, schema_migration; drop owned by ${name}_clerk; drop role ${name}_clerk`);
  });

  function write(file: string, sql: string): void {
    writeFileSync(join(directory, file), sql);
  }

  async function query(text: string, on = url): Promise<Record<string, unknown>[]> {
    const client = new Client(clientConfig(on));
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }
});

describe('the roles', () => {
  const database = useDatabase();

  it('exist once for the whole server and cannot log in', async () => {
    const { rows } = await database.admin().query(`
      select rolname as name, rolcanlogin as login, rolsuper as super
        from pg_roles where rolname like 'croupier%' order by rolname`);
    assert.deepEqual(rows, [
      { name: 'croupier_app', login: false, super: false },
      { name: 'croupier_wallet', login: false, super: false },
    ]);
  });

  it('are made by several databases of one fresh server at once', async () => {
    const root = temporaryDirectory();
    const server = await startEmbeddedPostgres({ root, settings: { shared_buffers: '16MB' } });
    try {
      const clerk = new Client(clientConfig(server.url('postgres')));
      await clerk.connect();
      await clerk.query('create role clerk login createrole createdb');
      await clerk.end();
      const urls = [1, 2, 3, 4].map((n) => server.url(`casino_${n}`).replace('postgres@', 'clerk@'));
      await Promise.all(urls.map(ensureDatabase));
      const none = join(root, 'no-migrations');
      mkdirSync(none);
      await Promise.all(urls.map((url) => migrate(url, log, none)));
      const pool = await openAppPool(urls[0] ?? '');
      await pool.end();
    } finally {
      await server.stop();
      removeDirectory(root);
    }
  });
});
