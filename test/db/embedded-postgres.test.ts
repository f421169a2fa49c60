import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { z } from 'zod';
import { canRun } from '../../db/embedded/identity.ts';
import { isAlive } from '../../db/embedded/postmaster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { clientConfig } from '../../db/pool.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

const execute = promisify(execFile);
const STARTER = join(import.meta.dirname, 'start-embedded-postgres.ts');
const Started = z.object({ pid: z.number(), adopted: z.boolean(), url: z.string(), uid: z.number() });
const asRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
/** Not in a checkout that root keeps to itself. */
const nobodyReachesUs = asRoot && canRun({ uid: NOBODY, gid: NOBODY }, process.execPath, '--version');

/** Starts servers below one directory and knows which are left to stop. */
function useServers(hooks: { before: typeof before; after: typeof after }) {
  let root = '';
  const running = new Set<EmbeddedPostgres>();
  hooks.before(() => {
    root = temporaryDirectory();
  });
  afterEach(stopAll);
  hooks.after(() => removeDirectory(root));

  async function stopAll(): Promise<void> {
    for (const postgres of running) await postgres.stop();
    running.clear();
  }

  async function start(settings: Record<string, string> = {}, directory = root): Promise<EmbeddedPostgres> {
    const options = { root: directory, settings: { shared_buffers: '16MB', ...settings } };
    const postgres = await startEmbeddedPostgres(options);
    running.add(postgres);
    return postgres;
  }

  async function startElsewhere(identity: { uid?: number; gid?: number } = {}) {
    const { stdout } = await execute(process.execPath, [STARTER, root], { ...identity, cwd: '/' });
    // Long enough for a server to die that was not detached from its starter.
    await sleep(100);
    return Started.parse(JSON.parse(stdout));
  }

  return { start, startElsewhere, root: () => root, dataDirectory: () => join(root, 'postgres-18') };
}

describe('the embedded PostgreSQL', () => {
  const { start, startElsewhere, dataDirectory } = useServers({ before, after });

  it('keeps its data from one start to the next', async () => {
    const first = await start();
    assert.equal(first.adopted, false);
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    assert.equal(isAlive(first.pid), false);
    const second = await start();
    assert.equal(second.adopted, false);
    assert.deepEqual(await query(second, 'select answer from kept'), [{ answer: 42 }]);
  });

  it('is as durable as money needs, in UTC and UTF-8, and listens on no network', async () => {
    const postgres = await start();
    const settings = await query(
      postgres,
      `select name, setting from pg_settings where name in
         ('fsync', 'synchronous_commit', 'full_page_writes', 'TimeZone', 'server_encoding', 'listen_addresses')`,
    );
    assert.deepEqual(Object.fromEntries(settings.map(({ name, setting }) => [name, setting])), {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      TimeZone: 'UTC',
      server_encoding: 'UTF8',
      listen_addresses: '',
    });
    assert.equal(statSync(dataDirectory()).mode & 0o777, 0o700);
  });

  it('recovers what was committed before a kill -9 of the server', async () => {
    const first = await start();
    await query(first, 'create table committed as select 42 as answer');
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    assert.equal(second.adopted, false);
    assert.notEqual(second.pid, first.pid);
    assert.deepEqual(await query(second, 'select answer from committed'), [{ answer: 42 }]);
  });

  it('starts over the lock files of a dead server whose process id now belongs to somebody else', async () => {
    const first = await start();
    const lock = readFileSync(join(dataDirectory(), 'postmaster.pid'), 'utf8');
    const socketLock = readFileSync(join(dataDirectory(), '.s.PGSQL.5432.lock'), 'utf8');
    await first.stop();
    const stranger = (text: string) => text.replace(String(first.pid), String(process.pid));
    writeFileSync(join(dataDirectory(), 'postmaster.pid'), stranger(lock));
    writeFileSync(join(dataDirectory(), '.s.PGSQL.5432.lock'), stranger(socketLock));
    const second = await start();
    assert.equal(second.adopted, false);
    assert.deepEqual(await query(second, 'select 1 as one'), [{ one: 1 }]);
  });

  it('joins a server whose starter is gone', async () => {
    const orphan = await startElsewhere();
    assert.equal(orphan.adopted, false);
    const postgres = await start();
    assert.equal(postgres.adopted, true);
    assert.equal(postgres.pid, orphan.pid);
    assert.equal(postgres.url('postgres'), orphan.url);
    assert.deepEqual(await query(postgres, 'select 1 as one'), [{ one: 1 }]);
  });

  it('says what the server said when it cannot start', async () => {
    await assert.rejects(start({ shared_buffers: 'plenty' }), /did not start.*shared_buffers/s);
  });
});

