import { pino } from 'pino';
import type { DatabasePool } from 'slonik';
import { type Database, openWalletPool } from '../../db/pool.ts';
import { systemClock } from '../../src/clock.ts';
import { deterministicKey, type Key, type UserId, uuid7 } from '../../src/ids.ts';
import { INR, type Minor, minor, type Percentage } from '../../src/money.ts';
import { WalletActor } from '../../src/wallet/actor.ts';
import type { WalletActorOptions } from '../../src/wallet/actor-options.ts';
import { auditBooks } from '../../src/wallet/audit.ts';
import type { GrantId } from '../../src/wallet/bonus.ts';
import {
  type Adjust,
  type Answer,
  type BonusOnHold,
  type BookId,
  type Cancel,
  type CancelLines,
  type ClaimBook,
  type Close,
  type ClosePool,
  type Command,
  type CountDeposit,
  type EndBonus,
  type EndHold,
  type GrantBonus,
  type Hold,
  type OpenBook,
  type PositionId,
  type SelfExclusion,
  type SetLimit,
  type Stake,
  type StakeLine,
  SYSTEM,
  type UncountDeposit,
} from '../../src/wallet/command.ts';

import type { LimitDays, LimitKind } from '../../src/wallet/limits.ts';
import { POOL_WINDOW } from '../../src/wallet/pool.ts';

export const GAME = 'test';
export const CAP = minor(1_000_000_000);
export const silent = pino({ level: 'silent' });

/** A user that differs from every other, in any run. */
export function newUser(): UserId {
  return uuid7<UserId>(Date.now());
}

export function newKey(): Key {
  return uuid7<Key>(Date.now());
}

export interface TestWallet {
  readonly actor: WalletActor;
  readonly pool: DatabasePool;
  end(): Promise<void>;
}

/** A wallet actor on a database of its own connection. */
export async function openWallet(url: string, options: Partial<WalletActorOptions> = {}): Promise<TestWallet> {
  const pool = await openWalletPool(url);
  const actor = await WalletActor.open({ pool, clock: systemClock, log: silent, ...options });
  return {
    actor,
    pool,
    end: async () => {
      await actor.close();
      await pool.end();
    },
  };
}

/** What the books say about themselves: empty when they are right. */
export async function findings(database: Database): Promise<readonly string[]> {
  const found = await auditBooks(database);
  return found.flatMap(({ check, broken }) => broken.map((what) => `${check}: ${what}`));
}

/** A book with a number of its own, open for window 1. */
export function openBook(book: number, cap = CAP): Command {
  const key = deterministicKey('open', book);
  const ref = deterministicKey('ref', book);
  return {
    kind: 'openBook',
    origin: SYSTEM,
    key,
    request: `${book}`,
    book: book as BookId,
    ref,
    game: GAME,
    currency: INR,
    cap,
  };
}

export function claim(book: number): ClaimBook {
  return { kind: 'claimBook', origin: SYSTEM, key: newKey(), request: `${book}`, book: book as BookId };
}

export function credit(owner: UserId, amount: number, bucket: 'real' | 'bonus' = 'real', key = newKey()): Command {
  if (bucket === 'bonus') return grant(owner, amount, {}, key);
  const request = `${owner}|${amount}`;
  return { kind: 'adjust', origin: SYSTEM, key, request, owner, currency: INR, amount: minor(amount) };
}

/** A deposit of which as much, unless told otherwise, has to be staked before it can be withdrawn. */
export function deposit(owner: UserId, amount: number, playThrough = amount): Adjust {
  const request = `${owner}|${amount}|${playThrough}`;
  const more = { amount: minor(amount), playThrough: minor(playThrough) };
  return { kind: 'adjust', origin: SYSTEM, key: newKey(), request, owner, currency: INR, ...more };
}

export interface Terms {
  readonly requirement?: number;
  readonly expiresAt?: number;
  readonly maxStake?: number | null;
  /** Percent, by game. */
  readonly games?: Readonly<Record<string, number>>;
}

export const FAR_FUTURE = Date.UTC(2100, 0);

/** A bonus for all games that nobody plays through, unless told otherwise. */
export function grant(owner: UserId, amount: number, terms: Terms = {}, key = newKey()): GrantBonus {
  const { requirement = 1_000_000_000, expiresAt = FAR_FUTURE, maxStake = null, games = { '*': 100 } } = terms;
  const request = [owner, amount, requirement, expiresAt, maxStake, JSON.stringify(games)].join('|');
  const contributions = new Map(Object.entries(games).map(([game, share]) => [game, (100 * share) as Percentage]));
  return {
    ...{ kind: 'grantBonus', origin: SYSTEM, key, request, owner, currency: INR, amount: minor(amount) },
    terms: {
      requirement: minor(requirement),
      expiresAt,
      maxStake: maxStake === null ? null : minor(maxStake),
      contributions,
    },
  };
}

export function endBonus(owner: UserId, id: number, as: EndBonus['as'] = 'cancelled'): EndBonus {
  const request = `${owner}|${id}|${as}`;
  const grantId = id as GrantId;
  return { kind: 'endBonus', origin: SYSTEM, key: newKey(), request, owner, currency: INR, grant: grantId, as };
}

export function hold(owner: UserId, amount: number, key = newKey(), bonuses: BonusOnHold = 'forfeit'): Hold {
  const request = `${amount}|${bonuses}`;
  const terms = { bonuses, playThrough: 'binds' } as const;
  return { kind: 'hold', origin: owner, key, request, owner, currency: INR, amount: minor(amount), ...terms };
}

