import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { BonusTerms, GrantId } from './bonus.ts';
import type { LimitDays, LimitKind } from './limits.ts';
import type { RecordedRefusal, UnrecordedRefusal } from './verdict.ts';

/** A book's number in the ledger. */
export type BookId = number & { readonly __id: 'book' };
/** A position is the transfer that opened it: this is that transfer's sequence number. */
export type PositionId = number & { readonly __id: 'position' };

/** Origin of everything the system does by itself; its keys are deterministic and nobody else can mint them. */
export const SYSTEM = '00000000-0000-0000-0000-000000000000' as UserId;

/**
 * Every command is identified by (origin, key). `request` is what the caller asked for in a canonical text: the same
 * key with the same request gets the first answer again, with another request `IDEMPOTENCY_KEY_REUSED`. What the server
 * added by itself (the current window, a pay table's liability) is not part of it.
 */
interface Identified {
  readonly origin: UserId;
  readonly key: Key;
  readonly request: string;
}

/** One bet, slip line or the like. */
export interface StakeLine {
  /** What is bet on, in the game's own numbers: 0 … 32,767. Selections of one thousand exclude one another. */
  readonly selection: number;
  readonly amount: Minor;
  /** The largest gross payout this line can have; reserved against the book's cap. */
  readonly liability: Minor;
  /** In a pool: the most that may be staked on the selection, by everybody. Absent: anything. */
  readonly limit?: Minor;
}

/** What becomes of a line that would lift a selection above its limit: the command is refused, or the line cut. */
export type OverLimit = 'refuse' | 'cut';

/** Stakes on one book, all or nothing. At most `LINES_MAX` lines. */
export interface Stake extends Identified {
  readonly kind: 'stake';
  readonly book: BookId;
  readonly window: number;
  readonly lines: readonly StakeLine[];
  /** In a pool: what becomes of lines above their limits; refused unless said otherwise. */
  readonly overLimit?: OverLimit;
  /**
   * The rules have said no already: put it on record, unless the key has an answer. A delayed duplicate must not
   * succeed after the player was told no.
   */
  readonly ruling?: RecordedRefusal;
}

/** Takes back one's own position, within the window it was accepted in. */
export interface Cancel extends Identified {
  readonly kind: 'cancel';
  readonly book: BookId;
  readonly position: PositionId;
  readonly ruling?: RecordedRefusal;
}

/** Puts a player's request on record that moves money by the system's own commands, as closing a trade does. */
export interface Request extends Identified {
  readonly kind: 'request';
  readonly ruling?: RecordedRefusal;
}

/** Real money from or to the outside world, or as a commission. Positive credits the player, negative debits. */
export interface Adjust extends Identified {
  readonly kind: 'adjust';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly amount: Minor;
  /** Of a deposit: how much has to be staked before this much can be withdrawn. Absent: nothing. */
  readonly playThrough?: Minor;
  /** Where it comes from, or goes to: of collectors, of partners; the cashier unless said otherwise. */
  readonly from?: 'commission' | 'partner-commission';
}

/** Gives a bonus: the answer's `seq` is its id. */
export interface GrantBonus extends Identified {
  readonly kind: 'grantBonus';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly amount: Minor;
  readonly terms: BonusTerms;
}

/** Ends an active bonus before it is played through; what is left of it is forfeited. */
export interface EndBonus extends Identified {
  readonly kind: 'endBonus';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly grant: GrantId;
  readonly as: 'expired' | 'cancelled' | 'declined';
}

/** What becomes of bonuses that are active when a withdrawal is asked for: they are lost, or it is refused (S2-34). */
export type BonusOnHold = 'forfeit' | 'block';

/** Sets real money of a player aside: it stays theirs and is in their total, but cannot be staked (DOMAIN 6). */
export interface Hold extends Identified {
  readonly kind: 'hold';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly amount: Minor;
  readonly bonuses: BonusOnHold;
  /** Waived for whom no stake could ever lower it. */
  readonly playThrough: 'binds' | 'waived';
}

/** Ends a hold, once: captured money leaves for the outside world, released money can be staked again. */
export interface EndHold extends Identified {
  readonly kind: 'capture' | 'release';
  readonly owner: UserId;
  readonly currency: Currency;
  /** The `seq` of the hold's answer. */
  readonly hold: PositionId;
}

/** A limit of the player's own. Less counts at once, more or none (null) a day later. */
export interface SetLimit extends Identified {
  readonly kind: 'setLimit';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly limit: { readonly kind: LimitKind; readonly days: LimitDays; readonly amount: Minor | null };
}

/** No stakes before `until`, epoch milliseconds. An exclusion is never shortened; what is at stake stays so. */
export interface SelfExclusion extends Identified {
  readonly kind: 'exclude';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly until: number;
}

/** Counts a deposit that was asked for against the player's limits. */
export interface CountDeposit extends Identified {
  readonly kind: 'countDeposit';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly amount: Minor;
}

