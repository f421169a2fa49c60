import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { Grant, GrantShare, StakeOrder } from './bonus.ts';
import type { Balance, BookId, Custody, Outcome, PositionId } from './command.ts';
import { Exposure } from './exposure.ts';
import type { Counted, HourSums } from './limits.ts';
import { Pool } from './pool.ts';

/** The disjoint parts of a wallet, by the number stored in `transfer`. */
export const BUCKET = { real: 0, bonus: 1, held: 2 } as const;
export type Bucket = keyof typeof BUCKET;

/** Why money moved, by the number stored in `transfer.reason`. Append only. */
export const REASON = {
  ...{ stake: 1, payout: 2, house: 3, refund: 4, credit: 5, debit: 6 },
  ...{ hold: 7, capture: 8, release: 9 },
  ...{ grant: 10, convert: 11, forfeit: 12, loss: 13 },
} as const;
export type Reason = keyof typeof REASON;

/** By the number stored in `closing.outcome`. */
export const OUTCOME: Readonly<Record<Outcome, number>> = { won: 1, lost: 2, refunded: 3, cancelled: 4 };

/** What a batch has to remember of a wallet before it changed: the update is a delta against exactly this. */
export interface WalletSnapshot {
  readonly version: number;
  readonly real: bigint;
  readonly bonus: bigint;
  readonly held: bigint;
  readonly turnover: bigint;
  readonly realLosses: bigint;
  readonly bonusLosses: bigint;
  readonly netLoss: bigint;
  readonly xp: bigint;
  readonly bets: number;
}

/** A wallet in memory; the actor alone changes it, ahead of the database by at most two batches. */
export interface Wallet extends Counted {
  readonly id: number;
  readonly owner: UserId | null;
  readonly name: string | null;
  readonly currency: Currency;
  readonly overdraft: boolean;
  version: number;
  real: bigint;
  bonus: bigint;
  held: bigint;
  turnover: bigint;
  realLosses: bigint;
  bonusLosses: bigint;
  /** Real money that games have kept: what was staked less what came back, of everything settled. */
  netLoss: bigint;
  xp: bigint;
  bets: number;
  /** Of deposits, still to be staked before it can be withdrawn. */
  playThrough: bigint;
  /** The last such deposit: what was staked before it does not count. */
  playThroughFrom: number;
  /** Of what was left of the deposits before it, and the first of these. */
  playThroughOld: bigint;
  playThroughOldFrom: number;
  /** Of its last transfer; 0 before the first. */
  lastSeq: number;
  /** Epoch milliseconds: no stakes before. */
  excludedUntil: number;
  /** What is set aside, by the transfer that did it: together they are `held`. */
  readonly holds: Map<PositionId, bigint>;
  /** Bonuses that are active, or that open bets were made with; the oldest first. */
  readonly grants: Grant[];
  /** By hours that were over, what the batch under construction takes out of them: the database has it in them yet. */
  readonly takenOut: Map<number, HourSums>;
  /** As it was when the batch under construction first touched it; null when untouched. */
  before: WalletSnapshot | null;
}

/** Something at stake. */
export interface Position {
  readonly id: PositionId;
  readonly wallet: number;
  readonly owner: UserId;
  readonly selection: number;
  readonly window: number;
  readonly liability: Minor;
  /** The stake as it was taken: a refund gives back exactly this. */
  readonly real: bigint;
  readonly bonus: bigint;
  /** Where the bonus part came from. */
  readonly shares: readonly GrantShare[];
  /** In which it was counted towards its player's limits. */
  readonly hour: number;
}

export type BookState = 'open' | 'closed' | 'settling' | 'settled' | 'voiding' | 'voided';

/** What takes positions; finished ones are forgotten. */
export interface Book {
  readonly id: BookId;
  readonly ref: string;
  readonly game: string;
  readonly currency: Currency;
  readonly cap: bigint;
  /** The most that one wallet may have at stake in it at once; null: anything. */
  readonly playerCap: bigint | null;
  /** These two as in `Draws`. */
  readonly marketSizes: readonly number[];
  readonly outcomes: readonly (readonly number[])[];
  readonly pooled: boolean;
  /** Null where positions are settled together, at the end. */
  readonly standing: Custody | null;
  readonly firstSeq: number;
  readonly firstBatch: number;
  /** Null until the book is finished. */
  lastSeq: number | null;
  epoch: number;
  state: BookState;
  window: number;
  readonly positions: Map<PositionId, Position>;
  readonly exposure: Exposure;
  /** By wallet, what it has staked and not taken back. */
  readonly staked: Map<number, bigint>;
  /** Wallets that have had positions settled on it: what they have staked has counted towards their play-through. */
  readonly counted: Set<number>;
  /** Null where every position that is open is in `positions`; else these are only those that were asked for. */
  readonly pool: Pool | null;
}

