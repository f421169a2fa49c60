import type { Price } from '../money.ts';

/** The lengths that candles come in, milliseconds. */
export const INTERVALS = { '1s': 1_000, '1m': 60_000, '5m': 300_000, '1h': 3_600_000 } as const;

export type Interval = keyof typeof INTERVALS;

/** What prices did from `at`, a multiple of the interval since the epoch, until right before the next one. */
export interface Candle {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  /** 0 where nothing was heard: then all four are the last close. */
  readonly ticks: number;
}

/** When the candle begins that this time belongs to. */
export function startOfCandle(at: number, intervalMs: number): number {
  return Math.floor(at / intervalMs) * intervalMs;
}

/** One candle and what follows it, as one that begins at `at`. What has no ticks adds nothing to what has some. */
export function joined(one: Candle, next: Candle, at: number): Candle {
  if (next.ticks === 0) return { ...one, at };
  if (one.ticks === 0) return { ...next, at };
  return {
    at,
    open: one.open,
    high: one.high > next.high ? one.high : next.high,
    low: one.low < next.low ? one.low : next.low,
    close: next.close,
    ticks: one.ticks + next.ticks,
  };
}

/**
 * Candles, in order, as those of a longer interval, a multiple of theirs: the same that the ticks themselves would
 * give, with flat candles in between or without.
 */
export function mergeCandles(candles: readonly Candle[], intervalMs: number): readonly Candle[] {
  const merged: Candle[] = [];
  for (const candle of candles) {
    const at = startOfCandle(candle.at, intervalMs);
    const last = merged.at(-1);
    if (last?.at === at) merged[merged.length - 1] = joined(last, candle, at);
    else merged.push({ ...candle, at });
  }
  return merged;
}

/** A candle in which nothing was heard. */
export function flatCandle(at: number, price: Price): Candle {
  return { at, open: price, high: price, low: price, close: price, ticks: 0 };
}
