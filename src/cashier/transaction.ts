import type { Word } from '../backoffice/house.ts';
import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';

export type TransactionId = string & { readonly __id: 'transaction' };

export const TYPES = ['DEPOSIT', 'WITHDRAWAL'] as const;
export type TransactionType = (typeof TYPES)[number];

/** `sandbox` is a provider of this repository; without one the house itself looks for payments, and pays. */
export const METHODS = ['upi', 'bank_transfer', 'sandbox'] as const;
export type Method = (typeof METHODS)[number];

/** What players and the house see (S4-26). */
export const STATUSES = ['PENDING', 'APPROVED', 'REJECTED', 'CANCELLED'] as const;
/**
 * `REQUESTED`: the wallet has not said yet whether it holds the money, or the player's limits allow the deposit.
 * `REFUSED`: it never came about.
 */
export const ALL_STATUSES = [...STATUSES, 'REQUESTED', 'REFUSED'] as const;
export type Status = (typeof ALL_STATUSES)[number];

/** What became of a withdrawal's payout. `RETURNED`: it has failed, and people have given the money back. */
export const PAYOUT_STATUSES = ['SENT', 'PAID', 'FAILED', 'RETURNED'] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

/** A deposit or a withdrawal, and how far it has come. */
export interface Transaction {
  readonly id: TransactionId;
  readonly userId: UserId;
  readonly key: Key;
  readonly type: TransactionType;
  readonly status: Status;
  readonly refusal: RefusalCode | null;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly method: Method;
  readonly reference: string | null;
  /** Null where the house does it by hand. */
  readonly provider: string | null;
  readonly providerReference: string | null;
  /** What sets the money of a withdrawal aside. */
  readonly hold: PositionId | null;
  /** What active bonuses have lost by it. */
  readonly forfeitedBonus: Minor;
  /** Whether a deposit was counted against its player's limits, and taken out of them again. */
  readonly counted: boolean;
  readonly uncounted: boolean;
  readonly firstApprover: UserId | null;
  readonly firstApprovedAt: Date | null;
  /** Null while it is open, and where the provider decided. */
  readonly decidedBy: UserId | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  /** The transfer that credited, captured or released. */
  readonly moved: number | null;
  readonly movedAt: Date | null;
  readonly payoutStatus: PayoutStatus | null;
  readonly payoutReference: string | null;
  /** The first of two people who give a payout back that has failed, and who decided it. */
  readonly returnFirstApprover: UserId | null;
  readonly returnFirstAt: Date | null;
  readonly returnedBy: UserId | null;
  readonly returnedAt: Date | null;
  readonly returnReason: string | null;
  /** The transfer that gave it back. */
  readonly returned: number | null;
  readonly createdAt: Date;
}

/** What has to be done next, by nobody's decision. */
export type Step = 'count' | 'uncount' | 'hold' | 'register' | 'move' | 'payOut' | 'giveBack';

/**
 * The step that is due; null where a decision is, or nothing. The database knows which rows have one: its column
 * `unfinished` says the same.
 */
export function nextStep(transaction: Transaction): Step | null {
  const { type, status, provider, providerReference, moved, payoutStatus, returned, counted, uncounted } = transaction;
  if (status === 'REQUESTED') return type === 'DEPOSIT' ? 'count' : 'hold';
  if (type === 'DEPOSIT') {
    if (status === 'PENDING' && provider !== null && providerReference === null) return 'register';
    if (status === 'REJECTED' || status === 'CANCELLED') return counted && !uncounted ? 'uncount' : null;
    return status === 'APPROVED' && moved === null ? 'move' : null;
  }
  if (status === 'PENDING' || status === 'REFUSED') return null;
  if (moved === null) return 'move';
  if (payoutStatus === 'RETURNED') return returned === null ? 'giveBack' : null;
  return status === 'APPROVED' && provider !== null && payoutStatus === null ? 'payOut' : null;
}

/** What the acts of the house are done to, in the audit log. */
export function targetOf(id: TransactionId): string {
  return `transaction:${id}`;
}

/** The first of the two people that a large amount takes. Whose time is not known has said it before anything else. */
export function firstWord({ firstApprover: by, firstApprovedAt: at }: Transaction): Word | null {
  return by && { by, at: at ?? new Date(0) };
}

/** The same of giving back a large payout that has failed. */
export function firstWordOfReturn({ returnFirstApprover: by, returnFirstAt: at }: Transaction): Word | null {
  return by && { by, at: at ?? new Date(0) };
}
