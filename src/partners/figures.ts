import { type Minor, minor, type Percentage, percentageOf, signedPercentageOf, ZERO } from '../money.ts';
import type { Terms } from './commission.ts';
import type { TermsSince } from './partner.ts';
import type { Range } from './slots.ts';

/** What the rollups say of some closed bets. */
export interface Sums {
  /** How many. */
  readonly bets: number;
  readonly staked: Minor;
  /** Gross. */
  readonly paid: Minor;
  /** Of these the real money. */
  readonly realStaked: Minor;
  readonly realPaid: Minor;
  /** Bonus money that became real. */
  readonly converted: Minor;
}

/** Amounts of a report. */
export interface Amounts {
  readonly bets: Minor;
  readonly payouts: Minor;
  /** Bets less payouts. */
  readonly ggr: Minor;
  /** What the house is left with of it: real money alone, less what bonuses have turned into real money (DOMAIN 5). */
  readonly ngr: Minor;
}

export interface Figures {
  readonly betCount: number;
  readonly real: Amounts;
  /** The partner's share of each (S0-57, S0-59). */
  readonly shown: Amounts;
  /** Commission on the shown net: below zero where the house has lost, as it is set off against the rest. */
  readonly earned: Minor;
}

/** What was counted while the same terms were agreed. */
export type Part = Sums & Terms;

/** The figures of all parts together: what was counted under the same percentages is rounded once, down. */
export function figuresOf(parts: readonly Part[]): Figures {
  const each = mergedByTerms(parts).map((part) => {
    const real = amountsOf(part);
    const shown = shownOf(real, part);
    return { betCount: part.bets, real, shown, earned: signedPercentageOf(shown.ngr, part.commissionRate) };
  });
  return {
    betCount: each.reduce((sum, { betCount }) => sum + betCount, 0),
    real: totalOf(each.map(({ real }) => real)),
    shown: totalOf(each.map(({ shown }) => shown)),
    earned: minor(each.reduce((sum, { earned }) => sum + earned, 0n)),
  };
}

function mergedByTerms(parts: readonly Part[]): readonly Part[] {
  const byTerms = Map.groupBy(parts, ({ sharePercentage, commissionRate }) => `${sharePercentage} ${commissionRate}`);
  return [...byTerms.values()].flatMap((same) => same.slice(0, 1).map((terms) => ({ ...terms, ...sumOf(same) })));
}

const NOTHING: Sums = { bets: 0, staked: ZERO, paid: ZERO, realStaked: ZERO, realPaid: ZERO, converted: ZERO };

export function sumOf(all: readonly Sums[]): Sums {
  return all.reduce(plus, NOTHING);
}

function plus(one: Sums, other: Sums): Sums {
  return {
    bets: one.bets + other.bets,
    staked: minor(one.staked + other.staked),
    paid: minor(one.paid + other.paid),
    realStaked: minor(one.realStaked + other.realStaked),
    realPaid: minor(one.realPaid + other.realPaid),
    converted: minor(one.converted + other.converted),
  };
}

function amountsOf({ staked, paid, realStaked, realPaid, converted }: Sums): Amounts {
  const ngr = minor(realStaked - realPaid - converted);
  return { bets: staked, payouts: paid, ggr: minor(staked - paid), ngr };
}

function shownOf({ bets, payouts, ggr, ngr }: Amounts, { sharePercentage }: Terms): Amounts {
  return {
    bets: percentageOf(bets, sharePercentage),
    payouts: percentageOf(payouts, sharePercentage),
    ggr: signedPercentageOf(ggr, sharePercentage),
    ngr: signedPercentageOf(ngr, sharePercentage),
  };
}

function totalOf(all: readonly Amounts[]): Amounts {
  const sum = (of: (amounts: Amounts) => Minor) => all.reduce((total, amounts) => minor(total + of(amounts)), ZERO);
  return {
    bets: sum(({ bets }) => bets),
    payouts: sum(({ payouts }) => payouts),
    ggr: sum(({ ggr }) => ggr),
    ngr: sum(({ ngr }) => ngr),
  };
}

/** Percentages that figures follow from: each is null where there were several. */
export interface Percentages {
  readonly sharePercentage: Percentage | null;
  readonly commissionRate: Percentage | null;
}

/**
 * Those under which these parts of a range were counted. Other terms that nothing was counted under change no figure;
 * where there is nothing at all, the last that were agreed by the end of the range. `all` has the oldest first.
 */
export function percentagesOf(parts: readonly Part[], all: readonly TermsSince[], { to }: Range): Percentages {
  const agreed = all.findLast(({ since }) => since.getTime() < to);
  const [first, ...others]: readonly Terms[] = parts.length > 0 || agreed === undefined ? parts : [agreed];
  if (first === undefined) return { sharePercentage: null, commissionRate: null };
  const { sharePercentage, commissionRate } = first;
  return {
    sharePercentage: others.every((other) => other.sharePercentage === sharePercentage) ? sharePercentage : null,
    commissionRate: others.every((other) => other.commissionRate === commissionRate) ? commissionRate : null,
  };
}
