import { streamFor } from '../fairness/byte-stream.ts';
import type { ServerSeed } from '../fairness/seed.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import { exp, type Fixed, integerSqrt, multiply, ONE } from './fixed-point.ts';
import { normals } from './normal.ts';

/** A day of simulated prices is UTC's: `2026-11-26`. */
export type Day = string & { readonly __brand: 'day' };

const DAY_MS = 86_400_000;
const YEAR_MS = 365n * 86_400_000n;

/** What a symbol's day follows from, beside the seed: published with the commitment, before the first tick. */
export interface WalkTerms {
  readonly symbol: SymbolId;
  /** The last price of the day before. */
  readonly openingPrice: Price;
  /** Whole percent of a year. */
  readonly annualVolatility: number;
  readonly annualDrift: number;
  readonly intervalMs: number;
}

/**
 * The price at tick k of a day, which is due k × `intervalMs` after midnight; the last one at the next midnight. Goes
 * forward only: throws RangeError for a k before the last one asked for.
 */
export type Walk = (k: number) => Price;

/**
 * Geometric Brownian motion, S·exp(Σ ((μ − σ²/2)Δt + σ√Δt·Z)), in integers: the price of tick k follows from the seed
 * and the terms alone, on every machine, and nothing draws it back to where it was. Every step is in README.md.
 */
export function walkOf(seed: ServerSeed, day: Day, terms: WalkTerms): Walk {
  const draws = normals(streamFor(seed, Buffer.from(`croupier ticks 1\0${day}\0${terms.symbol}\0`, 'ascii')));
  const { drift, deviation } = stepOf(terms);
  let tick = 0;
  let logarithm = 0n;
  return (k) => {
    if (k < tick) throw new RangeError(`tick ${k} lies behind tick ${tick}`);
    for (; tick < k; tick += 1) logarithm += drift + multiply(deviation, draws.next().value);
    const price = (terms.openingPrice * exp(logarithm as Fixed) + ONE / 2n) / ONE;
    return (price > 1n ? price : 1n) as Price;
  };
}

/** Throws RangeError unless a day is a whole number of intervals. */
export function ticksPerDay(intervalMs: number): number {
  if (!Number.isInteger(intervalMs) || intervalMs < 1 || DAY_MS % intervalMs !== 0) {
    throw new RangeError(`a day is no whole number of intervals of ${intervalMs} ms`);
  }
  return DAY_MS / intervalMs;
}

/** The day in which this moment, epoch milliseconds, lies: a midnight begins the next day. */
export function dayOf(at: number): Day {
  return new Date(at).toISOString().slice(0, 10) as Day;
}

/** Its first moment, epoch milliseconds. */
export function startOf(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

/** One step of the logarithm: (μ − σ²/2)Δt, rounded toward zero, and σ√Δt, rounded down. */
function stepOf({ annualVolatility, annualDrift, intervalMs }: WalkTerms) {
  const [sigma, mu, interval] = [BigInt(annualVolatility), BigInt(annualDrift), BigInt(intervalMs)];
  return {
    drift: ((200n * mu - sigma * sigma) * interval * ONE) / (20_000n * YEAR_MS),
    deviation: integerSqrt((sigma * sigma * interval * ONE * ONE) / (10_000n * YEAR_MS)) as Fixed,
  };
}
