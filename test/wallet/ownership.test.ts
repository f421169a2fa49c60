import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { clientConfig } from '../../db/pool.ts';
import { acquireShard, type ShardOwnership } from '../../src/wallet/ownership.ts';
import { until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { lockWaits } from '../support/lock-waits.ts';
import { silent } from './fixture.ts';
import { DatabaseProxy } from './proxy.ts';

const OWNER = join(import.meta.dirname, 'owner-process.ts');

describe('ownership of a shard (DESIGN 4)', () => {
  const database = useDatabase();
  const acquire = (databaseUrl = database.url()) => acquireShard({ databaseUrl, shard: 0, log: silent });
  const held: ShardOwnership[] = [];
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(held.splice(0).map((ownership) => ownership.release()));
  });

  /** A process that owns the shard. */
  async function ownerProcess(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [OWNER, database.url()], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  /** Ends the session that holds the lock, as an operator or a failing server would. */
  const endHolder = () =>
    database.admin().query(`
      select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())`);

  it('a second waits, and has it the moment the first lets go', async () => {
    const first = await acquire();
    let has = false;
    const waiting = acquire().then((second) => {
      has = true;
      return second;
    });
    await sleep(1_200);
    assert.equal(has, false, 'longer than one wait for the lock');
    assert.equal(await first.stillOwner(), true);
    const isWaiting = async () => (await lockWaits(database.admin(), 'advisory')) === 1;
    await until(isWaiting, 5_000, 'it to wait in the server, not in rounds');
    await first.release();
    held.push(await waiting);
  });

  it('taken over from a process that was killed', async () => {
    const owner = await ownerProcess();
    const waiting = acquire();
    await sleep(100);
    owner.kill('SIGKILL');
    held.push(await waiting);
  });

  it('taken over from a process that is frozen, though its session lives; it knows when it wakes up', async () => {
    const owner = await ownerProcess();
    owner.kill('SIGSTOP');
    const from = performance.now();
    const successor = await acquire();
    held.push(successor);
    const took = performance.now() - from;
    assert.ok(took > 500 && took < 5_000, `took ${took} ms`);
    assert.equal(await successor.stillOwner(), true);
    owner.kill('SIGCONT');
    const [answer] = (await once(owner.stdout ?? owner, 'data')) as [Buffer];
    assert.equal(answer.toString(), 'lost\n');
  });

  it('taken over from one that froze in the middle of a batch, without waiting for the server to end it', async () => {
    const owner = await ownerProcess();
    const batch = new Client(clientConfig(database.url()));
    batch.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => batch.once('end', resolve));
    await batch.connect();
    await batch.query('begin');
    await batch.query('update shard set seq = seq + 1');
    owner.kill('SIGSTOP');
    held.push(await acquire());
    const from = performance.now();
    await database.admin().query('update shard set epoch = epoch + 1');
    assert.ok(performance.now() - from < 5_000, 'the row is free');
    await ended;
    const { rows } = await database.admin().query('select seq from shard');
    assert.deepEqual(rows, [{ seq: '0' }], 'nothing of the batch is left');
    owner.kill('SIGKILL');
  });

  it('one that is alive and busy is left alone', async () => {
    const owner = await ownerProcess();
    let has = false;
    const waiting = acquire().then((successor) => {
      has = true;
      held.push(successor);
    });
    let stalest = 0;
    for (const end = performance.now() + 2_500; performance.now() < end && !has; await sleep(10)) {
      const { rows } = await database.admin().query(`
        select (extract(epoch from clock_timestamp() - beat) * 1000)::float8 as stale
          from shard_lease where shard = 0`);
      stalest = Math.max(stalest, rows[0].stale);
    }
    // Two beats are due in a second: one that has shown none for so long may be taken for frozen.
    assert.ok(!has || stalest > 1_000, `taken from one that was last heard of ${stalest} ms ago at most`);
    owner.kill('SIGKILL');
    await waiting;
  });

  it('an owner whose session was ended has the shard again, if nobody took it', async () => {
    const ownership = await acquire();
    held.push(ownership);
    await endHolder();
    assert.equal(await ownership.stillOwner(), true);
    assert.equal(await ownership.stillOwner(), true);
  });

  it('however many ask at once: they do not find the lock with each other', async () => {
    const ownership = await acquire();
    held.push(ownership);
    await endHolder();
    const asked = Array.from({ length: 5 }, () => ownership.stillOwner());
    assert.deepEqual(await Promise.all(asked), Array(5).fill(true));
  });

  it('and has not, if somebody did', async () => {
    const first = await acquire();
    held.push(first);
    const waiting = acquire();
    await sleep(50);
    await endHolder();
    const second = await waiting;
    held.push(second);
    assert.deepEqual([await first.stillOwner(), await second.stillOwner()], [false, true]);
    await second.release();
    assert.equal(await first.stillOwner(), true);
  });

  it('while the database is away nobody can say: asking fails, until it is back', async () => {
    const proxy = await DatabaseProxy.open(database.url());
    const ownership = await acquire(proxy.url);
    proxy.isAway = true;
    proxy.cut();
    await assert.rejects(ownership.stillOwner());
    proxy.isAway = false;
    assert.equal(await ownership.stillOwner(), true);
    await ownership.release();
    await proxy.close();
  });
});
