import type { TransactionId } from '../cashier/transaction.ts';
import type { Key, UserId } from '../ids.ts';
import { type Minor, percentageOf, wageringOf, ZERO } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import { type AwardTerms, type Campaign, type CampaignKind, isRunning } from './campaign.ts';

/** Something that a bonus may be given for, to `userId`. */
export type Occasion = { readonly userId: UserId; readonly atMs: number } & (
  | { readonly kind: 'SIGN_UP' }
  /** A deposit that was credited. */
  | { readonly kind: 'DEPOSIT'; readonly transaction: TransactionId; readonly deposit: Minor }
  /** The first credited deposit of somebody whom `userId` has brought. */
  | { readonly kind: 'REFERRAL'; readonly referred: UserId; readonly deposit: Minor }
  /** A person of the house chooses the amount. */
  | { readonly kind: 'MANUAL'; readonly amount: Minor; readonly givenBy: UserId; readonly key: Key }
  /** A period that began at `atMs`, and what of its losses comes back. */
  | { readonly kind: 'CASHBACK'; readonly amount: Minor; readonly period: string }
);
type OccasionOf<Kind extends CampaignKind> = Extract<Occasion, { readonly kind: Kind }>;
export type SignUp = OccasionOf<'SIGN_UP'>;
export type CreditedDeposit = OccasionOf<'DEPOSIT'> | OccasionOf<'REFERRAL'>;

/** What is promised on an occasion. */
export interface Promised extends AwardTerms {
  readonly amount: Minor;
  /** What has to be staked: the amount so many times, rounded up. */
  readonly requirement: Minor;
  /** Tells the occasion from all others of this campaign and player: there is one award for each. */
  readonly ref: string;
}

/**
 * What a campaign promises on an occasion of its kind. NOT_OPEN where it did not run then, BELOW_MINIMUM where it would
 * come to nothing or the deposit is too small, ABOVE_MAXIMUM where somebody wants to give too much. What follows from a
 * deposit or a loss is capped instead.
 */
export function promiseFor(campaign: Campaign, occasion: Occasion): Promised | RefusalCode {
  if (!isRunning(campaign, occasion.atMs)) return 'NOT_OPEN';
  const { maxAmount, wagering, validDays, maxStake, contributions } = campaign;
  const wanted = amountFor(campaign, occasion);
  if (occasion.kind === 'MANUAL' && wanted > maxAmount) return 'ABOVE_MAXIMUM';
  const amount = wanted < maxAmount ? wanted : maxAmount;
  if (amount <= 0n) return 'BELOW_MINIMUM';
  const ref = refOf(campaign, occasion);
  return { amount, requirement: wageringOf(amount, wagering), ref, validDays, maxStake, contributions };
}

/** Before any cap; nothing where the deposit is too small. */
function amountFor({ fixedAmount, percentage, minDeposit }: Campaign, occasion: Occasion): Minor {
  switch (occasion.kind) {
    case 'SIGN_UP':
      return fixedAmount ?? ZERO;
    case 'DEPOSIT':
    case 'REFERRAL':
      if (occasion.deposit < minDeposit) return ZERO;
      return percentage === null ? (fixedAmount ?? ZERO) : percentageOf(occasion.deposit, percentage);
    case 'MANUAL':
    case 'CASHBACK':
      return occasion.amount;
  }
}

function refOf({ oncePerPlayer }: Campaign, occasion: Occasion): string {
  if (oncePerPlayer) return 'once';
  switch (occasion.kind) {
    case 'SIGN_UP':
      return 'once';
    case 'DEPOSIT':
      return occasion.transaction;
    case 'REFERRAL':
      return occasion.referred;
    case 'MANUAL':
      return givenRef(occasion.givenBy, occasion.key);
    case 'CASHBACK':
      return occasion.period;
  }
}

/** Keys are each giver's own. */
export function givenRef(givenBy: UserId, key: Key): string {
  return `${givenBy} ${key}`;
}
