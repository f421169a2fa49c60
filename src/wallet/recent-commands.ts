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
  #young = new Map<string, CommandRecord>();
  #old = new Map<string, CommandRecord>();
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

  get({ origin, key }: { origin: UserId; key: Key }): CommandRecord | undefined {
    const id = key + origin;
    return this.#young.get(id) ?? this.#old.get(id);
  }

  /** True when the database may know a key that this memory does not. */
  mayBeOnRecord(command: Command, nowMs: number): boolean {
    if (this.#isAfterHorizon(command.key, nowMs)) return false;
    return this.get(command) === undefined;
  }

  set(command: { origin: UserId; key: Key }, record: CommandRecord, nowMs: number): void {
    this.#young.set(command.key + command.origin, record);
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
    this.#young = new Map();
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
