import type { Queries } from '../../db/pool.ts';
import { uuid7 } from '../ids.ts';
import { INR } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import type { Award, AwardId } from './award.ts';
import type { Campaign } from './campaign.ts';
import { type Occasion, type Promised, promiseFor } from './occasion.ts';
import { creditedDeposits, FIRST_ID, type From, occasionIn, signUps } from './occasion-store.ts';
import { insertAward } from './store.ts';

/** What nobody has looked at for so long is not looked at any more. */
const LOOKS_BACK_MS = 7 * 86_400_000;
const PAGE = 500;

/** An award as it begins. */
export function newAward(
  campaign: Campaign,
  occasion: Pick<Occasion, 'userId'>,
  promised: Promised,
  now: Date,
): Award & { readonly status: 'PENDING' } {
  return {
    ...{ ...promised, id: uuid7<AwardId>(now.getTime()), campaign: campaign.id, userId: occasion.userId },
    ...{ currency: INR, status: 'PENDING', refusal: null, explanation: null, givenBy: null, reason: null },
    ...{ askedAt: null, grant: null, ending: null, ended: false, createdAt: now },
  };
}

/** Puts an award on record where the campaign promises one, once for each occasion; null where there is nothing new. */
export async function enter(
  queries: Queries,
  campaign: Campaign,
  occasion: Occasion,
  now: Date,
): Promise<AwardId | null> {
  const promised: Promised | RefusalCode = promiseFor(campaign, occasion);
  if (typeof promised === 'string') return null;
  const award = newAward(campaign, occasion, promised, now);
  return (await insertAward(queries, award)) ? award.id : null;
}

/**
 * Looks for what this campaign should have given something for, and did not because somebody was cut off. Only kinds
 * whose occasions are in the database have any.
 */
export async function enterMissed(queries: Queries, campaign: Campaign, now: Date): Promise<void> {
  const begins = Math.max(
    now.getTime() - LOOKS_BACK_MS,
    campaign.startsAt.getTime(),
    campaign.enabledAt?.getTime() ?? 0,
  );
  let from: From | null = { at: new Date(begins - 1), after: FIRST_ID };
  while (from !== null) from = await enterPage(queries, campaign, from, now);
}

/** Where the next page begins; null after the last. */
async function enterPage(queries: Queries, campaign: Campaign, from: From, now: Date): Promise<From | null> {
  switch (campaign.kind) {
    case 'SIGN_UP': {
      const found = await signUps(queries, campaign, from, PAGE);
      for (const occasion of found) await enter(queries, campaign, occasion, now);
      const last = found.at(-1);
      return last === undefined || found.length < PAGE ? null : { at: from.at, after: last.userId };
    }
    case 'DEPOSIT':
    case 'REFERRAL': {
      const found = await creditedDeposits(queries, campaign, from, PAGE);
      for (const row of found) {
        const occasion = occasionIn(row, campaign.kind);
        if (occasion !== null) await enter(queries, campaign, occasion, now);
      }
      const last = found.at(-1);
      return last === undefined || found.length < PAGE ? null : { at: last.at, after: last.transaction };
    }
    case 'MANUAL':
    case 'CASHBACK':
      return null;
  }
}