export function endHold(kind: EndHold['kind'], owner: UserId, id: number): EndHold {
  const request = `${owner}|${id}`;
  return { kind, origin: SYSTEM, key: newKey(), request, owner, currency: INR, hold: id as PositionId };
}

export function setLimit(owner: UserId, kind: LimitKind, days: LimitDays, amount: Minor | null): SetLimit {
  const request = `${kind}|${days}|${amount}`;
  return {
    kind: 'setLimit',
    origin: owner,
    key: newKey(),
    request,
    owner,
    currency: INR,
    limit: { kind, days, amount },
  };
}

/** Until then, epoch milliseconds. */
export function exclude(owner: UserId, until: number): SelfExclusion {
  return { kind: 'exclude', origin: owner, key: newKey(), request: `${until}`, owner, currency: INR, until };
}

export function countDeposit(owner: UserId, amount: number): CountDeposit {
  const request = `${owner}|${amount}`;
  const kind = 'countDeposit' as const;
  return { kind, origin: SYSTEM, key: newKey(), request, owner, currency: INR, amount: minor(amount) };
}

export function uncountDeposit(owner: UserId, amount: number, countedAt: number): UncountDeposit {
  return { ...countDeposit(owner, amount), kind: 'uncountDeposit', countedAt };
}

/** A bet that pays twice its stake when it wins, unless told otherwise. */
export function stake(origin: UserId, book: number, amount: number, more: Partial<Stake> = {}): Stake {
  const lines = more.lines ?? [{ selection: 1, amount: minor(amount), liability: minor(2 * amount) }];
  const request = `${book}|${lines.map((line) => `${line.selection}:${line.amount}`)}`;
  return { kind: 'stake', origin, key: newKey(), request, book: book as BookId, window: 1, lines, ...more };
}

export function cancel(origin: UserId, book: number, position: number): Cancel {
  const key = newKey();
  return {
    kind: 'cancel',
    origin,
    key,
    request: `${position}`,
    book: book as BookId,
    position: position as PositionId,
  };
}

export function window(kind: 'openWindow' | 'closeWindow', book: number, number: number, epoch = 1): Command {
  const key = deterministicKey(kind, book, number, epoch);
  return {
    kind,
    origin: SYSTEM,
    key,
    request: `${book}|${number}|${epoch}`,
    book: book as BookId,
    epoch,
    window: number,
  };
}

export function settle(book: number, closes: readonly Close[], last = true, epoch = 1): Command {
  const request = closes.map((close) => `${close.position}:${close.payout}:${close.outcome}`).join();
  const key = deterministicKey('settle', book, request, epoch);
  return { kind: 'settle', origin: SYSTEM, key, request, book: book as BookId, epoch, closes, last };
}

export function voidBook(book: number, positions: readonly number[], last = true, epoch = 1): Command {
  const key = deterministicKey('void', book, positions.join(), epoch);
  const request = positions.join();
  return {
    kind: 'void',
    origin: SYSTEM,
    key,
    request,
    book: book as BookId,
    epoch,
    positions: positions as PositionId[],
    last,
  };
}

/** A pool, open. */
export function openPool(book: number, more: Partial<OpenBook> = {}): OpenBook {
  return { ...(openBook(book) as OpenBook), pooled: true, ...more };
}

/** `('1:100', '2:50<80')`: selection, amount, and the most that may be staked on it in all. It pays 80 times. */
export function slip(origin: UserId, book: number, texts: readonly string[], more: Partial<Stake> = {}): Stake {
  const priced = texts.map((text): StakeLine => {
    const [selection = 0, amount = 0, limit] = text.split(/[:<]/).map(Number);
    const line = { selection, amount: minor(amount), liability: minor(80 * amount) };
    return limit === undefined ? line : { ...line, limit: minor(limit) };
  });
  return stake(origin, book, 0, { lines: priced, window: POOL_WINDOW, ...more });
}

export function cancelLines(book: number, positions: readonly number[], epoch = 1): CancelLines {
  const request = positions.join();
  const lot = positions as PositionId[];
  return { kind: 'cancelLines', origin: SYSTEM, key: newKey(), request, book: book as BookId, epoch, positions: lot };
}

export function closePool(book: number, wallets: readonly number[], last = true, epoch = 1): ClosePool {
  const request = `${wallets.join()}|${last}`;
  return { kind: 'closePool', origin: SYSTEM, key: newKey(), request, book: book as BookId, epoch, wallets, last };
}

export function close(
  position: number,
  payout: number,
  outcome: Close['outcome'] = payout > 0 ? 'won' : 'lost',
): Close {
  return { position: position as PositionId, payout: minor(payout), outcome };
}

/** `('1:100', '2:50x19')`: selection, amount, and what it pays at most (twice the amount unless told). */
export function lines(...texts: readonly string[]): readonly StakeLine[] {
  return texts.map((text) => {
    const [selection, amount, liability] = text.split(/[:x]/).map(Number);
    if (selection === undefined || amount === undefined) throw new Error(`not a line: ${text}`);
    return { selection, amount: minor(amount), liability: minor(liability ?? 2 * amount) };
  });
}

/** `1000/0/0 v1`, or the refusal's code. */
export function shown(answer: Answer): string {
  if (!answer.ok) return answer.code;
  const { real, bonus, held, version } = answer.balance;
  return `${real}/${bonus}/${held} v${version}`;
}