/** A book without what is at stake on it: what its row in the database says. */
export type BookRow = Readonly<Omit<Book, 'positions' | 'exposure' | 'staked' | 'counted' | 'pool'>>;

/** Everything the actor holds in memory. Decisions read it; only the actor changes it. */
export class LedgerState {
  /** Epoch milliseconds: when what is decided next is decided. */
  now = 0;
  readonly stakeOrder: StakeOrder;
  readonly wallets = new Map<number, Wallet>();
  readonly books = new Map<BookId, Book>();
  readonly #standing = new Set<Book>();
  /** By currency, then by owner or name. */
  readonly #byOwner = new Map<Currency, Map<UserId, Wallet>>();
  readonly #byName = new Map<Currency, Map<string, Wallet>>();

  constructor(stakeOrder: StakeOrder = 'real-first') {
    this.stakeOrder = stakeOrder;
  }

  add(wallet: Wallet): void {
    this.wallets.set(wallet.id, wallet);
    const { currency, owner, name } = wallet;
    if (owner !== null) this.#byOwner.getOrInsertComputed(currency, () => new Map()).set(owner, wallet);
    if (name !== null) this.#byName.getOrInsertComputed(currency, () => new Map()).set(name, wallet);
  }

  addBook(book: BookRow): Book {
    const positions = new Map<PositionId, Position>();
    const staked = new Map<number, bigint>();
    const pool = book.pooled ? new Pool() : null;
    const complete = { ...book, positions, exposure: new Exposure(), staked, counted: new Set<number>(), pool };
    this.books.set(book.id, complete);
    if (book.standing !== null) this.#standing.add(complete);
    return complete;
  }

  /** A book that is finished. */
  forget(book: Book): void {
    this.books.delete(book.id);
    this.#standing.delete(book);
  }

  /** What a wallet has open on standing books, whenever it was staked: no hour has it as lost (limits.ts). */
  standingOf(wallet: number): bigint {
    let open = 0n;
    for (const book of this.#standing) open += stakedBy(book, wallet);
    return open;
  }

  ofOwner(owner: UserId, currency: Currency): Wallet | undefined {
    return this.#byOwner.get(currency)?.get(owner);
  }

  /** Throws when the wallet was not loaded before: loading comes before deciding. */
  walletOf(owner: UserId, currency: Currency): Wallet {
    return loaded(this.#byOwner.get(currency)?.get(owner), owner);
  }

  named(name: string, currency: Currency): Wallet | undefined {
    return this.#byName.get(currency)?.get(name);
  }

  systemWallet(name: string, currency: Currency): Wallet {
    return loaded(this.#byName.get(currency)?.get(name), name);
  }

  walletById(id: number): Wallet {
    return loaded(this.wallets.get(id), id);
  }

  /** Forgets players' wallets above `limit`, first those loaded first, except what the batch under way has changed. */
  trim(limit: number): void {
    if (this.wallets.size <= limit) return;
    for (const wallet of this.wallets.values()) {
      if (this.wallets.size <= limit) return;
      if (wallet.owner === null || wallet.before !== null) continue;
      this.wallets.delete(wallet.id);
      this.#byOwner.get(wallet.currency)?.delete(wallet.owner);
    }
  }
}

/** Puts a position at stake on its book. */
export function addPosition(book: Book, position: Position): void {
  const stake = position.real + position.bonus;
  if (book.pool === null) book.positions.set(position.id, position);
  book.exposure.add(position.selection, stake, position.liability);
  book.staked.set(position.wallet, stakedBy(book, position.wallet) + stake);
}

/** Takes a position off its book: it is not at stake any more, and cannot cost the house anything. */
export function removePosition(book: Book, position: Position): void {
  const stake = position.real + position.bonus;
  book.positions.delete(position.id);
  book.exposure.remove(position.selection, stake, position.liability);
  const left = stakedBy(book, position.wallet) - stake;
  if (left === 0n) book.staked.delete(position.wallet);
  else book.staked.set(position.wallet, left);
}

/** What a wallet has staked on a book and not taken back. */
export function stakedBy(book: Book, wallet: number): bigint {
  return book.staked.get(wallet) ?? 0n;
}

function loaded(wallet: Wallet | undefined, what: string | number): Wallet {
  if (wallet === undefined) throw new Error(`wallet of ${what} is used before it is loaded`);
  return wallet;
}

export function balanceOf(wallet: Wallet): Balance {
  return {
    version: wallet.version,
    real: wallet.real as Minor,
    bonus: wallet.bonus as Minor,
    held: wallet.held as Minor,
  };
}

export const NO_BALANCE: Balance = { version: 0, real: 0n as Minor, bonus: 0n as Minor, held: 0n as Minor };
