import type { UserId } from '../ids.ts';
import { type Currency, formatMoney, type Minor, percentOf, timesOf } from '../money.ts';

/** A stake that might be out of the ordinary, with what it is held against. */
export interface StakeSeen {
  readonly userId: UserId;
  readonly username: string | null;
  readonly game: 'andar-bahar' | 'lottery' | 'trading' | 'binary';
  /** The table's id, the phase's name, or the symbol. */
  readonly place: string;
  /** The round, the phase or the trade. */
  readonly ref: string;
  /** The bet, the slip or the trade. */
  readonly betId: string;
  readonly at: Date;
  readonly currency: Currency;
  readonly stake: Minor;
  /** The most that one bet may be there; null where nothing of the kind is set. */
  readonly most: Minor | null;
  /** What the same player staked before, bet by bet, as far as it was looked up. */
  readonly earlier: readonly Minor[];
}

/** A stake that is out of the ordinary, and why. */
export interface UnusualStake {
  readonly kind: 'stake-above-usual' | 'stake-near-limit';
  readonly words: string;
  readonly seen: StakeSeen;
  /** The median of the stakes before; null where they are too few to say. */
  readonly usual: Minor | null;
}

/** Fewer stakes before say nothing about what is usual. */
const EARLIER_MIN = 20;
/** So many times the usual one a stake is out of the ordinary. */
const FACTOR = 10n;
/** So many percent of the most that is allowed are much, unless the player always stakes about as much: half of it. */
const NEAR_LIMIT = 90n;
const HABIT = 2n;

/** Those that are out of the ordinary: first what is above what is usual, the most times of it first, then by share. */
export function unusualStakes(all: readonly StakeSeen[], limit: number): readonly UnusualStake[] {
  const found = [...new Map(all.map((seen) => [seen.betId, seen])).values()].flatMap((seen) => judgeStake(seen) ?? []);
  return found.sort(byFactor).slice(0, limit);
}

/** Null where a stake is nothing out of the ordinary. */
function judgeStake(seen: StakeSeen): UnusualStake | null {
  const { stake, most, earlier, currency } = seen;
  const usual = earlier.length < EARLIER_MIN ? null : medianOf(earlier);
  const money = (amount: Minor) => formatMoney(amount, currency);
  if (usual !== null && stake >= FACTOR * usual) {
    const times = timesOf({ numerator: stake, denominator: usual });
    const words = `${money(stake)}, ${times} times what this player usually stakes (${money(usual)}).`;
    return { kind: 'stake-above-usual', words, seen, usual };
  }
  const isMuch = most !== null && 100n * stake >= NEAR_LIMIT * most;
  if (!isMuch || (usual !== null && stake < HABIT * usual)) return null;
  const share = percentOf({ numerator: stake, denominator: most });
  const before = usual === null ? 'too few stakes before to say what is usual' : `usually ${money(usual)}`;
  const words = `${money(stake)}, ${share} % of the most that one bet may be here (${money(most)}); ${before}.`;
  return { kind: 'stake-near-limit', words, seen, usual };
}

/** The one in the middle, the lower of two: always a stake that there was. Null of none. */
function medianOf(stakes: readonly Minor[]): Minor | null {
  const sorted = stakes.toSorted((one, other) => Number(one - other));
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
}

function byFactor(one: UnusualStake, other: UnusualStake): number {
  if (one.kind !== other.kind) return one.kind === 'stake-above-usual' ? -1 : 1;
  const [mine, theirs] = [against(one), against(other)];
  return Number(other.seen.stake * mine - one.seen.stake * theirs);
}

/** What a stake is measured by. */
function against({ kind, usual, seen: { most } }: UnusualStake): bigint {
  return (kind === 'stake-above-usual' ? usual : most) ?? 1n;
}
