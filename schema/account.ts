import { z } from 'zod';

/** Why a balance is another one now, or is said at all: `CURRENT` on coming in. */
export const BALANCE_REASONS = [
  'CURRENT',
  'DEPOSIT_APPROVED',
  'WITHDRAWAL_REQUESTED',
  'WITHDRAWAL_APPROVED',
  'WITHDRAWAL_REJECTED',
  'WITHDRAWAL_CANCELLED',
  'PAYOUT_RETURNED',
  'ADJUSTED',
  'BET_PLACED',
  'BET_UNDONE',
  'ROUND_PAYOUT',
  'ROUND_VOIDED',
  'BONUS_GRANTED',
  'BONUS_ENDED',
  'SLIP_PLACED',
  'SLIP_VOIDED',
  'PHASE_SETTLED',
  'TRADE_OPENED',
  'TRADE_SETTLEMENT',
  'BINARY_OPENED',
  'BINARY_WIN',
  'BINARY_LOSS',
  'BINARY_VOID',
  'COMMISSION_PAID',
] as const;
export type BalanceReason = (typeof BALANCE_REASONS)[number];

/** Event `BALANCE_UPDATED`. Amounts are minor units; ignore one with a lower version than you have. */
export const BalanceUpdated = z.strictObject({
  userId: z.uuid(),
  /** The total: what is held is in it. */
  newBalance: z.int(),
  /** Of the total; where money has only been set aside or given back from there 0, or what bonuses have lost by it. */
  change: z.int(),
  reason: z.enum(BALANCE_REASONS),
  version: z.int(),
  real: z.int(),
  bonus: z.int(),
  held: z.int(),
});
export type BalanceUpdated = z.infer<typeof BalanceUpdated>;

/** Event `TX_STATUS_UPDATED` (S4-29). */
export const TxStatusUpdated = z.strictObject({
  transactionId: z.uuid(),
  newStatus: z.enum(['APPROVED', 'REJECTED', 'CANCELLED']),
  /** Who approved it: a person of the house, or the name of a payment provider. Null where it was not approved. */
  approvedBy: z.string().nullable(),
  /** Why it was rejected. */
  reason: z.string().nullable(),
});
export type TxStatusUpdated = z.infer<typeof TxStatusUpdated>;

/** Event `partner_update`: this month, in UTC, so far. Amounts are minor units, and the partner's share. */
export const PartnerUpdate = z.strictObject({
  partnerId: z.uuid(),
  from: z.iso.datetime(),
  betCount: z.int(),
  active: z.int(),
  bets: z.int(),
  payouts: z.int(),
  ggr: z.int(),
  ngr: z.int(),
  /** On the net of the month: below zero where the house has lost. */
  earned: z.int(),
  /** What a statement made now would pay, by the carry-over that is agreed. */
  due: z.int(),
  timestamp: z.iso.datetime(),
});
export type PartnerUpdate = z.infer<typeof PartnerUpdate>;
