import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { AwardId } from '../bonuses/award.ts';
import type { Bonuses } from '../bonuses/bonuses.ts';
import type { CampaignId } from '../bonuses/campaign.ts';
import { BONUS_STATUSES, newestBonuses } from '../bonuses/reads.ts';
import { WireHouseBonus, wireHouseBonus } from '../bonuses/wire-bonus.ts';
import type { Clock } from '../clock.ts';
import type { UserId } from '../ids.ts';
import { minor } from '../money.ts';
import { isRefusal } from '../refusal.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, moneyRoute, type Route } from './route.ts';

export interface AdminBonusDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly bonuses: Pick<Bonuses, 'give' | 'cancel'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const Id = z.uuid().transform((id) => id.toLowerCase() as AwardId);
const User = z.uuid().transform((id) => id.toLowerCase() as UserId);
const CampaignIdText = z.uuid().transform((id) => id.toLowerCase() as CampaignId);
const Query = z.strictObject({
  user: User.optional(),
  status: z.enum(BONUS_STATUSES).optional(),
  campaign: CampaignIdText.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});
const Gift = z.strictObject({
  campaignId: CampaignIdText,
  userId: User,
  amount: z.int().min(1).max(1e15).describe('minor units'),
  reason: Reason,
});

/** Everybody's bonuses, under the hands of the house. Whatever is done here is an act. */
export function adminBonusRoutes({ database, clock, bonuses }: AdminBonusDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/bonuses',
        summary: "Everybody's bonuses, newest first; by user, status and campaign.",
        query: Query,
        answer: z.strictObject({ items: z.array(WireHouseBonus), nextCursor: z.string().nullable() }),
      },
      async ({ query: { user, status, campaign, limit, cursor } }) => {
        const filter = { userId: user, status, campaign, refused: true, before: cursor };
        const found = await newestBonuses(database, filter, { limit: limit + 1, nowMs: clock.now() });
        const items = found.slice(0, limit).map(wireHouseBonus);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
      },
    ),
    moneyRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/bonuses',
        refuses: ['NOT_FOUND', 'SAME_PERSON', 'ABOVE_MAXIMUM', 'ALREADY_DECIDED', 'NOT_OPEN', 'SELF_EXCLUDED'],
        summary: 'Gives a player a bonus out of a MANUAL campaign whose terms somebody else has set last.',
        status: 201,
        body: Gift,
        answer: WireHouseBonus,
      },
      async ({ identity, key, body: { campaignId: campaign, userId, amount, reason } }) => {
        const given = await bonuses.give(identity, { campaign, userId, amount: minor(amount), reason, key });
        return isRefusal(given) ? given : wireHouseBonus(given);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/bonuses/:id/cancel',
        refuses: ['NOT_OPEN', 'ALREADY_DECIDED', 'SAME_PERSON'],
        summary: 'Takes a bonus back that is pending or active; what its player has won with it stays at risk with it.',
        params: z.strictObject({ id: Id }),
        body: z.strictObject({ reason: Reason }),
        answer: WireHouseBonus,
      },
      async ({ identity, params, body }) => {
        const cancelled = await bonuses.cancel(identity, params.id, body.reason);
        return isRefusal(cancelled) ? cancelled : wireHouseBonus(cancelled);
      },
    ),
  ];
}
