import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { CAMPAIGN_KINDS, type CampaignId } from '../bonuses/campaign.ts';
import { allCampaigns } from '../bonuses/campaign-store.ts';
import { type CampaignChange, changeCampaign, createCampaign } from '../bonuses/campaigns.ts';
import { WireCampaign, wireCampaign } from '../bonuses/wire-campaign.ts';
import type { Clock } from '../clock.ts';
import { minor, type Percentage } from '../money.ts';
import { isRefusal } from '../refusal.ts';
import { MomentInUtc } from './days.ts';
import { Name, Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminCampaignDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly backoffice: Pick<Backoffice, 'act'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const GAMES_MAX = 100;

const Amount = z.int().min(1).max(1e15).transform(minor);
const Share = z
  .int()
  .min(0)
  .max(10_000)
  .transform((share) => share as Percentage);
const Terms = {
  name: Name(80),
  fixedAmount: Amount.nullable(),
  percentage: z
    .int()
    .min(1)
    .max(100_000)
    .transform((percentage) => percentage as Percentage)
    .nullable(),
  maxAmount: Amount,
  minDeposit: z.int().min(0).max(1e15).transform(minor),
  wagering: z.int().min(0).max(10_000),
  validDays: z.int().min(1).max(365),
  maxStake: Amount.nullable(),
  /** In one order, whoever wrote them: two that say the same are the same. */
  contributions: z
    .record(z.string().regex(/^(\*|[a-z0-9][a-z0-9-]{0,47})$/, 'a game, or *'), Share)
    .refine((games) => Object.keys(games).length <= GAMES_MAX, `at most ${GAMES_MAX} games`)
    .transform((games): ReadonlyMap<string, Percentage> => new Map(Object.entries(games).sort())),
  startsAt: MomentInUtc,
  endsAt: MomentInUtc.nullable(),
  enabled: z.boolean(),
};
const NewCampaign = z.strictObject({
  ...Terms,
  kind: z.enum(CAMPAIGN_KINDS),
  fixedAmount: Terms.fixedAmount.default(null),
  percentage: Terms.percentage.default(null),
  minDeposit: Terms.minDeposit.default(minor(0)),
  maxStake: Terms.maxStake.default(null),
  contributions: Terms.contributions.default(new Map([['*', 10_000 as Percentage]])),
  oncePerPlayer: z.boolean().optional().describe('nobody gets it twice; for SIGN_UP it is so anyway'),
  startsAt: Terms.startsAt.optional(),
  endsAt: Terms.endsAt.default(null),
  enabled: Terms.enabled.optional().describe('MANUAL ones are on at once unless said otherwise; all others are off'),
  reason: Reason.optional(),
});
const Change = z
  .strictObject({ ...z.strictObject(Terms).partial().shape, reason: Reason })
  .refine((change) => Object.keys(change).length > 1, 'nothing to change');

/** What bonuses are given for, as people of the house set it up. What they change is on record. */
export function adminCampaignRoutes({ database, clock, backoffice }: AdminCampaignDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/bonuses/campaigns',
        summary: 'Every campaign, those that are off among them, newest first.',
        answer: z.strictObject({ items: z.array(WireCampaign), nextCursor: z.null() }),
      },
      async () => ({ items: (await allCampaigns(database)).map(wireCampaign), nextCursor: null }),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/bonuses/campaigns',
        refuses: ['SAME_PERSON'],
        summary: 'Sets a campaign up; what gives by itself is off until another person turns it on.',
        status: 201,
        body: NewCampaign,
        answer: WireCampaign,
      },
      async ({ identity, body: { reason, oncePerPlayer, startsAt, ...terms } }) => {
        const wish = { ...terms, startsAt, oncePerPlayer: oncePerPlayer ?? terms.kind === 'SIGN_UP' };
        const by = { by: identity.userId, now: new Date(clock.now()), reason };
        const made = await backoffice.act(identity, (tx) => createCampaign(tx, wish, by));
        return isRefusal(made) ? made : wireCampaign(made);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/bonuses/campaigns/:id',
        refuses: ['SAME_PERSON', 'ALREADY_DECIDED', 'NOT_OPEN'],
        summary:
          'Changes a campaign for the future, turns it on or off. Other terms turn off what gives by itself,' +
          ' and another person has to turn it on.',
        params: z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as CampaignId) }),
        body: Change,
        answer: WireCampaign,
      },
      async ({ identity, params, body: { reason, ...change } }) => {
        const by = { by: identity.userId, now: new Date(clock.now()), reason };
        const act = await backoffice.act(identity, (tx) => changeCampaign(tx, params.id, change as CampaignChange, by));
        return isRefusal(act) ? act : wireCampaign(act);
      },
    ),
  ];
}
