import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import type { Candle } from './candle.ts';

const Amount = z.bigint().transform((price) => price as Price);
const Row = z.object({
  at: z.bigint().transform(Number),
  open: Amount,
  high: Amount,
  low: Amount,
  close: Amount,
  ticks: z.bigint().transform(Number),
}) satisfies z.ZodType<Candle>;

/** A candle of a minute, and whose it is. */
export interface MinuteCandle extends Candle {
  readonly symbol: SymbolId;
}

/** Appends them; throws where one is there already. */
export async function insertCandles(tx: Queries, candles: readonly MinuteCandle[]): Promise<void> {
  if (candles.length === 0) return;
  const rows = candles.map(({ symbol, at, open, high, low, close, ticks }) => {
    return [symbol, at, open, high, low, close, ticks];
  });
  const types = ['text', 'int8', 'int8', 'int8', 'int8', 'int8', 'int8'] as const;
  await tx.query(sql.type(z.strictObject({}))`
    insert into candle (symbol, at, open, high, low, close, ticks)
    select * from ${sql.unnest(rows, [...types])} as c (symbol, at, open, high, low, close, ticks)`);
}

/** Those of a symbol from `from` on, made from the ticks themselves; in their order, as all of these. */
export function candlesOfTicks(queries: Queries, symbol: SymbolId, intervalMs: number, from: number) {
  return queries.any(sql.type(Row)`
    select at / ${intervalMs}::int8 * ${intervalMs}::int8 as at, (array_agg(price order by at, seq))[1] as open,
           max(price) as high, min(price) as low, (array_agg(price order by at desc, seq desc))[1] as close,
           count(*) as ticks
      from tick where symbol = ${symbol} and at >= ${from}
     group by 1 order by 1`);
}

/** Those from `from` on that the complete minutes come to. */
export function candlesOfMinutes(queries: Queries, symbol: SymbolId, intervalMs: number, from: number) {
  return queries.any(sql.type(Row)`
    select at / ${intervalMs}::int8 * ${intervalMs}::int8 as at, (array_agg(open order by at))[1] as open,
           max(high) as high, min(low) as low, (array_agg(close order by at desc))[1] as close,
           sum(ticks)::int8 as ticks
      from candle where symbol = ${symbol} and at >= ${from}
     group by 1 order by 1`);
}

/** The last complete minute before a time; null where there is none. */
export function minuteBefore(queries: Queries, symbol: SymbolId, before: number): Promise<Candle | null> {
  return queries.maybeOne(sql.type(Row)`
    select at, open, high, low, close, ticks
      from candle where symbol = ${symbol} and at < ${before} order by at desc limit 1`);
}
