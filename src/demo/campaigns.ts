import type { Database } from '../../db/pool.ts';
import { findByUsername } from '../accounts/store.ts';
import { ALL_GAMES, type Campaign, type CampaignId } from '../bonuses/campaign.ts';
import { allCampaigns, insertCampaign } from '../bonuses/campaign-store.ts';
import type { Clock } from '../clock.ts';
import { uuid7 } from '../ids.ts';
import { minor, type Percentage } from '../money.ts';
import { DEMO_MASTER } from './people.ts';

const ORDINARY = {
  ...{ fixedAmount: null, percentage: null, minDeposit: minor(0), maxStake: null, endsAt: null, oncePerPlayer: false },
  contributions: new Map([[ALL_GAMES, 10_000 as Percentage]]),
} as const;

/** None that gives anything by itself to who has just come: a newcomer's money is the welcome, and nothing else. */
const DEMO_CAMPAIGNS = [
  { ...ORDINARY, name: 'Gifts', kind: 'MANUAL', maxAmount: minor(100_000), wagering: 1_000, validDays: 30 },
  { ...ORDINARY, name: 'Cashback', kind: 'CASHBACK', maxAmount: minor(1_000_000), wagering: 100, validDays: 7 },
] as const;

/** Campaigns that master1 has set up, so that admin1 and admin2 can give; call it after the accounts. Idempotent. */
export async function ensureDemoCampaigns(database: Database, clock: Clock): Promise<void> {
  const there = new Set((await allCampaigns(database)).map(({ name }) => name));
  const missing = DEMO_CAMPAIGNS.filter(({ name }) => !there.has(name));
  const master = missing.length === 0 ? undefined : await findByUsername(database, DEMO_MASTER);
  if (master === undefined) return;
  for (const terms of missing) {
    const now = new Date(clock.now());
    const times = { enabledAt: now, startsAt: now, createdAt: now, changedBy: master.id, changedAt: now };
    const campaign: Campaign = { ...terms, ...times, id: uuid7<CampaignId>(now.getTime()) };
    await insertCampaign(database, campaign);
  }
}
