import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../src/log.ts';
import type { Server } from '../../src/server.ts';
import { acquireShard } from '../../src/wallet/ownership.ts';
import { get, quickTable, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('readiness', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(() => server.stop());

  const loseTheLock = () =>
    database.admin().query(`
      select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())`);

  /** Who asks again within a second hears what was seen then. */
  const readiness = async () => {
    await sleep(1_000);
    return get(server, '/readyz');
  };

  it('a server that owns its shard is ready, and takes a lost lock again', async () => {
    const ready = { ok: true, checks: { open: true, database: true, ownership: true, wallet: true, feed: true } };
    assert.deepEqual(await readiness(), ready);
    await loseTheLock();
    assert.deepEqual(await readiness(), ready);
  });

  it('a server whose shard somebody else owns is not', async () => {
    const waiting = acquireShard({ databaseUrl: database.url(), shard: 0, log: createLogger('silent') });
    await loseTheLock();
    const other = await waiting;
    const { ok, checks } = await readiness();
    assert.deepEqual([ok, checks.ownership, checks.database], [false, false, true]);
    await other.release();
    assert.equal((await readiness()).ok, true);
  });
});
