import { z } from 'zod';
import type { Candle } from './candle.ts';
import type { DayRow } from './day-store.ts';
import type { Tick } from './feed.ts';
import type { Market } from './market.ts';
import { printPrice } from './price.ts';
import { findSymbol, type MarketSymbol } from './symbols.ts';

const WirePrice = z.string().describe('a decimal string');

export const WireSymbol = z.strictObject({
  symbol: z.string(),
  name: z.string(),
  price: WirePrice.nullable().describe('null while there is none since the start of the server'),
  at: z.iso.datetime().nullable(),
  change: z.string().nullable().describe('percent since the first price of the UTC day, as +0.31'),
});

export function wireSymbol(market: Pick<Market, 'lastTick' | 'changeOf'>, symbol: MarketSymbol) {
  const tick = market.lastTick(symbol.id);
  return {
    symbol: symbol.id,
    name: symbol.name,
    price: tick === undefined ? null : printPrice(tick.price, symbol),
    at: tick === undefined ? null : new Date(tick.at).toISOString(),
    change: market.changeOf(symbol.id) ?? null,
  } satisfies z.input<typeof WireSymbol>;
}

export const WireCandle = z.strictObject({
  at: z.iso.datetime(),
  open: WirePrice,
  high: WirePrice,
  low: WirePrice,
  close: WirePrice,
  ticks: z.int().describe('0 where nothing was heard: then all four are the last close'),
});

export function wireCandle({ at, open, high, low, close, ticks }: Candle, symbol: MarketSymbol) {
  return {
    at: new Date(at).toISOString(),
    open: printPrice(open, symbol),
    high: printPrice(high, symbol),
    low: printPrice(low, symbol),
    close: printPrice(close, symbol),
    ticks,
  } satisfies z.input<typeof WireCandle>;
}

export const WireTick = z.strictObject({
  at: z.int().describe('epoch milliseconds'),
  seq: z.int().describe('of two ticks of one time the higher is the later'),
  price: WirePrice,
  feedId: z.string(),
});

export function wireTick({ at, seq, price, feedId }: Tick, symbol: MarketSymbol) {
  return { at, seq, price: printPrice(price, symbol), feedId } satisfies z.input<typeof WireTick>;
}

export const WireDay = z.strictObject({
  day: z.iso.date(),
  commitment: z.string().describe('SHA-256 over the seed, hexadecimal'),
  algorithmVersion: z.int(),
  openedAt: z.iso.datetime().nullable().describe('null for days to come, and for those on which nothing ran'),
  walks: z.array(
    z.strictObject({
      symbol: z.string(),
      openingPrice: WirePrice,
      priceScale: z.int(),
      annualVolatility: z.int().describe('whole percent'),
      annualDrift: z.int().describe('whole percent'),
      intervalMs: z.int(),
    }),
  ),
  seed: z.string().nullable().describe('hexadecimal, once the day is over'),
});

/** What anybody needs to recompute a day, by src/market/README.md. */
export function wireDay({ day, commitment, algorithmVersion, openedAt, walks, revealed }: DayRow) {
  return {
    day,
    commitment,
    algorithmVersion,
    openedAt: openedAt?.toISOString() ?? null,
    walks: (walks ?? []).map(({ symbol: id, openingPrice, ...terms }) => {
      const symbol = findSymbol(id);
      if (symbol === undefined) throw new Error(`the symbol ${id} of ${day} is gone`);
      const { priceScale } = symbol;
      return { symbol: id, openingPrice: printPrice(openingPrice, symbol), priceScale, ...terms };
    }),
    seed: revealed,
  } satisfies z.input<typeof WireDay>;
}

const Reading = z.strictObject({
  reading: z.string(),
  words: z.string(),
  numbers: z.record(z.string(), z.string()),
});

export const WireInsights = z.strictObject({
  symbol: z.string(),
  interval: z.string(),
  candles: z.int(),
  price: WirePrice.optional(),
  trend: Reading,
  momentum: Reading,
  volatility: Reading,
  range: Reading,
});
