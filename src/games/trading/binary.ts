import type { SymbolId, TradeId, UserId } from '../../ids.ts';
import { type Minor, payoutOf, type Ratio, ZERO } from '../../money.ts';
import { isLater, isOfOneFeed, type Quote } from './quote.ts';

export type Direction = 'UP' | 'DOWN';

/** What a binary pays and when; fixed when it is opened. */
export interface BinaryTerms {
  /** Gross, on the stake: 1.8 × (S4-38, S4-45). */
  readonly payout: Ratio;
  /** An exit at the very price of the entry: lost, as in the documents, or the stake back (S4-44). */
  readonly tie: 'LOSE' | 'REFUND';
  /** How far the entry may lie behind the acceptance, and the exit before the expiry, milliseconds. */
  readonly maxTickAgeMs: number;
}

export const DEFAULT_BINARY_TERMS: BinaryTerms = {
  payout: { numerator: 18n, denominator: 10n },
  tie: 'LOSE',
  maxTickAgeMs: 5_000,
};

/** A bet that the price will be strictly above (UP) or below (DOWN) its entry at the expiry (S4-34). */
export interface Binary {
  readonly tradeId: TradeId;
  readonly owner: UserId;
  readonly symbol: SymbolId;
  readonly direction: Direction;
  readonly stake: Minor;
  /** Epoch milliseconds, the server's. */
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly terms: BinaryTerms;
}

/** What a binary has seen of the market so far. */
export interface Observed {
  /** The first tick after the acceptance; none where that came too late. */
  readonly entry?: Quote | undefined;
  /** The last tick of its feed behind the entry and at or before the expiry; the exit, unless there is one more. */
  readonly exit?: Quote | undefined;
}

/** VOID gives the stake back, for want of a price or, where the terms say so, for a tie. */
export interface BinarySettlement extends Observed {
  readonly result: 'WIN' | 'LOSS' | 'VOID';
  /** Gross: the stake left the player when the binary was opened (S4-43). */
  readonly payout: Minor;
}

/** Takes one more tick into account. In the order of the feed; ticks of other symbols or seen before change nothing. */
export function observe(binary: Binary, observed: Observed, tick: Quote): Observed {
  const { acceptedAt, expiresAt } = binary;
  if (tick.symbol !== binary.symbol || tick.at <= acceptedAt || tick.at > expiresAt) return observed;
  const { entry, exit } = observed;
  if (entry === undefined) return tick.at > entryDeadline(binary) ? observed : { entry: tick };
  return isOfOneFeed(tick, entry) && isLater(tick, exit ?? entry) ? { entry, exit: tick } : observed;
}

/**
 * The result, or undefined while it is not certain yet (S4-36, S4-37, S4-42). `completeThrough` is the time up to which
 * no further tick can come, as the feed has dropped whatever is late: so it makes no difference when this is asked, nor
 * whether the ticks were seen one by one or are read back from the log.
 */
export function settleBinary(
  binary: Binary,
  observed: Observed,
  completeThrough: number,
): BinarySettlement | undefined {
  const { entry } = observed;
  const { stake, direction, expiresAt, terms } = binary;
  if (entry === undefined && completeThrough >= entryDeadline(binary)) return { result: 'VOID', payout: stake };
  if (completeThrough < expiresAt || entry === undefined) return undefined;
  const exit = exitInTime(binary, observed);
  if (exit === undefined) return { ...observed, result: 'VOID', payout: stake };
  if (exit.price === entry.price && terms.tie === 'REFUND') return { ...observed, result: 'VOID', payout: stake };
  const isWon = direction === 'UP' ? exit.price > entry.price : exit.price < entry.price;
  return isWon
    ? { ...observed, result: 'WIN', payout: payoutOf(stake, terms.payout) }
    : { ...observed, result: 'LOSS', payout: ZERO };
}

/** The exit, unless it lies too far before the expiry. A VOID with one is a tie, whose stake the terms give back. */
export function exitInTime({ expiresAt, terms }: Binary, { exit }: Observed): Quote | undefined {
  return exit !== undefined && expiresAt - exit.at <= terms.maxTickAgeMs ? exit : undefined;
}

/** The same from a list of ticks in the order of the feed: what recovery and verification ask. */
export function settleFromTicks(
  binary: Binary,
  ticks: readonly Quote[],
  completeThrough: number,
): BinarySettlement | undefined {
  const observed = ticks.reduce<Observed>((seen, tick) => observe(binary, seen, tick), {});
  return settleBinary(binary, observed, completeThrough);
}

/** When it is void for want of an entry, epoch milliseconds. */
export function entryDeadline({ acceptedAt, expiresAt, terms }: Binary): number {
  return Math.min(acceptedAt + terms.maxTickAgeMs, expiresAt);
}
