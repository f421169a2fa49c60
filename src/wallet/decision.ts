import type { Minor } from '../money.ts';
import type { Grant, GrantShare, GrantStatus, Progress } from './bonus.ts';
import type { GrantBonus, OpenBook, Outcome, PositionId } from './command.ts';
import type { PlayerLimit } from './limits.ts';
import type { PoolPlayer } from './pool.ts';
import type { Book, BookState, Bucket, Position, Reason, Wallet } from './state.ts';
import type { RecordedRefusal, Verdict } from './verdict.ts';

/** Money moves from one leg to another. `position` is set where the move belongs to one. */
export interface Move {
  readonly from: Wallet;
  readonly fromBucket: Bucket;
  readonly to: Wallet;
  readonly toBucket: Bucket;
  readonly amount: bigint;
  readonly reason: Reason;
  readonly position: number;
  /** The bonus whose money it is. */
  readonly grant?: Grant;
}

/** A position to open: its id is the sequence number that its first transfer gets. */
export interface Opening {
  readonly wallet: Wallet;
  /** Who keeps it; a margin the player's own wallet, as held money. */
  readonly escrow: Wallet;
  readonly book: Book;
  readonly selection: number;
  readonly window: number;
  readonly liability: Minor;
  readonly real: bigint;
  readonly shares: readonly GrantShare[];
}

export interface Closing {
  readonly position: Position;
  readonly payout: bigint;
  readonly outcome: Outcome;
}

export type BookChange =
  | { readonly kind: 'opened'; readonly command: OpenBook }
  | {
      readonly kind: 'changed';
      readonly book: Book;
      readonly state: BookState;
      readonly window: number;
      readonly epoch: number;
    };

/** Money to set aside: its id is the sequence number of the transfer that does it. */
export interface NewHold {
  readonly wallet: Wallet;
  readonly amount: bigint;
}

/** What protects a player from himself. */
export type Protection =
  | { readonly kind: 'limit'; readonly limit: PlayerLimit }
  | { readonly kind: 'exclusion'; readonly until: number }
  | { readonly kind: 'deposit'; readonly amount: bigint }
  | { readonly kind: 'noDeposit'; readonly amount: bigint; readonly countedAt: number };

/** An active bonus that is over. What is left of it is in `moves`. */
export interface GrantEnd {
  readonly grant: Grant;
  readonly as: Exclude<GrantStatus, 'active'>;
}

/** What has to be staked before a deposit can be withdrawn: more with the deposit, less (negative) with a stake. */
export type PlayThrough =
  | { readonly kind: 'deposited'; readonly wallet: Wallet; readonly amount: bigint }
  /** Of the last deposit, and of those before it. */
  | { readonly kind: 'played'; readonly wallet: Wallet; readonly old: bigint; readonly last: bigint }
  /** What counted for it was taken back. */
  | { readonly kind: 'returned'; readonly wallet: Wallet; readonly amount: bigint };

/** Of a player in a pool: what the stakes there took off the play-through of deposits, more or less. */
export interface PoolPlay {
  readonly wallet: Wallet;
  readonly change: bigint;
}

/** A player's part in a pool is over: what was open of it is lost. */
export interface PoolLoss {
  readonly wallet: Wallet;
  readonly player: PoolPlayer;
}

/** What a command does, if anything: computed without touching anything, then applied by the actor. */
export interface Decision {
  readonly verdict: Verdict;
  /** Whose balance the answer carries. */
  readonly wallet: Wallet | null;
  /** The epoch the answer carries, for commands of a book's life. */
  readonly epoch: number;
  readonly openings: readonly Opening[];
  readonly moves: readonly Move[];
  readonly hold: NewHold | null;
  /** The hold that `moves` end. */
  readonly endsHold: PositionId | null;
  readonly newGrant: GrantBonus | null;
  /** Bonuses that have come further, before some of them end. */
  readonly progress: readonly Progress[];
  readonly ends: readonly GrantEnd[];
  readonly playThrough: readonly PlayThrough[];
  /** Of `wallet`. */
  readonly protection: Protection | null;
  readonly closings: readonly Closing[];
  readonly poolPlays: readonly PoolPlay[];
  readonly poolLosses: readonly PoolLoss[];
  /** The book that `closings`, `poolPlays` and `poolLosses` belong to. */
  readonly closesIn: Book | null;
  readonly book: BookChange | null;
}

const NOTHING = {
  verdict: 'OK',
  wallet: null,
  epoch: 0,
  openings: [],
  moves: [],
  hold: null,
  endsHold: null,
  newGrant: null,
  progress: [],
  ends: [],
  playThrough: [],
  protection: null,
  closings: [],
  poolPlays: [],
  poolLosses: [],
  closesIn: null,
  book: null,
} as const satisfies Decision;

export function accept(effects: Partial<Decision>): Decision {
  return { ...NOTHING, ...effects };
}

export function refused(verdict: RecordedRefusal, wallet: Wallet | null = null): Decision {
  return { ...NOTHING, verdict, wallet };
}

/** Every balance goes out as a number of JSON, and must be exact there: no wallet gets beyond what is (money.ts). */
const BALANCE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** Whether a wallet may get as much more. */
export function fits({ real, bonus, held }: Wallet, more: bigint): boolean {
  return real + bonus + held + more <= BALANCE_MAX;
}

/** Names of the system wallets behind a game. */
export function houseOf(game: string): string {
  return `house:${game}`;
}
export function escrowOf(game: string): string {
  return `escrow:${game}`;
}
export const CASHIER = 'cashier';
/** Where collectors' commissions come from, and what partners earn (`Adjust.from`). */
export const COMMISSION = 'commission';
export const PARTNER_COMMISSION = 'partner-commission';
/** Where bonuses come from, and what is forfeited of them goes. */
export const BONUS_COST = 'bonus-cost';

/** A book's life command reached a book that is gone, or was claimed by a successor. */
export function fence(book: Book | undefined, epoch: number): RecordedRefusal | null {
  if (book === undefined) return 'NOT_OPEN';
  return book.epoch === epoch ? null : 'BOOK_FENCED';
}
