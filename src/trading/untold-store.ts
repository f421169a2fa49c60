import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { TradeId, UserId } from '../ids.ts';
import { IS_CLOSED } from './open-rows.ts';
import { Level, Money, Trade } from './rows.ts';

const Nothing = z.strictObject({});

/** The tables whose ends are told. */
export type Told = 'trade' | 'binary_trade';

const Price = Level.nullable().transform((price) => (price === null ? undefined : { price }));

const ClosedRow = z.object({
  tradeId: Trade,
  priceScale: z.int(),
  reason: z.enum(['OWNER', 'LIQUIDATION', 'STOP_LOSS', 'TAKE_PROFIT', 'HOUSE']),
  exit: Price,
  pnl: Money,
  at: z.date(),
});
/** What a trade came to, as its owner is told. */
export type ClosedResult = z.infer<typeof ClosedRow>;

const ResolvedRow = z.object({
  tradeId: Trade,
  priceScale: z.int(),
  result: z.enum(['WIN', 'LOSS', 'VOID']),
  entry: Price,
  exit: Price,
  payout: Money,
  at: z.date(),
});
/** What a binary came to, as its owner is told. */
export type ResolvedResult = z.infer<typeof ResolvedRow>;

/**
 * Ends of trades that are paid and that their owner has not heard of, oldest first. They count as told by the same
 * statement, so of several who ask at once each is given to one. Who cannot tell one brings it back.
 */
export function takeUntoldTrades(queries: Queries, userId: UserId, limit: number): Promise<readonly ClosedResult[]> {
  return queries.any(sql.type(ClosedRow)`
    with taken as (
      update trade t set untold = false
        from (select t.id from trade t
               where t.user_id = ${userId}::uuid and t.untold and ${IS_CLOSED}
               order by t.closed_at, t.id
               limit ${limit}
                 for update of t skip locked) m
       where t.id = m.id
      returning t.*
    )
    select id as "tradeId", price_scale as "priceScale", reason, exit_price as exit, pnl, closed_at as at
      from taken order by closed_at, id`);
}

/** The same of binaries. */
export function takeUntoldBinaries(
  queries: Queries,
  userId: UserId,
  limit: number,
): Promise<readonly ResolvedResult[]> {
  return queries.any(sql.type(ResolvedRow)`
    with taken as (
      update binary_trade t set untold = false
        from (select t.id from binary_trade t
               where t.user_id = ${userId}::uuid and t.untold and ${IS_CLOSED}
               order by t.settled_at, t.id
               limit ${limit}
                 for update of t skip locked) m
       where t.id = m.id
      returning t.*
    )
    select id as "tradeId", price_scale as "priceScale", result, entry_price as entry, exit_price as exit, payout,
           settled_at as at
      from taken order by settled_at, id`);
}

/** They were not told after all. */
export async function bringBackUntold(queries: Queries, table: Told, ids: readonly TradeId[]): Promise<void> {
  if (ids.length === 0) return;
  await queries.query(sql.type(Nothing)`
    update ${sql.identifier([table])} set untold = true where id = any(${sql.array([...ids], 'uuid')})`);
}

/** Those of these that are untold, which they are not any more. */
export async function takeUntold(
  queries: Queries,
  table: Told,
  ids: readonly TradeId[],
): Promise<ReadonlySet<TradeId>> {
  if (ids.length === 0) return new Set();
  const rows = await queries.any(sql.type(z.object({ id: Trade }))`
    update ${sql.identifier([table])} set untold = false
     where id = any(${sql.array([...ids], 'uuid')}) and untold
    returning id`);
  return new Set(rows.map(({ id }) => id));
}
