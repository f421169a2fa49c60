import { ATR, EMA, RSI } from 'trading-signals';
import type { SymbolId } from '../ids.ts';
import type { Candle, Interval } from './candle.ts';
import { printPrice } from './price.ts';
import type { MarketSymbol } from './symbols.ts';

/** One thing that candles say, in words for people, with the numbers behind it as decimal strings. */
export interface Reading {
  /** For programs: `rising`, `overbought`, `lively`, `near-top` …, or `unknown` while there are too few candles. */
  readonly reading: string;
  readonly words: string;
  readonly numbers: Readonly<Record<string, string>>;
}

/** What the recent candles of a symbol say. It describes what was: nothing in it says what will be. */
export interface Insights {
  readonly symbol: SymbolId;
  readonly interval: Interval;
  /** How many candles they were read off, and the close of the last one; none without candles. */
  readonly candles: number;
  readonly price: string | undefined;
  readonly trend: Reading;
  readonly momentum: Reading;
  readonly volatility: Reading;
  readonly range: Reading;
}

/** In candles. */
const [FAST, SLOW, MOMENTUM, RECENT, RANGE] = [9, 21, 14, 14, 20];
/** Averages closer than this share of a usual candle say nothing. */
const FLAT = 0.25;

interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Reads candles, in order, flat ones among them. The indicators reckon in floats: they are read by people, no price
 * that anything is traded at goes through here.
 */
export function insightsOf(symbol: MarketSymbol, interval: Interval, candles: readonly Candle[]): Insights {
  const bars = candles.map(({ high, low, close }) => ({
    high: asFloat(high, symbol),
    low: asFloat(low, symbol),
    close: asFloat(close, symbol),
  }));
  const last = candles.at(-1);
  return {
    symbol: symbol.id,
    interval,
    candles: candles.length,
    price: last && printPrice(last.close, symbol),
    trend: trendOf(bars, symbol),
    momentum: momentumOf(bars),
    volatility: volatilityOf(bars, symbol),
    range: rangeOf(candles.slice(-RANGE), symbol),
  };
}

function trendOf(bars: readonly Bar[], { priceScale }: MarketSymbol): Reading {
  if (bars.length < SLOW) return tooFew(SLOW, bars.length);
  const [fast, slow, usual] = [new EMA(FAST), new EMA(SLOW), new ATR(RECENT)];
  for (const bar of bars) {
    fast.add(bar.close);
    slow.add(bar.close);
    usual.add(bar);
  }
  const [near, far] = [fast.getResultOrThrow(), slow.getResultOrThrow()];
  const gap = near - far;
  const isFlat = Math.abs(gap) <= FLAT * usual.getResultOrThrow();
  const reading = isFlat ? 'sideways' : gap > 0 ? 'rising' : 'falling';
  const relation = isFlat ? 'close to' : gap > 0 ? 'above' : 'below';
  return {
    reading,
    words: `The price is ${reading}: its average over ${FAST} candles is ${relation} that over ${SLOW}.`,
    numbers: {
      fastAverage: near.toFixed(priceScale),
      slowAverage: far.toFixed(priceScale),
      gapPercent: percent(gap / far),
    },
  };
}

function momentumOf(bars: readonly Bar[]): Reading {
  if (bars.length < MOMENTUM + 1) return tooFew(MOMENTUM + 1, bars.length);
  const rsi = new RSI(MOMENTUM);
  for (const { close } of bars) rsi.add(close);
  const isStill = bars.slice(-MOMENTUM - 1).every(({ close }) => close === bars.at(-1)?.close);
  const index = isStill ? 50 : rsi.getResultOrThrow();
  const [reading, what] =
    index >= 70
      ? ['overbought', 'has risen much more than it has fallen']
      : index <= 30
        ? ['oversold', 'has fallen much more than it has risen']
        : ['balanced', 'has risen about as much as it has fallen'];
  return {
    reading,
    words: `Over ${MOMENTUM} candles the price ${what}: a relative strength of ${index.toFixed(0)} out of 100.`,
    numbers: { relativeStrength: index.toFixed(2) },
  };
}

function volatilityOf(bars: readonly Bar[], { priceScale }: MarketSymbol): Reading {
  const [last] = bars.slice(-1);
  if (last === undefined || bars.length < 2 * RECENT) return tooFew(2 * RECENT, bars.length);
  const [recent, whole] = [new ATR(RECENT), new ATR(bars.length)];
  for (const bar of bars) {
    recent.add(bar);
    whole.add(bar);
  }
  const [now, usual] = [recent.getResultOrThrow(), whole.getResultOrThrow()];
  const ratio = usual === 0 ? 1 : now / usual;
  const [reading, than] =
    ratio > 1.25 ? ['lively', 'more than'] : ratio < 0.8 ? ['calm', 'less than'] : ['usual', 'about as much as'];
  return {
    reading,
    words: `A candle moves ${percent(now / last.close)} % of the price of late, ${than} before.`,
    numbers: {
      averageTrueRange: now.toFixed(priceScale),
      averageTrueRangePercent: percent(now / last.close),
      comparedWithBefore: ratio.toFixed(2),
    },
  };
}

/** Highest and lowest price are prices: exact. */
function rangeOf(candles: readonly Candle[], symbol: MarketSymbol): Reading {
  const last = candles.at(-1);
  if (last === undefined || candles.length < RANGE) return tooFew(RANGE, candles.length);
  const high = candles.reduce((most, candle) => (candle.high > most ? candle.high : most), last.high);
  const low = candles.reduce((least, candle) => (candle.low < least ? candle.low : least), last.low);
  const position = high === low ? 50 : Number(((last.close - low) * 10_000n) / (high - low)) / 100;
  const [reading, where] =
    position >= 80
      ? ['near-top', 'near the top']
      : position <= 20
        ? ['near-bottom', 'near the bottom']
        : ['inside', 'inside'];
  const [highest, lowest] = [printPrice(high, symbol), printPrice(low, symbol)];
  return {
    reading,
    words: `The price is ${where} of its range over ${RANGE} candles, ${lowest} to ${highest}.`,
    numbers: { high: highest, low: lowest, positionPercent: position.toFixed(2) },
  };
}

function tooFew(needed: number, there: number): Reading {
  return { reading: 'unknown', words: `It takes ${needed} candles to say; there are ${there}.`, numbers: {} };
}

function asFloat(price: bigint, { priceScale }: MarketSymbol): number {
  return Number(price) / 10 ** priceScale;
}

function percent(share: number): string {
  return (share * 100).toFixed(3);
}
