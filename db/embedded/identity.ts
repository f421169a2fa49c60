import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';

/** The operating system's user that runs the server; empty for the user of this process. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root. Then it runs as the owner of `dataDirectory` if there is one already, otherwise as
 * `postgres` or `nobody`: initdb needs a user with an entry in the password file, an arbitrary number will not do.
 */
export function pickIdentity(dataDirectory: string): Identity {
  if (process.getuid?.() !== 0) return {};
  if (existsSync(dataDirectory)) {
    const { uid, gid } = statSync(dataDirectory);
    if (uid !== 0) return { uid, gid };
  }
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const user = users.find(([name]) => name === wanted);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(
    'the embedded PostgreSQL cannot run as root, and there is no user "postgres" or "nobody": set DATABASE_URL',
  );
}

/** What every program of the server is started with: little environment, no locale, a directory all may stand in. */
export function spawnOptions(identity: Identity) {
  return { ...identity, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }, cwd: '/', encoding: 'utf8' } as const;
}

/** Runs a program to its end as `identity`. Throws with what it wrote when it fails. */
export function run(identity: Identity, program: string, args: readonly string[]): string {
  const result = spawnSync(program, args, spawnOptions(identity));
  if (result.status === 0) return result.stdout;
  throw new Error(`${program} failed: ${result.error?.message ?? result.stderr}`);
}

/** Whether `identity` can run this program, which includes reaching it through every directory above. */
export function canRun(identity: Identity, program: string, ...args: readonly string[]): boolean {
  const result = spawnSync(program, args, { ...spawnOptions(identity), stdio: 'ignore' });
  if (result.error && 'code' in result.error && result.error.code === 'EPERM') {
    throw new Error('root may not switch to another user here, and PostgreSQL refuses root: set DATABASE_URL');
  }
  return result.status === 0;
}
