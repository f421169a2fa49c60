import type { Key, UserId } from '../ids.ts';
import type { Balance, Command } from './command.ts';
import { KeysAhead } from './keys-ahead.ts';
import type { Verdict } from './verdict.ts';

/** The answer on record for a command. For the system's commands `balance.version` is the book's epoch. */
export interface CommandRecord {
  readonly hash: bigint;
  readonly verdict: Verdict;
  readonly seq: number;
  readonly moves: number;
  readonly balance: Balance;
}

interface Identity {
  readonly origin: UserId;
  readonly key: Key;
}

/** By key, because a client's keys are hardly ever another's too; those that are stand in a second map. */
class Generation {
  readonly #byKey = new Map<string, { readonly origin: UserId; readonly record: CommandRecord }>();
  readonly #byBoth = new Map<string, CommandRecord>();

  get size(): number {
    return this.#byKey.size + this.#byBoth.size;
  }

  get(key: Key, origin: UserId): CommandRecord | undefined {
    const found = this.#byKey.get(key);
    if (found === undefined || found.origin === origin) return found?.record;
    return this.#byBoth.get(key + origin);
  }

  set(key: Key, origin: UserId, record: CommandRecord): void {
    const found = this.#byKey.get(key);
    if (found === undefined || found.origin === origin) this.#byKey.set(key, { origin, record });
    else this.#byBoth.set(key + origin, record);
  }
}

const CLOCK_SKEW_MS = 5_000;
const VERSION_AT = 14;

/** The smallest UUIDv7 of a millisecond. */
function firstKeyAt(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** The newest key that is not from the future, a little skew between clocks allowed. */
export function newestCredibleKey(nowMs: number): string {
  return firstKeyAt(nowMs + CLOCK_SKEW_MS);
}

/**
 * Recent answers by (origin, key), in two generations: bounded, without book-keeping per entry.
 *
 * The horizon spares most commands the look-up in the database: a UUIDv7 above it is either in here or new, because
 * every forgotten key has pushed the horizon up. Other keys, the system's, and keys from the future (which would push
 * the horizon up for everybody) are looked up, and those on record still are when their time has come. Should this
 * ever be wrong, the unique key in the database still holds.
 */
export class RecentCommands {
  readonly #capacity: number;
  readonly #ahead: KeysAhead;
  #young = new Generation();
  #old = new Generation();
  #horizon: string;
  #newestYoung = '';
  #newestOld = '';
  #latest = '';
  #latestAtMs = Number.NaN;

  /** `horizon` is the newest credible key on record, or an empty text; `ahead` are those on record beyond it. */
  constructor(capacity: number, horizon: string, ahead: KeysAhead = new KeysAhead(capacity)) {
    this.#capacity = capacity;
    this.#horizon = horizon;
    this.#ahead = ahead;
  }

  get({ origin, key }: Identity): CommandRecord | undefined {
    return this.#young.get(key, origin) ?? this.#old.get(key, origin);
  }

  /** True when the database may know a key that this memory does not. */
  mayBeOnRecord(command: Command, nowMs: number): boolean {
    if (this.#isAfterHorizon(command.key, nowMs)) return false;
    return this.get(command) === undefined;
  }

  set(command: Identity, record: CommandRecord, nowMs: number): void {
    this.#young.set(command.key, command.origin, record);
    if (!this.#isCredible(command.key, nowMs)) {
      if (isVersion7(command.key)) this.#ahead.add(command.key);
    } else if (command.key > this.#newestYoung) {
      this.#newestYoung = command.key;
    }
    if (this.#young.size < this.#capacity) return;
    if (this.#newestOld > this.#horizon) this.#horizon = this.#newestOld;
    this.#ahead.forgetUpTo(this.#horizon);
    this.#newestOld = this.#newestYoung;
    this.#newestYoung = '';
    this.#old = this.#young;
    this.#young = new Generation();
  }

  #isAfterHorizon(key: string, nowMs: number): boolean {
    return key > this.#horizon && this.#isCredible(key, nowMs) && !this.#ahead.has(key);
  }

  #isCredible(key: string, nowMs: number): boolean {
    if (nowMs !== this.#latestAtMs) {
      this.#latestAtMs = nowMs;
      this.#latest = newestCredibleKey(nowMs);
    }
    return isVersion7(key) && key <= this.#latest;
  }
}

function isVersion7(key: string): boolean {
  return key.charAt(VERSION_AT) === '7';
}
