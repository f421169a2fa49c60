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

interface Taking {
  readonly table: Told;
  /** When it ended. */
  readonly at: 'closed_at' | 'settled_at';
}

/** Marks a player's paid and untold ends, oldest first, as told, in the statement that reads them as `taken`. */
const taking = ({ table, at }: Taking, userId: UserId, limit: number) => sql.fragment`
    with taken as (
      update ${sql.identifier([table])} t set untold = false
        from (select t.id from ${sql.identifier([table])} t
               where t.user_id = ${userId}::uuid and t.untold and ${IS_CLOSED}
               order by t.${sql.identifier([at])}, t.id
               limit ${limit}
                 for update of t skip locked) m
       where t.id = m.id
      returning t.*
    )`;

/**
 * Ends of trades that are paid and that their owner has not heard of, oldest first. They count as told by the same
 * statement, so of several who ask at once each is given to one. Who cannot tell one brings it back.
 */
export function takeUntoldTrades(queries: Queries, userId: UserId, limit: number): Promise<readonly ClosedResult[]> {
  return queries.any(sql.type(ClosedRow)`
    ${taking({ table: 'trade', at: 'closed_at' }, userId, limit)}
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
    ${taking({ table: 'binary_trade', at: 'settled_at' }, userId, limit)}
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
