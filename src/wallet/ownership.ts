import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { clientConfig } from '../../db/pool.ts';
import type { Logger } from '../log.ts';

/** First half of the advisory lock's key, so that ours are told apart from others' on the same server. */
const LOCK_CLASS = 7001;
const BEAT_MS = 500;
/** An owner that has not said anything for this long is frozen, and its session is ended by whoever waits. */
const LEASE_MS = 1_500;
const LOCK_WAIT_MS = 500;
/** A server that does not answer a line this long is as good as away. */
const ANSWER_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';

export interface ShardOwnership {
  /** True while nobody else can have the shard; takes the lock again if its connection was lost and it is free. */
  stillOwner(): Promise<boolean>;
  release(): Promise<void>;
}

export interface OwnershipOptions {
  readonly databaseUrl: string;
  readonly shard: number;
  readonly log: Logger;
  /** Ends the waiting: the reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Waits until this process may own the shard. The lock is liveness only, and lives on a connection of its own: it falls
 * the moment its holder dies. Safety is the epoch in every batch, for a holder that only looked dead (DESIGN 4).
 */
export async function acquireShard(options: OwnershipOptions): Promise<ShardOwnership> {
  const ownership = new AdvisoryLock(options);
  await ownership.acquire();
  return ownership;
}

class AdvisoryLock implements ShardOwnership {
  readonly #options: OwnershipOptions;
  #client: Client | null = null;
  #beat: NodeJS.Timeout | undefined;
  #asked: Promise<boolean> | null = null;

  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  async acquire(): Promise<void> {
    const { shard, log, signal } = this.#options;
    await this.#connected(async (client) => {
      for (let waited = 0; !(await tryLock(client, shard)); waited++) {
        if (waited === 0) log.warn({ shard }, 'waiting for the shard: another process owns it');
        signal?.throwIfAborted();
        await endFrozenOwner(client, shard, log);
      }
      await endAbandonedBatch(client, log);
      await this.#hold(client);
    });
  }

  /** One at a time: two that look for the lost lock at once would each find it with the other. */
  stillOwner(): Promise<boolean> {
    this.#asked ??= this.#isStillOwner().finally(() => {
      this.#asked = null;
    });
    return this.#asked;
  }

  async #isStillOwner(): Promise<boolean> {
    const { shard } = this.#options;
    const client = this.#client;
    // What the socket has not said yet, the server will: a frozen owner wakes up with a lock that was taken from it.
    if (client !== null && (await this.#beatOnce(client))) return true;
    return this.#connected(async (another) => {
      const isFree = await tryLock(another, shard);
      if (isFree) await this.#hold(another);
      return isFree;
    });
  }

  async release(): Promise<void> {
    clearInterval(this.#beat);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  /** A connection that ends with `use`, unless it holds the shard by then. */
  async #connected<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.#connect();
    try {
      return await use(client);
    } finally {
      if (client !== this.#client) await client.end();
    }
  }

  async #connect(): Promise<Client> {
    // Under the login user, not a role of ours: only that user may end another of its own sessions.
    const settings = `-c lock_timeout=${LOCK_WAIT_MS} -c statement_timeout=${ANSWER_MS}`;
    const config = clientConfig(this.#options.databaseUrl);
    const options = [config.options, settings].join(' ').trim();
    const client = new Client({ ...config, options, keepAlive: true, query_timeout: ANSWER_MS });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client));
    await client.connect();
    return client;
  }

  async #hold(client: Client): Promise<void> {
    await beat(client, this.#options.shard);
    this.#client = client;
    clearInterval(this.#beat);
    this.#beat = setInterval(() => void this.#beatOnce(client), BEAT_MS).unref();
  }

  async #beatOnce(client: Client): Promise<boolean> {
    try {
      await beat(client, this.#options.shard);
      return client === this.#client;
    } catch (error) {
      this.#lost(client, error as Error);
      return false;
    }
  }

  #lost(client: Client, error?: Error): void {
    if (client !== this.#client) return;
    clearInterval(this.#beat);
    this.#client = null;
    // It may be alive and hold the lock still, against ourselves too.
    client.end().catch(() => undefined);
    this.#options.log.warn({ err: error, shard: this.#options.shard }, 'the connection that holds the shard was lost');
  }
}

/** Waits for the lock a moment, in the server: takeover then happens the instant the old session ends. */
async function tryLock(client: Client, shard: number): Promise<boolean> {
  try {
    await client.query('select pg_advisory_lock($1, $2)', [LOCK_CLASS, shard]);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

async function beat(client: Client, shard: number): Promise<void> {
  await client.query('update shard_lease set backend = pg_backend_pid(), beat = clock_timestamp() where shard = $1', [
    shard,
  ]);
}

/** A stopped process keeps its session and so its lock; only the missing beat tells. */
async function endFrozenOwner(client: Client, shard: number, log: Logger): Promise<void> {
  const { rows } = await client.query<{ backend: number }>(
    `select l.pid as backend, pg_terminate_backend(l.pid)
       from shard_lease s
       join pg_locks l on l.locktype = 'advisory' and l.classid = $1 and l.objid = s.shard::int and l.granted
        and l.database = (select oid from pg_database where datname = current_database())
      where s.shard = $2 and s.backend = l.pid and s.beat < clock_timestamp() - $3 * interval '1 ms'`,
    [LOCK_CLASS, shard, LEASE_MS],
  );
  if (rows.length === 0) return;
  log.warn({ shard, backends: rows.map(({ backend }) => backend) }, 'ended the session of a frozen owner');
  await sleep(10);
}

/**
 * An owner that froze in the middle of a batch still has the shard's row locked, and whoever takes over would wait
 * until the server loses patience with it. The lock is ours: what that batch wrote so far is of no use to anybody. One
 * whose COMMIT is under way is not idle, and is waited for.
 */
async function endAbandonedBatch(client: Client, log: Logger): Promise<void> {
  const { rows } = await client.query<{ backend: number }>(
    `select a.pid as backend, pg_terminate_backend(a.pid)
       from pg_locks l
       join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'relation' and l.relation = 'shard'::regclass and l.mode = 'RowExclusiveLock' and l.granted
        and l.database = (select oid from pg_database where datname = current_database())
        and a.state like 'idle in transaction%' and a.state_change < clock_timestamp() - $1 * interval '1 ms'`,
    [BEAT_MS],
  );
  if (rows.length === 0) return;
  log.warn({ backends: rows.map(({ backend }) => backend) }, 'ended a batch that its owner had left half-way');
  await sleep(10);
}
