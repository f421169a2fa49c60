import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Refusal, refuse } from '../refusal.ts';

/** What one guess costs an attacker, and one sign-in costs us. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** 19 MiB and two passes: about 30–60 ms on one core. */
export const STANDARD_COST: PasswordCost = { memoryKib: 19_456, passes: 2, parallelism: 1 };

export interface PasswordSettings {
  readonly cost: PasswordCost;
  /** Hashes computed at once. */
  readonly running: number;
  /** Callers that may wait for their turn; beyond them BUSY. 64 of them wait about two seconds at most. */
  readonly waiting: number;
}

const DEFAULTS: PasswordSettings = { cost: STANDARD_COST, running: 2, waiting: 64 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const STORED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export interface Passwords {
  /** The text to store: algorithm, parameters, salt and hash in the usual `$argon2id$…` form. Refuses BUSY. */
  hash(password: string): Promise<string | Refusal>;
  /** Compares in constant time. Without a stored hash it does the same work and answers false. Refuses BUSY. */
  matches(password: string, stored: string | undefined): Promise<boolean | Refusal>;
  /** True when `stored` was made with other parameters than today's. */
  isOutdated(stored: string): boolean;
}

/** Argon2id passwords with a bound on how many are computed and how many wait (two cores are easily drowned). */
export function createPasswords(settings: Partial<PasswordSettings> = {}): Passwords {
  const { cost, running, waiting } = { ...DEFAULTS, ...settings };
  const turns = createTurns(running, waiting);
  const prefix = `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.parallelism}$`;
  const nobody = `${prefix}${encode(randomBytes(SALT_BYTES))}$${encode(randomBytes(HASH_BYTES))}`;

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await turns(() => derive(password, salt, cost, HASH_BYTES));
      return hash === undefined ? busy() : `${prefix}${encode(salt)}$${encode(hash)}`;
    },
    async matches(password, stored) {
      const parts = parse(stored ?? nobody);
      const hash = await turns(() => derive(password, parts.salt, parts.cost, parts.hash.length));
      if (hash === undefined) return busy();
      return timingSafeEqual(hash, parts.hash) && stored !== undefined;
    },
    isOutdated: (stored) => !stored.startsWith(prefix),
  };
}

function busy(): Refusal {
  return refuse('BUSY', 'Too many people are signing in at this moment; try again shortly.');
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function parse(stored: string): { cost: PasswordCost; salt: Buffer; hash: Buffer } {
  const [, memoryKib, passes, parallelism, salt, hash] = STORED.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('a stored password hash is not readable');
  const cost = { memoryKib: Number(memoryKib), passes: Number(passes), parallelism: Number(parallelism) };
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

function derive(password: string, nonce: Buffer, cost: PasswordCost, tagLength: number): Promise<Buffer> {
  // The same letters typed on two keyboards may arrive as different code points.
  const message = Buffer.from(password.normalize('NFKC'), 'utf8');
  const { memoryKib: memory, passes, parallelism } = cost;
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, memory, passes, parallelism, tagLength }, (error, derived) =>
      error ? reject(error) : resolve(derived),
    );
  });
}

/** Runs tasks a few at a time, first come first served; answers undefined when too many wait already. */
function createTurns(running: number, waiting: number) {
  const queue: (() => void)[] = [];
  let free = running;
  return async <T>(task: () => Promise<T>): Promise<T | undefined> => {
    if (free > 0) free -= 1;
    else if (queue.length >= waiting) return undefined;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
}
