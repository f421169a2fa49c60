import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';

export type AdjustmentId = string & { readonly __id: 'adjustment' };

/** `REFUSED`: it was approved, and the wallet said no. */
export const STATUSES = ['PENDING', 'APPROVED', 'REJECTED', 'REFUSED'] as const;
export type Status = (typeof STATUSES)[number];

/** A correction of somebody's wallet by hand, and how far it has come. */
export interface Adjustment {
  readonly id: AdjustmentId;
  /** Whose wallet. */
  readonly userId: UserId;
  readonly requestedBy: UserId;
  /** Of who has asked for it. */
  readonly key: Key;
  /** Below zero: taken from the wallet. */
  readonly amount: Minor;
  readonly currency: Currency;
  readonly reason: string;
  readonly status: Status;
  readonly refusal: RefusalCode | null;
  readonly decidedBy: UserId | null;
  readonly decidedAt: Date | null;
  /** Why it was rejected. */
  readonly decisionReason: string | null;
  /** The transfer that did it. */
  readonly moved: number | null;
  readonly createdAt: Date;
}

/** What the acts of the house are done to, in the audit log. */
export function targetOf(id: AdjustmentId): string {
  return `adjustment:${id}`;
}
