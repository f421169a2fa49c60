import { commitmentOf, revealSeed, type ServerSeed, serverSeed } from '../fairness/seed.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import type { Tick } from './feed.ts';
import type { MarketSymbol } from './symbols.ts';
import { type Day, startOf, ticksPerDay, type WalkTerms, walkOf } from './walk.ts';

/** What is published before the first tick of a day: with the seed, every tick of it follows from this. */
export interface PublishedDay {
  readonly day: Day;
  /** SHA-256 over the seed, hexadecimal. */
  readonly commitment: string;
  readonly walks: readonly WalkTerms[];
}

/** What is published after the last tick. */
export interface RevealedDay extends PublishedDay {
  /** 64 hexadecimal digits. */
  readonly seed: string;
}

/** Opens a day on the last prices of the day before; a symbol that had none starts at its base price. */
export function openDay(
  day: Day,
  seed: ServerSeed,
  symbols: readonly MarketSymbol[],
  intervalMs: number,
  lastPriceOf: (symbol: SymbolId) => Price | undefined,
): PublishedDay {
  const walks = symbols.map(({ id, basePrice, annualVolatility, annualDrift }): WalkTerms => {
    const openingPrice = lastPriceOf(id) ?? basePrice;
    return { symbol: id, openingPrice, annualVolatility, annualDrift, intervalMs };
  });
  return { day, commitment: commitmentOf(seed), walks };
}

export function revealDay(published: PublishedDay, seed: ServerSeed): RevealedDay {
  return { ...published, seed: revealSeed(seed) };
}

/** Everything of a tick but its feed. */
export type SimulatedTick = Omit<Tick, 'feedId'>;

/** Tick k of a day's walk at this price. Its number goes on from day to day, and after a restart. */
export function simulatedTick(day: Day, { symbol, intervalMs }: WalkTerms, k: number, price: Price) {
  const at = startOf(day) + k * intervalMs;
  return { symbol, price, at, seq: at / intervalMs } satisfies SimulatedTick;
}

/**
 * All ticks of one symbol in a day that is over, from the first to the next midnight's: what anybody can hold against
 * what was shown. Throws where the seed is not the one that was committed to, or the symbol had no walk that day.
 */
export function* ticksOfDay(revealed: RevealedDay, symbol: SymbolId): Generator<SimulatedTick> {
  const seed = serverSeed(Buffer.from(revealed.seed, 'hex'));
  if (commitmentOf(seed) !== revealed.commitment) throw new Error(`the seed of ${revealed.day} is another one`);
  const terms = revealed.walks.find((walk) => walk.symbol === symbol);
  if (terms === undefined) throw new Error(`${symbol} had no price on ${revealed.day}`);
  const priceAt = walkOf(seed, revealed.day, terms);
  const count = ticksPerDay(terms.intervalMs);
  for (let k = 1; k <= count; k += 1) yield simulatedTick(revealed.day, terms, k, priceAt(k));
}
