import type { UserId } from '../ids.ts';
import { type Minor, type Percentage, wageringOf } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';

export type CampaignId = string & { readonly __id: 'campaign' };

/** `REFERRAL` is for who brought somebody; `MANUAL` is handed out by the house, `CASHBACK` paid by the week. */
export const CAMPAIGN_KINDS = ['SIGN_UP', 'DEPOSIT', 'REFERRAL', 'MANUAL', 'CASHBACK'] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];

/** What is promised with a bonus, as the wallet will be told. */
export interface AwardTerms {
  readonly validDays: number;
  /** The most that its player may have at stake in one deal while it is active; null: any. */
  readonly maxStake: Minor | null;
  /** By the ledger's name of a game, `*` for all others: where it can be staked, and how much of a stake counts. */
  readonly contributions: ReadonlyMap<string, Percentage>;
}

/** What of a campaign may be changed. Minor units. */
export interface CampaignTerms extends AwardTerms {
  readonly name: string;
  readonly fixedAmount: Minor | null;
  /** Of the deposit. */
  readonly percentage: Percentage | null;
  /** Of one award. */
  readonly maxAmount: Minor;
  readonly minDeposit: Minor;
  /** How many times the amount has to be staked, in hundredths. */
  readonly wagering: number;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/** What bonuses are given for. */
export interface Campaign extends CampaignTerms {
  readonly id: CampaignId;
  readonly kind: CampaignKind;
  /** Whether nobody gets it twice. This and the kind stay as they are: its awards are told apart by them. */
  readonly oncePerPlayer: boolean;
  /** Since when without a break: what happened before is not for it. Null: it is off. */
  readonly enabledAt: Date | null;
  readonly createdAt: Date;
  /** Who set its terms last, and when: names and turning on or off are none. */
  readonly changedBy: UserId;
  readonly changedAt: Date;
}

/** All games, in full. */
export const ALL_GAMES = '*';
/** The ledger takes no larger amount. */
const AMOUNT_MAX = 10n ** 15n;
const WHOLE = 10_000;

/** INVALID_REQUEST with every field that does not fit the others; null for a campaign that can be. */
export function problemOf(campaign: Pick<Campaign, 'kind' | 'oncePerPlayer'> & CampaignTerms): Refusal | null {
  const details = [...problemsOfKind(campaign), ...problemsOfTerms(campaign)].map(([path, message]) => {
    return { path, message };
  });
  return details.length === 0 ? null : refuse('INVALID_REQUEST', undefined, details);
}

type Problem = readonly [field: string, message: string];

function* problemsOfKind(campaign: Pick<Campaign, 'kind' | 'oncePerPlayer'> & CampaignTerms): Iterable<Problem> {
  const { kind, fixedAmount, percentage, minDeposit, oncePerPlayer } = campaign;
  const isOfDeposits = kind === 'DEPOSIT' || kind === 'REFERRAL';
  if (minDeposit > 0n && !isOfDeposits) yield ['minDeposit', `is nothing for ${kind}`];
  if (percentage !== null && !isOfDeposits) yield ['percentage', `is nothing for ${kind}: there is no deposit`];
  if (isOfDeposits && (fixedAmount === null) === (percentage === null)) {
    yield ['percentage', 'either this or fixedAmount, one of them'];
  }
  if (kind === 'SIGN_UP') {
    if (fixedAmount === null) yield ['fixedAmount', 'is needed'];
    if (!oncePerPlayer) yield ['oncePerPlayer', 'nobody signs up twice'];
  }
  if (kind === 'MANUAL' || kind === 'CASHBACK') {
    if (fixedAmount !== null) yield ['fixedAmount', `is nothing for ${kind}: each amount is another`];
    if (oncePerPlayer) yield ['oncePerPlayer', `is nothing for ${kind}`];
  }
}

function* problemsOfTerms(terms: CampaignTerms): Iterable<Problem> {
  const { fixedAmount, maxAmount, wagering, contributions, startsAt, endsAt } = terms;
  if (maxAmount <= 0n || maxAmount > AMOUNT_MAX) yield ['maxAmount', 'is not possible'];
  if (fixedAmount !== null && fixedAmount > maxAmount) yield ['fixedAmount', 'is more than maxAmount'];
  if (wageringOf(maxAmount, wagering) > AMOUNT_MAX) yield ['wagering', 'comes to more than can be counted'];
  if (endsAt !== null && endsAt <= startsAt) yield ['endsAt', 'is not after startsAt'];
  const shares = [...contributions.values()];
  if (shares.some((share) => !Number.isInteger(share) || share < 0 || share > WHOLE)) {
    yield ['contributions', 'are hundredths of a percent, up to 10000'];
  }
  if (shares.length === 0) yield ['contributions', 'must name a game, or * for all'];
  else if (wagering > 0 && shares.every((share) => share === 0)) {
    yield ['contributions', 'nothing counts: it could never be played through'];
  }
}

/** Whether it is for what happens at this time (epoch milliseconds). */
export function isRunning({ enabledAt, startsAt, endsAt }: Campaign, atMs: number): boolean {
  if (enabledAt === null || atMs < enabledAt.getTime() || atMs < startsAt.getTime()) return false;
  return endsAt === null || atMs < endsAt.getTime();
}