/** Takes a deposit that came to nothing out of the player's limits. */
export interface UncountDeposit extends Identified {
  readonly kind: 'uncountDeposit';
  readonly owner: UserId;
  readonly currency: Currency;
  readonly amount: Minor;
  /** When it was counted, epoch milliseconds; in doubt earlier. */
  readonly countedAt: number;
}

/** Where what is at stake on a standing book lies: in escrow, or in the player's own held money. */
export type Custody = 'stake' | 'margin';

export interface OpenBook extends Identified {
  readonly kind: 'openBook';
  readonly book: BookId;
  /** The round, phase or desk. */
  readonly ref: string;
  readonly game: string;
  readonly currency: Currency;
  /** The largest worst-case loss the house accepts on this book. */
  readonly cap: Minor;
  /** The most that one player may have at stake in it at once; null or absent: anything. */
  readonly playerCap?: Minor | null;
  /** How many selections there are in each market, and which win together (`Draws` in bonus.ts), for play-through. */
  readonly marketSizes?: readonly number[];
  readonly outcomes?: readonly (readonly number[])[];
  /** Very many positions over days: a phase of the lottery (pool.ts). Real money only, in window `POOL_WINDOW`. */
  readonly pooled?: boolean;
  /** Open for good, its positions ending one by one: a trading desk (standing.ts). Real money only, in window 1. */
  readonly standing?: Custody;
}

/** A room takes an unfinished book over: the epoch in the answer fences off whoever had it before. */
export interface ClaimBook extends Identified {
  readonly kind: 'claimBook';
  readonly book: BookId;
}

export interface OpenWindow extends Identified {
  readonly kind: 'openWindow';
  readonly book: BookId;
  readonly epoch: number;
  readonly window: number;
}

export interface CloseWindow extends Omit<OpenWindow, 'kind'> {
  readonly kind: 'closeWindow';
}

/** `refunded` by its rules, `cancelled` by an undo or a void: that counts for nothing, as if it had never been. */
export type Outcome = 'won' | 'lost' | 'refunded' | 'cancelled';

export interface Close {
  readonly position: PositionId;
  /** Gross: the stake included. */
  readonly payout: Minor;
  /** `cancelled` on a standing book alone: a round is void as a whole. */
  readonly outcome: Outcome;
}

/** Closes up to `LINES_MAX` positions of a closed or standing book; `last` finishes a closed one, with none left. */
export interface Settle extends Identified {
  readonly kind: 'settle';
  readonly book: BookId;
  readonly epoch: number;
  readonly closes: readonly Close[];
  readonly last: boolean;
}

/**
 * Gives stakes back; the same in chunks. Begins only while the book's first window is open: later somebody could have
 * seen a card, and a void would be a choice of outcome (DESIGN 5). The first chunk shuts the window.
 */
export interface VoidBook extends Identified {
  readonly kind: 'void';
  readonly book: BookId;
  readonly epoch: number;
  readonly positions: readonly PositionId[];
  readonly last: boolean;
}

/** Gives some of a pool's stakes back while it takes any, at most `LINES_MAX`: a slip that is void (DOMAIN 2.3). */
export interface CancelLines extends Identified {
  readonly kind: 'cancelLines';
  readonly book: BookId;
  readonly epoch: number;
  readonly positions: readonly PositionId[];
}

/**
 * Ends a closed pool, player by player, at most `LINES_MAX` at once: whatever they still have open is lost, so winners
 * must be settled before. `last` finishes the book, in which nobody must have anything open then.
 */
export interface ClosePool extends Identified {
  readonly kind: 'closePool';
  readonly book: BookId;
  readonly epoch: number;
  /** As `poolPlayers` has them (reads.ts). */
  readonly wallets: readonly number[];
  readonly last: boolean;
}

export type Command =
  | Stake
  | Cancel
  | Request
  | Adjust
  | GrantBonus
  | EndBonus
  | Hold
  | EndHold
  | SetLimit
  | SelfExclusion
  | CountDeposit
  | UncountDeposit
  | OpenBook
  | ClaimBook
  | OpenWindow
  | CloseWindow
  | Settle
  | VoidBook
  | CancelLines
  | ClosePool;

export const LINES_MAX = 1_000;

/** A wallet at one version. Every balance that leaves the server carries the version. */
export interface Balance {
  readonly version: number;
  readonly real: Minor;
  readonly bonus: Minor;
  readonly held: Minor;
}

/** Durable. `seq` is the first transfer written (for a stake: the first position), `moves` how many there were. */
export interface Accepted {
  readonly ok: true;
  readonly seq: number;
  readonly moves: number;
  /** Of the origin's wallet, after this command; zero for the system. */
  readonly balance: Balance;
  /** Of the book, for the commands of a book's life. */
  readonly epoch: number;
  readonly duplicate: boolean;
}

export interface Refused {
  readonly ok: false;
  readonly code: RecordedRefusal | UnrecordedRefusal;
  readonly duplicate: boolean;
}

export type Answer = Accepted | Refused;
