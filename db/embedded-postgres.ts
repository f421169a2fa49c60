import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../src/log.ts';
import { type Home, prepareHome } from './embedded/home.ts';
import {
  accepts,
  isAlive,
  isPostmasterOf,
  type Postmaster,
  readPostmaster,
  removeStaleLocks,
  spawnPostmaster,
  stopPostmaster,
} from './embedded/postmaster.ts';

/** A running PostgreSQL server of our own. It outlives this process unless it is stopped. */
export interface EmbeddedPostgres {
  readonly pid: number;
  /** True when it was running already: another process had started it, perhaps a predecessor that was killed. */
  readonly adopted: boolean;
  /** The URL of a database as Slonik and `clientConfig` read it: the host is the socket's directory, %-encoded. */
  url(databaseName: string): string;
  /** A clean shutdown: whoever is connected is disconnected, everything committed is on disk. */
  stop(): Promise<void>;
}

export type ServerSettings = Readonly<Record<string, string | number>>;

const SOCKET_PORT = 5432;
const READY_TIMEOUT_MS = 60_000;
const ATTEMPTS_MAX = 6;

const SETTINGS: ServerSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_connections: 100,
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/**
 * Starts PostgreSQL on a data directory below `root`, made on the first start, or joins the server that already runs
 * on it. Works as root (the server then runs as another user) and as anybody else; recovers from a kill -9 of the
 * server or of whoever started it; of two starts at once both get the same server. Throws an Error that says what to do
 * when it cannot. `settings` go to the server's command line; a server that is joined keeps its own.
 */
export async function startEmbeddedPostgres(options: {
  readonly root: string;
  readonly log?: Logger;
  readonly settings?: ServerSettings;
}): Promise<EmbeddedPostgres> {
  const { root, log, settings = {} } = options;
  const home = await prepareHome(root);
  let contested = false;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const joined = await join(home, log);
    if (joined) return joined;
    const stale = removeStaleLocks(home.dataDirectory, home.socketDirectory, SOCKET_PORT);
    if (stale.length > 0) log?.warn({ stale }, 'removed the lock files of a server that is gone');
    const started = await start(home, settings);
    if (started) return started;
    // Another process is starting a server, or the sessions of a killed one hold its shared memory until they notice.
    contested ||= stale.length > 0 || readPostmaster(home.dataDirectory) !== undefined;
    if (!contested) break;
    await sleep(50 * 2 ** attempt);
  }
  const lines = existsSync(home.logFile) ? readFileSync(home.logFile, 'utf8').trim().split('\n') : [];
  throw new Error(`PostgreSQL did not start; the end of ${home.logFile}:\n${lines.slice(-8).join('\n')}`);
}

async function join(home: Home, log: Logger | undefined): Promise<EmbeddedPostgres | undefined> {
  const found = readPostmaster(home.dataDirectory);
  if (!found || !isPostmasterOf(found.pid, home.dataDirectory)) return undefined;
  const postmaster = await untilReady(home, () => !isAlive(found.pid));
  if (!postmaster) return undefined;
  log?.info({ postmaster: postmaster.pid }, 'joined the PostgreSQL server that was running');
  return handle(home, postmaster, true);
}

async function start(home: Home, settings: ServerSettings): Promise<EmbeddedPostgres | undefined> {
  const child = spawnPostmaster(home, { ...SETTINGS, ...(await addressSettings(home)), ...settings });
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  // When another process was faster our server exits, and the one that is ready is the other's.
  const postmaster = await untilReady(home, () => exited);
  return postmaster && handle(home, postmaster, postmaster.pid !== child.pid);
}

async function addressSettings(home: Home): Promise<ServerSettings> {
  if (process.platform !== 'win32') {
    return { listen_addresses: '', unix_socket_directories: home.socketDirectory, port: SOCKET_PORT };
  }
  // Node cannot open PostgreSQL's sockets on Windows: a free port of the loopback address instead.
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  const port = typeof address === 'object' && address ? address.port : SOCKET_PORT;
  return { listen_addresses: '127.0.0.1', unix_socket_directories: '', port };
}

async function untilReady(home: Home, ended: () => boolean): Promise<Postmaster | undefined> {
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    const over = ended();
    const postmaster = readPostmaster(home.dataDirectory);
    if (postmaster?.ready && isPostmasterOf(postmaster.pid, home.dataDirectory) && (await accepts(postmaster))) {
      return postmaster;
    }
    if (over) return undefined;
    await sleep(15);
  }
  return undefined;
}

function handle(home: Home, postmaster: Postmaster, adopted: boolean): EmbeddedPostgres {
  const { pid, port, socketDirectory } = postmaster;
  const host = socketDirectory ? encodeURIComponent(socketDirectory) : '127.0.0.1';
  return {
    pid,
    adopted,
    url: (databaseName) => `postgresql://postgres@${host}:${port}/${encodeURIComponent(databaseName)}`,
    async stop() {
      await stopPostmaster(home, pid);
      if (home.socketDirectory !== home.dataDirectory) rmSync(home.socketDirectory, { recursive: true, force: true });
    },
  };
}
