import type { UserId } from '../ids.ts';
import { type Minor, type Percentage, percentageOf } from '../money.ts';
import type { SettledPosition } from '../rounds/results.ts';

export type PartnerId = string & { readonly __id: 'partner' };

/** What a partner has agreed to. */
export interface Terms {
  /** How much of what the house took counts for the partner. */
  readonly sharePercentage: Percentage;
  /** How much of that the partner earns. */
  readonly commissionRate: Percentage;
}

/** What a partner begins with unless something else was agreed (S0-66): 50.00 % and 10.00 %. */
export const DEFAULT_TERMS: Terms = {
  sharePercentage: 5_000 as Percentage,
  commissionRate: 1_000 as Percentage,
};

/**
 * How long a loss is remembered: it is set off against the rest of its day, of its month, or of all months to come
 * (DOMAIN 5). Days and months are those of UTC.
 */
export const CARRY_OVERS = ['none', 'monthly-reset', 'carry'] as const;
export type CarryOver = (typeof CARRY_OVERS)[number];
export const DEFAULT_CARRY_OVER: CarryOver = 'monthly-reset';

/** What one partner's players did in one round, undone bets left out (S0-54). */
export interface Takings {
  readonly partnerId: PartnerId;
  readonly totalBets: Minor;
  /** Everything that came back, refunds included. */
  readonly totalPayouts: Minor;
  /** Different ones. */
  readonly playerCount: number;
}

/** The real figures, what of them counts for the partner, and what the partner earns (S0-57 … S0-59). */
export interface Earnings extends Takings, Terms {
  readonly realProfit: Minor;
  readonly shownProfit: Minor;
  readonly shownTotalBets: Minor;
  readonly shownTotalPayouts: Minor;
  readonly earnedAmount: Minor;
}

/** Groups a round's bets by partner; players whom no partner brought are left out. Smallest partner id first. */
export function takingsByPartner(
  positions: readonly SettledPosition[],
  partnerOf: ReadonlyMap<UserId, PartnerId>,
): readonly Takings[] {
  const referred = positions.filter(({ userId, outcome }) => outcome !== 'cancelled' && partnerOf.has(userId));
  const byPartner = Map.groupBy(referred, ({ userId }) => partnerOf.get(userId) as PartnerId);
  return [...byPartner]
    .map(([partnerId, bets]) => ({
      partnerId,
      totalBets: bets.reduce((sum, { stake }) => sum + stake, 0n) as Minor,
      totalPayouts: bets.reduce((sum, { payout }) => sum + payout, 0n) as Minor,
      playerCount: new Set(bets.map(({ userId }) => userId)).size,
    }))
    .sort((one, other) => (one.partnerId < other.partnerId ? -1 : 1));
}

/** Whether the house took anything: there is no commission on an even round or on a loss (S0-55). */
export function isProfitable({ totalBets, totalPayouts }: Takings): boolean {
  return totalBets > totalPayouts;
}

/** The commission on one round that was profitable; each figure is rounded down to the minor unit. */
export function earningsOf(takings: Takings, terms: Terms): Earnings {
  if (!isProfitable(takings)) throw new RangeError('there is no commission on losses');
  const { totalBets, totalPayouts } = takings;
  const { sharePercentage, commissionRate } = terms;
  const realProfit = (totalBets - totalPayouts) as Minor;
  const shownProfit = percentageOf(realProfit, sharePercentage);
  return {
    ...takings,
    sharePercentage,
    commissionRate,
    realProfit,
    shownProfit,
    shownTotalBets: percentageOf(totalBets, sharePercentage),
    shownTotalPayouts: percentageOf(totalPayouts, sharePercentage),
    earnedAmount: percentageOf(shownProfit, commissionRate),
  };
}
