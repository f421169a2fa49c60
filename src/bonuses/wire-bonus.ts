import { z } from 'zod';
import { toWire } from '../money.ts';
import { ALL_GAMES, CAMPAIGN_KINDS } from './campaign.ts';
import { BONUS_STATUSES, type Bonus, OUTCOMES } from './reads.ts';
import { WireContributions } from './wire-campaign.ts';

/** A bonus as its player sees it (S2-04, S2-25, S2-35). Money in minor units. */
export const WireBonus = z.strictObject({
  id: z.uuid(),
  kind: z.enum(CAMPAIGN_KINDS),
  name: z.string().describe('of the campaign'),
  amount: z.int(),
  wageringRequirement: z.int().describe('what has to be staked before it turns into real money'),
  wageredAmount: z.int().describe('how much of that is done'),
  balance: z.int().describe('what is left of it to play with'),
  expiryDate: z.iso.datetime().nullable().describe('null while there is no room for it: its days are not counted yet'),
  gameRestrictions: z.array(z.string()).describe('the games it can be staked in; empty: any'),
  contributions: WireContributions,
  maxStake: z.int().nullable().describe('the most at stake in one deal while it is active; null: any'),
  status: z.enum(BONUS_STATUSES),
  outcome: z.enum(OUTCOMES).nullable().describe('what became of it; null while it is pending or active'),
  createdAt: z.iso.datetime(),
});

export function wireBonus(bonus: Bonus): z.input<typeof WireBonus> {
  const { id, kind, campaignName: name, expiresAt, contributions, maxStake, status, outcome, createdAt } = bonus;
  return {
    ...{ id, kind, name, amount: toWire(bonus.amount), wageringRequirement: toWire(bonus.requirement) },
    ...{ wageredAmount: toWire(bonus.wagered), balance: toWire(bonus.balance) },
    expiryDate: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    gameRestrictions: contributions.has(ALL_GAMES) ? [] : [...contributions.keys()],
    contributions: Object.fromEntries(contributions),
    maxStake: maxStake === null ? null : toWire(maxStake),
    ...{ status, outcome, createdAt: new Date(createdAt).toISOString() },
  };
}

/** What the house sees besides. */
export const WireHouseBonus = WireBonus.extend({
  userId: z.uuid(),
  campaignId: z.uuid(),
  refusal: z.string().nullable().describe('why it never came about'),
  givenBy: z.uuid().nullable().describe('null: it follows from the rules of its campaign'),
  reason: z.string().nullable(),
  endedBy: z.uuid().nullable().describe('who has given it up or taken it back'),
  endReason: z.string().nullable(),
});

export function wireHouseBonus(bonus: Bonus): z.input<typeof WireHouseBonus> {
  const { userId, campaign: campaignId, refusal, givenBy, reason, endingBy, endingReason } = bonus;
  const house = { userId, campaignId, refusal, givenBy, reason, endedBy: endingBy, endReason: endingReason };
  return { ...wireBonus(bonus), ...house };
}
