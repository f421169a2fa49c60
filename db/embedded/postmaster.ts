import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './binaries.ts';
import type { Home } from './home.ts';
import { run, spawnOptions } from './identity.ts';

/** What `postmaster.pid` in the data directory says about the server that wrote it, dead or alive. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** The directory of its socket; empty where it listens on the loopback address only. */
  readonly socketDirectory: string;
  readonly ready: boolean;
}

/** The server's own lock file, or undefined when there is none or it is half written. */
export function readPostmaster(dataDirectory: string): Postmaster | undefined {
  const lines = readLines(join(dataDirectory, 'postmaster.pid'));
  const pid = Math.abs(Number(lines[0]));
  if (!pid) return undefined;
  return {
    pid,
    port: Number(lines[3]),
    socketDirectory: lines[4]?.trim() ?? '',
    ready: lines[7]?.trim() === 'ready',
  };
}

/** Whether a process runs under this id. A zombie, which nobody has reaped yet, does not run. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (process.platform !== 'linux') return true;
  const afterName = readLines(`/proc/${pid}/stat`).join(' ').split(') ').pop();
  return afterName !== undefined && afterName !== '' && !afterName.startsWith('Z');
}

/** Whether `pid` is a server on exactly this data directory, and not a stranger who was given a dead server's id. */
export function isPostmasterOf(pid: number, dataDirectory: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') {
    const [program, ...args] = readLines(`/proc/${pid}/cmdline`).join('\n').split('\0');
    return program !== undefined && basename(program) === 'postgres' && args.includes(dataDirectory);
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes('postgres') && stdout.includes(`-D ${dataDirectory} `);
}

/**
 * Removes lock files of servers that are gone. PostgreSQL refuses to start while the id in one of them belongs to
 * anybody. It is safe: its shared-memory interlock still refuses a second server on a live data directory.
 */
export function removeStaleLocks(dataDirectory: string, socketDirectory: string, port: number): readonly string[] {
  const files = [join(dataDirectory, 'postmaster.pid'), join(socketDirectory, `.s.PGSQL.${port}.lock`)];
  return files.filter((file) => {
    const pid = Math.abs(Number(readLines(file)[0]));
    if (!pid || isPostmasterOf(pid, dataDirectory)) return false;
    rmSync(file, { force: true });
    return true;
  });
}

/** Starts a server in a session of its own: Ctrl-C must not stop it before the application wrote its last batch. */
export function spawnPostmaster(home: Home, settings: Readonly<Record<string, string | number>>): ChildProcess {
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(home.logFile, 'a');
  const child = spawn(program(home.binaries, 'postgres'), ['-D', home.dataDirectory, ...args], {
    ...spawnOptions(home.identity),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // A failure to spawn is reported here and only here; the caller watches for the exit.
  child.once('error', () => child.emit('exit', null, null));
  child.unref();
  return child;
}

/** Whether the server takes connections now. */
export async function accepts({ socketDirectory, port }: Postmaster): Promise<boolean> {
  const socket = socketDirectory ? connect(join(socketDirectory, `.s.PGSQL.${port}`)) : connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A fast shutdown: sessions are ended, everything is flushed. Resolves when the process is gone. */
export async function stopPostmaster(home: Home, pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  // Windows has no signals; the server's own tool has a substitute.
  if (process.platform === 'win32') run(home.identity, program(home.binaries, 'pg_ctl'), ['kill', 'INT', String(pid)]);
  else process.kill(pid, 'SIGINT');
  while (isAlive(pid)) await sleep(20);
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
