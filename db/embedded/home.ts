import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Binaries, findBinaries, program, reachable } from './binaries.ts';
import { canRun, type Identity, pickIdentity, run } from './identity.ts';

/** Where a server lives and who runs it. */
export interface Home {
  readonly binaries: Binaries;
  readonly identity: Identity;
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  readonly logFile: string;
}

/** A socket's path may be 103 bytes long on some systems; the file's own name takes 14 of them. */
const SOCKET_DIRECTORY_BYTES_MAX = 80;

/** Makes everything below `wantedRoot` that a server needs to start; what is there already stays as it is. */
export async function prepareHome(wantedRoot: string): Promise<Home> {
  const installed = await findBinaries();
  const folder = `postgres-${installed.major}`;
  const root = reachableRoot(wantedRoot, folder);
  const dataDirectory = join(root, folder);
  const identity = pickIdentity(dataDirectory);
  const binaries = reachable(installed, root, identity);
  if (existsSync(dataDirectory)) assertOurs(dataDirectory);
  else createDataDirectory(binaries, identity, root, dataDirectory);
  const socketDirectory = prepareSocketDirectory(dataDirectory, identity);
  return { binaries, identity, dataDirectory, socketDirectory, logFile: join(root, 'postgres.log') };
}

/** `wanted`, or when the server's user cannot enter it (a project under /root), a directory of ours below /var/lib. */
function reachableRoot(wanted: string, folder: string): string {
  makeDirectory(wanted);
  const root = realpathSync(wanted);
  if (process.getuid?.() !== 0) return root;
  const identity = pickIdentity(join(root, folder));
  const enters = () => canRun(identity, 'test', '-x', root);
  if (enters()) return root;
  // An empty directory was made for us and holds nothing to protect: a temporary one, or `.data` under a strict umask.
  if (readdirSync(root).length === 0) chmodSync(root, 0o711);
  if (enters()) return root;
  const outside = join('/var/lib', `croupier-${digest(root)}`);
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  return outside;
}

/** Step by step: where nothing can be made, such as below /proc, Node's own recursive way tries for ever. */
function makeDirectory(wanted: string): void {
  if (existsSync(wanted)) return;
  makeDirectory(dirname(resolve(wanted)));
  try {
    mkdirSync(wanted);
  } catch (cause) {
    if (existsSync(wanted)) return; // another start was quicker
    throw new Error(`cannot make the directory ${wanted}: set DATA_DIR to one that can be written`, { cause });
  }
}

function assertOurs(dataDirectory: string): void {
  try {
    accessSync(join(dataDirectory, 'PG_VERSION'));
  } catch (cause) {
    throw new Error(`${dataDirectory} is not a database this user can read: set DATA_DIR to a directory of your own`, {
      cause,
    });
  }
}

/** Made aside and renamed, so that it is complete whenever it exists, and of two first starts one wins. */
function createDataDirectory(binaries: Binaries, identity: Identity, root: string, dataDirectory: string): void {
  const unfinished = mkdtempSync(join(root, '.init-'));
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
  try {
    give(unfinished, identity);
    run(identity, program(binaries, 'initdb'), [
      ...['-D', unfinished, '--username=postgres', '--auth=trust', '--no-instructions'],
      ...locale,
    ]);
    renameSync(unfinished, dataDirectory);
  } catch (error) {
    if (!existsSync(dataDirectory)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The data directory itself, which is closed to everybody else, unless its path is too long for a socket. */
function prepareSocketDirectory(dataDirectory: string, identity: Identity): string {
  if (process.platform === 'win32' || Buffer.byteLength(dataDirectory) <= SOCKET_DIRECTORY_BYTES_MAX) {
    return dataDirectory;
  }
  const directory = `/tmp/croupier-${digest(dataDirectory)}`;
  if (!existsSync(directory)) {
    mkdirSync(directory, { mode: 0o700, recursive: true });
    give(directory, identity);
  }
  // Anybody can make a directory in /tmp, and whoever owns this one could pretend to be the database.
  const { uid, mode } = lstatSync(directory);
  if (uid !== (identity.uid ?? process.getuid?.()) || (mode & 0o777) !== 0o700) {
    throw new Error(`${directory} belongs to somebody else: remove it, or set DATA_DIR to a shorter path`);
  }
  return directory;
}

function give(path: string, { uid, gid }: Identity): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
