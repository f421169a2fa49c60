import type { Queries } from '../../db/pool.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import { type Candle, flatCandle, INTERVALS, mergeCandles, startOfCandle } from './candle.ts';
import { candlesOfMinutes, candlesOfTicks, minuteBefore } from './candle-store.ts';
import { CANDLES_MAX, type CandleSeries, Candles } from './candles.ts';
import type { Tick } from './feed.ts';
import { lastLoggedTick, lastTickBefore, ticksBetween } from './tick-store.ts';
import { dayOf, startOf } from './walk.ts';

/** What the log says of a symbol. */
export interface LoggedSymbol {
  readonly last: Tick | undefined;
  readonly candles: Candles;
  /** The minute that the last tick lies in. */
  readonly begun: Candle | undefined;
  /** The first price of the last tick's day, UTC. */
  readonly dayOpen: { readonly day: number; readonly price: Price } | undefined;
}

export const DAY_MS = 86_400_000;

/** Reads what was there before a start: the same candles as without one. */
export async function readSymbol(queries: Queries, symbol: SymbolId, now: number): Promise<LoggedSymbol> {
  const last = (await lastLoggedTick(queries, symbol)) ?? undefined;
  if (last === undefined) return { last, candles: new Candles(), begun: undefined, dayOpen: undefined };
  const minute = startOfCandle(last.at, INTERVALS['1m']);
  const [begun] = await candlesOfTicks(queries, symbol, INTERVALS['1m'], minute);
  const shownUntil = Math.min(now, last.at);
  const beginOf = (intervalMs: number) => startOfCandle(shownUntil, intervalMs) - CANDLES_MAX * intervalMs;
  const longer = async (intervalMs: number) => {
    const from = beginOf(intervalMs);
    const before = await minuteBefore(queries, symbol, from);
    const complete = await candlesOfMinutes(queries, symbol, intervalMs, from);
    return mergeCandles(
      [before, ...complete, begun].filter((candle) => candle != null),
      intervalMs,
    );
  };
  const from = beginOf(INTERVALS['1s']);
  const before = await lastTickBefore(queries, symbol, from);
  const series: CandleSeries = {
    '1s': [
      ...(before === null ? [] : [candleOf(before, INTERVALS['1s'])]),
      ...(await candlesOfTicks(queries, symbol, INTERVALS['1s'], from)),
    ],
    '1m': await longer(INTERVALS['1m']),
    '5m': await longer(INTERVALS['5m']),
    '1h': await longer(INTERVALS['1h']),
  };
  const [first] = await ticksBetween(queries, symbol, startOf(dayOf(last.at)), last.at, 1);
  const dayOpen = first && { day: Math.floor(first.at / DAY_MS), price: first.price };
  return { last, candles: new Candles(series, last), begun, dayOpen };
}

function candleOf({ at, price }: Tick, intervalMs: number): Candle {
  return { ...flatCandle(startOfCandle(at, intervalMs), price), ticks: 1 };
}
