import { z } from 'zod';
import { type Minor, toWire } from '../money.ts';
import { CAMPAIGN_KINDS, type Campaign } from './campaign.ts';

export const WireContributions = z
  .record(z.string(), z.int())
  .describe('by game (a table’s id), * for all others: how much of a stake counts there, hundredths of a percent');

/** A campaign as people of the house see it. Money in minor units. */
export const WireCampaign = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(CAMPAIGN_KINDS),
  enabled: z.boolean(),
  fixedAmount: z.int().nullable(),
  percentage: z.int().nullable().describe('of the deposit, hundredths of a percent'),
  maxAmount: z.int().describe('of one bonus'),
  minDeposit: z.int(),
  wagering: z.int().describe('how many times the bonus has to be staked, in hundredths: 3000 is 30 times'),
  validDays: z.int(),
  maxStake: z.int().nullable().describe('the most at stake in one deal while the bonus is active; null: any'),
  contributions: WireContributions,
  oncePerPlayer: z.boolean(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  enabledAt: z.iso.datetime().nullable().describe('what happened before is not for it'),
  createdAt: z.iso.datetime(),
  changedBy: z.uuid().describe('who set its terms last: another person turns it on, or hands out of it'),
  changedAt: z.iso.datetime(),
});

export function wireCampaign(campaign: Campaign): z.input<typeof WireCampaign> {
  const { id, kind, oncePerPlayer, enabledAt, createdAt, changedBy, changedAt } = campaign;
  return {
    ...{ id, kind, ...wireTerms(campaign), oncePerPlayer, enabledAt: enabledAt?.toISOString() ?? null },
    ...{ createdAt: createdAt.toISOString(), changedBy, changedAt: changedAt.toISOString() },
  };
}

/** What of it can be changed, as the audit log has it. */
export function wireTerms(campaign: Campaign) {
  const { name, enabledAt, fixedAmount, percentage, maxAmount, minDeposit, wagering } = campaign;
  const { validDays, maxStake, contributions, startsAt, endsAt } = campaign;
  return {
    ...{ name, enabled: enabledAt !== null, fixedAmount: orNull(fixedAmount), percentage },
    ...{ maxAmount: toWire(maxAmount), minDeposit: toWire(minDeposit), wagering, validDays },
    ...{ maxStake: orNull(maxStake), contributions: Object.fromEntries(contributions) as Record<string, number> },
    ...{ startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null },
  };
}

function orNull(amount: Minor | null): number | null {
  return amount === null ? null : toWire(amount);
}
