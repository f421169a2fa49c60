import type { Award, AwardId } from '../../src/bonuses/award.ts';
import type { Campaign, CampaignId } from '../../src/bonuses/campaign.ts';
import { INR, minor, type Percentage } from '../../src/money.ts';
import { newKey, newUser } from '../wallet/fixture.ts';

export const NOW = Date.parse('2026-07-08T12:00:00Z');
export const DAY_MS = 86_400_000;

/** All games, in full. */
export const EVERYWHERE: Campaign['contributions'] = new Map([['*', 10_000 as Percentage]]);

/** One of its kind that can be: a fixed amount at sign-up, half of a deposit, a tenth for who brought somebody. */
export function campaign(kind: Campaign['kind'], more: Partial<Campaign> = {}): Campaign {
  const since = new Date(NOW - 30 * DAY_MS);
  const percentages = { SIGN_UP: null, DEPOSIT: 5_000, REFERRAL: 1_000, MANUAL: null, CASHBACK: null } as const;
  const id = newKey() as string as CampaignId;
  return {
    ...{ id, name: `campaign ${id}`, kind, enabledAt: since, startsAt: since, endsAt: null, createdAt: since },
    ...{ fixedAmount: kind === 'SIGN_UP' ? minor(10_000) : null, percentage: percentages[kind] as Percentage | null },
    ...{ maxAmount: minor(100_000), minDeposit: minor(0), wagering: 3_000, validDays: 30, maxStake: null },
    ...{ contributions: EVERYWHERE, oncePerPlayer: kind === 'SIGN_UP', changedBy: newUser(), changedAt: since },
    ...more,
  };
}

export function award(more: Partial<Award> = {}): Award {
  return {
    ...{
      id: newKey() as string as AwardId,
      campaign: newKey() as string as CampaignId,
      userId: newUser(),
      ref: 'once',
    },
    ...{ amount: minor(10_000), requirement: minor(300_000), currency: INR, validDays: 30, maxStake: null },
    ...{ contributions: EVERYWHERE, status: 'PENDING', refusal: null, explanation: null, givenBy: null, reason: null },
    ...{ askedAt: null, grant: null, ending: null, ended: false, createdAt: new Date(NOW) },
    ...more,
  };
}
