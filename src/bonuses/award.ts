import type { UserId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import type { GrantId } from '../wallet/bonus.ts';
import type { CampaignId } from './campaign.ts';
import type { Promised } from './occasion.ts';

export type AwardId = string & { readonly __id: 'award' };

/** `PENDING` until the wallet has given it or refused to; `CANCELLED` where it never came to asking. */
export const AWARD_STATUSES = ['PENDING', 'GRANTED', 'REFUSED', 'CANCELLED'] as const;
export type AwardStatus = (typeof AWARD_STATUSES)[number];

/** Why a bonus is to end before its time: its player gives it up, or the house takes it back. */
export const ENDINGS = ['DECLINED', 'CANCELLED'] as const;
export interface Ending {
  readonly as: (typeof ENDINGS)[number];
  readonly by: UserId;
  readonly at: Date;
  /** Of people of the house. */
  readonly reason: string | null;
}

/** A bonus for somebody, and how far it has come. What is promised with it never changes. */
export interface Award extends Promised {
  readonly id: AwardId;
  readonly campaign: CampaignId;
  readonly userId: UserId;
  readonly currency: Currency;
  readonly status: AwardStatus;
  readonly refusal: RefusalCode | null;
  /** What its giver was told with the refusal; null where the wallet refused. */
  readonly explanation: string | null;
  /** Null where it follows from the campaign's rules. */
  readonly givenBy: UserId | null;
  readonly reason: string | null;
  /** From then on the wallet may know of it, and its days are counted. */
  readonly askedAt: Date | null;
  readonly grant: GrantId | null;
  /** Asked for, whether or not there is anything left to end. */
  readonly ending: Ending['as'] | null;
  readonly ended: boolean;
  readonly createdAt: Date;
}

/** What has to be done next, by nobody's decision. */
export type Step = 'ask' | 'drop' | 'grant' | 'end';

/**
 * The step that is due; null where nothing is. The database knows which rows have one: its column `unfinished` says the
 * same. Once the wallet has been asked, what it answers comes first, whatever anybody wants since.
 */
export function nextStep({ status, askedAt, ending, ended }: Award): Step | null {
  if (status === 'PENDING') {
    if (askedAt !== null) return 'grant';
    return ending === null ? 'ask' : 'drop';
  }
  return status === 'GRANTED' && ending !== null && !ended ? 'end' : null;
}

const DAY_MS = 86_400_000;

/** An award for which there was no room for as long as it would have been good for is for nothing any more. */
export function isStale({ createdAt, validDays }: Award, nowMs: number): boolean {
  return nowMs >= createdAt.getTime() + validDays * DAY_MS;
}

/** Epoch milliseconds: until when it is good. It follows from the row: whoever asks the wallet again asks the same. */
export function expiresAt({ id, askedAt, validDays }: Award): number {
  if (askedAt === null) throw new Error(`award ${id} does not run yet`);
  return askedAt.getTime() + validDays * DAY_MS;
}

/** What the acts of the house are done to, in the audit log. */
export function targetOf(id: AwardId): string {
  return `bonus:${id}`;
}
