import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Mistake } from './mistake.ts';

const Credential = z.object({
  userId: z.uuid(),
  username: z.string(),
  accessToken: z.string(),
  /** Good for one use; the answer holds the next. */
  refreshToken: z.string(),
  /** Epoch milliseconds at which the access token ends. */
  expiresAt: z.int(),
});
const File = z.object({ players: z.array(Credential) });

/** How a load-test player signs in. */
export type Credential = z.output<typeof Credential>;

/** Beside the embedded database, in a directory that is not under version control. */
export function defaultFile(dataDir: string): string {
  return join(dataDir, 'loadtest-players.json');
}

/** Throws a Mistake where there is no such file, or it holds something else. */
export function readCredentials(path: string): Credential[] {
  if (!existsSync(path)) throw new Mistake(`${path} is not there: make players with npm run loadtest:seed first`);
  const parsed = File.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Mistake(`${path} holds no load-test players`);
  return parsed.data.players;
}

/** Replaces the file as a whole. Nobody else may read it: whoever holds a token is the player. */
export function writeCredentials(path: string, players: readonly Credential[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify({ players }, null, 1)}\n`, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

const SignedIn = z.object({
  user: z.object({ id: z.uuid(), username: z.string() }),
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.number(),
});

/** What registration, login and renewal answer (PROTOCOL, Accounts). */
export function credentialOf(answer: unknown): Credential {
  const { user, accessToken, refreshToken, expiresIn } = SignedIn.parse(answer);
  const expiresAt = Date.now() + Math.floor(expiresIn * 1_000);
  return { userId: user.id, username: user.username, accessToken, refreshToken, expiresAt };
}