describe('the first start of the embedded PostgreSQL', () => {
  const { start, startElsewhere, root } = useServers({ before: beforeEach, after: afterEach });

  it('gives two first starts at once the same server', async () => {
    const [here, there, third] = await Promise.all([start(), startElsewhere(), startElsewhere()]);
    assert.deepEqual([there.pid, third.pid], [here.pid, here.pid]);
    assert.equal([here, there, third].filter(({ adopted }) => !adopted).length, 1);
    assert.deepEqual(await query(here, 'select 1 as one'), [{ one: 1 }]);
  });

  it('finds room for its socket when the path is too long for one', async () => {
    const postgres = await start({}, join(root(), 'a-directory-with-a-long-name-'.repeat(4)));
    assert.deepEqual(await query(postgres, 'select 1 as one'), [{ one: 1 }]);
    const socketDirectory = decodeURIComponent(new URL(postgres.url('postgres')).hostname);
    assert.equal(statSync(socketDirectory).mode & 0o777, 0o700);
    await postgres.stop();
    assert.equal(existsSync(socketDirectory), false);
  });

  describe('started by root', () => {
    before(function () {
      if (!asRoot) this.skip();
    });

    it('runs as another user', async () => {
      const postgres = await start();
      assert.notEqual(statSync(`/proc/${postgres.pid}`).uid, 0);
    });

    it('tells an ordinary user whose database it is not', async function () {
      if (!nobodyReachesUs) this.skip();
      await (await start()).stop();
      chownSync(root(), NOBODY, NOBODY);
      await assert.rejects(startElsewhere({ uid: NOBODY, gid: NOBODY }), /not a database this user can read/);
    });

    it('lets that user into an empty directory made for it', async () => {
      const empty = join(root(), 'empty');
      mkdirSync(empty, { mode: 0o700 });
      const postgres = await start({}, empty);
      const [row] = await query(postgres, `select current_setting('data_directory') as directory`);
      assert.equal(row?.directory, join(empty, 'postgres-18'));
      assert.equal(statSync(empty).mode & 0o777, 0o711);
    });

    it('moves its data out of a directory only root can enter', async () => {
      const closed = join(root(), 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const postgres = await start({}, join(closed, 'data'));
      const [row] = await query(postgres, `select current_setting('data_directory') as directory`);
      const directory = z.string().parse(row?.directory);
      assert.match(directory, /^\/var\/lib\/croupier-[0-9a-f]{12}\/postgres-\d+$/);
      await postgres.stop();
      removeDirectory(join(directory, '..'));
    });

    it('works just as well when an ordinary user starts it', async function () {
      if (!nobodyReachesUs) this.skip();
      chownSync(root(), NOBODY, NOBODY);
      const elsewhere = await startElsewhere({ uid: NOBODY, gid: NOBODY });
      assert.equal(elsewhere.uid, NOBODY);
      assert.equal(statSync(`/proc/${elsewhere.pid}`).uid, NOBODY);
      const postgres = await start();
      assert.equal(postgres.pid, elsewhere.pid);
      await postgres.stop();
      const again = await start();
      assert.equal(statSync(`/proc/${again.pid}`).uid, NOBODY, 'whoever owns the data runs the server');
    });
  });
});

async function query(postgres: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(clientConfig(postgres.url('postgres')));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
