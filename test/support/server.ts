import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, isPostmasterOf, readPostmaster } from '../../db/embedded/postmaster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../db/embedded-postgres.ts';
import { ensureDatabase } from '../../db/ensure-database.ts';
import { migrate } from '../../db/migrate.ts';
import { createLogger } from '../../src/log.ts';

/** The migrated database every test database is a copy of. */
export const TEMPLATE = 'template_croupier';

/** The process id is in the name, so that a later run can tell whose server was left behind by a kill -9. */
const PREFIX = 'croupier-test-';

/** A file system in memory, where there is one with room: a server there never waits for a disk. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;
const homes = hasRoom(MEMORY) ? [MEMORY, tmpdir()] : [tmpdir()];

let root: string | undefined;
let running: Promise<EmbeddedPostgres> | undefined;

/** The one PostgreSQL of this test run, started by the first suite that needs it, with the template in it. */
export function testServer(): Promise<EmbeddedPostgres> {
  running ??= start();
  return running;
}

/** Ends the server of this run, if there is one, and removes its files. */
export function stopTestServer(): void {
  if (root !== undefined) killServer(root);
  root = undefined;
}

/** A directory for one test, which a database user may enter too. The caller removes it. */
export function temporaryDirectory(home = tmpdir()): string {
  const directory = mkdtempSync(join(home, `${PREFIX}${process.pid}-`));
  chmodSync(directory, 0o755);
  return directory;
}

/** Removes it with everything in it, even while a server that was told to stop still writes its last files there. */
export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

async function start(): Promise<EmbeddedPostgres> {
  removeLeftovers();
  root = temporaryDirectory(homes[0]);
  process.once('exit', stopTestServer);
  // Durability stays on, because the wallet refuses a server without it; memory is small, the data is too.
  const settings = { shared_buffers: '64MB', max_connections: 200, log_min_messages: 'fatal' };
  const postgres = await startEmbeddedPostgres({ root, settings });
  await ensureDatabase(postgres.url(TEMPLATE));
  await migrate(postgres.url(TEMPLATE), createLogger('silent'));
  return postgres;
}

function hasRoom(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

function removeLeftovers(): void {
  for (const home of homes) {
    for (const name of readdirSync(home)) {
      const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-')[0] : Number.NaN);
      if (pid && !isAlive(pid)) killServer(join(home, name));
    }
  }
}

/** An immediate shutdown without waiting for it: for data nobody needs any more. */
function killServer(home: string): void {
  try {
    for (const name of readdirSync(home)) {
      const directory = join(home, name);
      const server = readPostmaster(directory);
      if (server && isPostmasterOf(server.pid, directory)) process.kill(server.pid, 'SIGQUIT');
    }
    removeDirectory(home);
  } catch {
    // Somebody else's, or gone already.
  }
}
