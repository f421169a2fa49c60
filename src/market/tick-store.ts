import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import type { Tick, TickPlace } from './feed.ts';

const Row = z.object({
  symbol: z.string().transform((id) => id as SymbolId),
  at: z.bigint().transform(Number),
  seq: z.bigint().transform(Number),
  price: z.bigint().transform((price) => price as Price),
  feedId: z.string(),
}) satisfies z.ZodType<Tick>;

const COLUMNS = sql.fragment`symbol, at, seq, price, feed as "feedId"`;

/** Appends them; throws where one is there already. */
export async function insertTicks(tx: Queries, ticks: readonly Tick[]): Promise<void> {
  const rows = ticks.map(({ symbol, at, seq, price, feedId }) => [symbol, at, seq, price, feedId]);
  await tx.query(sql.type(z.strictObject({}))`
    insert into tick (symbol, at, seq, price, feed)
    select * from ${sql.unnest(rows, ['text', 'int8', 'int8', 'int8', 'text'])} as t (symbol, at, seq, price, feed)`);
}

/**
 * Ticks of a symbol from the log, in their order: from `fromAt` to `toAt`, epoch milliseconds, both included, and of
 * these only those later than `after`.
 */
export function ticksBetween(
  queries: Queries,
  symbol: SymbolId,
  fromAt: number,
  toAt: number,
  limit: number,
  after: TickPlace = { at: 0, seq: 0 },
): Promise<readonly Tick[]> {
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from tick
     where symbol = ${symbol} and at between ${fromAt} and ${toAt}
       and (at, seq) > (${after.at}::int8, ${after.seq}::int8)
     order by at, seq limit ${limit}`);
}

/** The end of a symbol's log; null while it is empty. */
export function lastLoggedTick(queries: Queries, symbol: SymbolId): Promise<Tick | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from tick where symbol = ${symbol} order by at desc, seq desc limit 1`);
}

/** Whether a symbol had a price later than this of any feed but that one. */
export function hasTickOfAnother(
  queries: Queries,
  symbol: SymbolId,
  feed: string | null,
  after: number,
): Promise<boolean> {
  return queries.exists(sql.type(z.strictObject({}))`
    select from tick where symbol = ${symbol} and at > ${after} and feed is distinct from ${feed}`);
}

export function lastTickBefore(queries: Queries, symbol: SymbolId, before: number): Promise<Tick | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from tick where symbol = ${symbol} and at < ${before} order by at desc, seq desc limit 1`);
}
