import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { INTERVALS, type Interval } from '../market/candle.ts';
import { CANDLES_MAX } from '../market/candles.ts';
import { findDay, newestDays } from '../market/day-store.ts';
import type { TickPlace } from '../market/feed.ts';
import type { Market } from '../market/market.ts';
import { findSymbol } from '../market/symbols.ts';
import { ticksBetween } from '../market/tick-store.ts';
import type { Day } from '../market/walk.ts';
import {
  WireCandle,
  WireDay,
  WireInsights,
  WireSymbol,
  WireTick,
  wireCandle,
  wireDay,
  wireSymbol,
  wireTick,
} from '../market/wire-market.ts';
import { refuse } from '../refusal.ts';
import { DayName } from './days.ts';
import { ANY_ROLE, guardedRoute, publicRoute, type Route } from './route.ts';

export interface MarketRoutesDeps {
  readonly database: Database;
  readonly market: Pick<Market, 'symbols' | 'lastTick' | 'changeOf' | 'candles' | 'insights'>;
}

/** `BTCUSDT`, or `BTC/USDT` with its slash encoded: both are of one symbol. */
const SymbolParams = z.strictObject({ symbol: z.string() });
const IntervalName = z.enum(Object.keys(INTERVALS) as [Interval, ...Interval[]]).default('1m');
const MarketDay = DayName.transform((day) => day as Day);
/** No later time is a date. */
const TIME_MAX = 8_640_000_000_000_000;
const Time = z
  .union([
    z
      .string()
      .regex(/^\d{1,16}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  ])
  .refine((at) => at >= 0 && at <= TIME_MAX, 'must be a time, as 2026-11-26T12:00:00Z or in epoch milliseconds');
const TickCursor = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}$/)
  .transform((text): TickPlace => {
    const [at, seq] = text.split('-').map(Number);
    return { at: at ?? 0, seq: seq ?? 0 };
  });

/** Prices for everybody (PROTOCOL, Trading; S4-12), and what is needed to recompute them. */
export function marketRoutes(deps: MarketRoutesDeps): readonly Route[] {
  return [...priceRoutes(deps), ...dayRoutes(deps), ...tickRoutes(deps)];
}

function priceRoutes({ market }: MarketRoutesDeps): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/market',
        summary: 'What can be traded, with the last price.',
        answer: z.strictObject({ items: z.array(WireSymbol), nextCursor: z.null() }),
      },
      async () => ({ items: market.symbols.map((symbol) => wireSymbol(market, symbol)), nextCursor: null }),
    ),
    publicRoute(
      {
        method: 'get',
        path: '/market/:symbol/candles',
        summary: 'The last candles of a symbol until now, in order; the last one goes on.',
        params: SymbolParams,
        query: z.strictObject({
          interval: IntervalName,
          limit: z.coerce.number().int().min(1).max(CANDLES_MAX).default(100),
        }),
        answer: z.strictObject({ items: z.array(WireCandle), nextCursor: z.null() }),
      },
      async ({ params, query: { interval, limit } }) => {
        const symbol = findSymbol(params.symbol, market.symbols);
        if (symbol === undefined) return refuse('NOT_FOUND');
        const candles = market.candles(symbol.id, interval, limit);
        return { items: candles.map((candle) => wireCandle(candle, symbol)), nextCursor: null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/ai/insights/:symbol',
        summary: 'What the recent candles of a symbol say, in words with the numbers behind them.',
        params: SymbolParams,
        query: z.strictObject({ interval: IntervalName }),
        answer: WireInsights,
      },
      async ({ params, query: { interval } }) => {
        const symbol = findSymbol(params.symbol, market.symbols);
        return symbol === undefined ? refuse('NOT_FOUND') : market.insights(symbol.id, interval);
      },
    ),
  ];
}

function dayRoutes({ database }: MarketRoutesDeps): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/market/days',
        summary: 'The days of simulated prices, newest first, those to come too: commitments, and seeds once over.',
        query: z.strictObject({
          limit: z.coerce.number().int().min(1).max(100).default(50),
          cursor: MarketDay.optional(),
        }),
        answer: z.strictObject({ items: z.array(WireDay), nextCursor: z.string().nullable() }),
      },
      async ({ query: { limit, cursor } }) => {
        const found = await newestDays(database, cursor, limit + 1);
        const items = found.slice(0, limit).map(wireDay);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.day ?? null) : null };
      },
    ),
    publicRoute(
      {
        method: 'get',
        path: '/market/days/:day',
        summary: 'One day of simulated prices: what its prices follow from.',
        params: z.strictObject({ day: MarketDay }),
        answer: WireDay,
      },
      async ({ params }) => {
        const day = await findDay(database, params.day);
        return day === null ? refuse('NOT_FOUND') : wireDay(day);
      },
    ),
  ];
}

function tickRoutes({ database, market }: MarketRoutesDeps): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/market/:symbol/ticks',
        summary: 'The log of prices, in order: every price there ever was, with both times included.',
        params: SymbolParams,
        query: z.strictObject({
          from: Time.default(0),
          to: Time.default(TIME_MAX),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
          cursor: TickCursor.optional(),
        }),
        answer: z.strictObject({ items: z.array(WireTick), nextCursor: z.string().nullable() }),
      },
      async ({ params, query: { from, to, limit, cursor } }) => {
        const symbol = findSymbol(params.symbol, market.symbols);
        if (symbol === undefined) return refuse('NOT_FOUND');
        const found = await ticksBetween(database, symbol.id, from, to, limit + 1, cursor);
        const shown = found.slice(0, limit);
        const last = shown.at(-1);
        return {
          items: shown.map((tick) => wireTick(tick, symbol)),
          nextCursor: found.length > limit && last ? `${last.at}-${last.seq}` : null,
        };
      },
    ),
  ];
}
