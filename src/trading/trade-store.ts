import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Quantity } from '../games/trading/instrument.ts';
import type { Key, TradeId, UserId } from '../ids.ts';
import type { Price } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';
import type { Claim } from './claim.ts';
import type { DeskId } from './desk-row.ts';
import { IS_CLOSED, IS_OPEN } from './open-rows.ts';
import { Code, Integer, Level, Money, PlayersKey, Position, SymbolName, Trade, tickFrom, User } from './rows.ts';
import type { TradeEnd, TradeRow, TradeStatus } from './trade-row.ts';
import { writeEnds } from './write-ends.ts';

const Nothing = z.strictObject({});

const Row = z
  .object({
    id: Trade,
    userId: User,
    key: PlayersKey,
    request: z.string(),
    symbol: SymbolName,
    side: z.enum(['LONG', 'SHORT']),
    priceScale: z.int(),
    amountScale: z.int(),
    amount: z.bigint().transform((amount) => amount as Quantity),
    leverage: z.int(),
    margin: Money,
    liquidation: Level,
    stopLoss: Level.nullable(),
    takeProfit: Level.nullable(),
    entryPrice: Level,
    entryAt: Integer,
    entrySeq: Integer,
    entryFeed: z.string(),
    status: z.enum(['REQUESTED', 'REFUSED', 'OPEN', 'CLOSED', 'LIQUIDATED', 'VOID']),
    refusal: Code.nullable(),
    seq: Position.nullable(),
    reason: z.enum(['OWNER', 'LIQUIDATION', 'STOP_LOSS', 'TAKE_PROFIT', 'HOUSE']).nullable(),
    exitPrice: Level.nullable(),
    exitAt: Integer.nullable(),
    exitSeq: Integer.nullable(),
    exitFeed: z.string().nullable(),
    pnl: Money.nullable(),
    payout: Money.nullable(),
    closeKey: PlayersKey.nullable(),
    openedAt: z.date(),
    closedAt: z.date().nullable(),
    isSettled: z.boolean(),
  })
  .transform((row): TradeRow => {
    const { key, request, status, refusal, seq, openedAt, isSettled, symbol } = row;
    const entry = { symbol, price: row.entryPrice, at: row.entryAt, seq: row.entrySeq, feedId: row.entryFeed };
    const exit = { price: row.exitPrice, at: row.exitAt, seq: row.exitSeq, feedId: row.exitFeed };
    const { reason, pnl, payout, closedAt: at } = row;
    const isOver = reason !== null && pnl !== null && payout !== null && at !== null;
    return {
      terms: {
        ...{ status: 'OPEN', tradeId: row.id, owner: row.userId, side: row.side, amount: row.amount },
        ...{ entryPrice: row.entryPrice, margin: row.margin, liquidation: row.liquidation, leverage: row.leverage },
        ...{ stopLoss: row.stopLoss ?? undefined, takeProfit: row.takeProfit ?? undefined, entry },
        instrument: { symbol, priceScale: row.priceScale, amountScale: row.amountScale },
      },
      ...{ key, request, status, refusal, seq, openedAt, isSettled },
      end: isOver ? { reason, exit: tickFrom(symbol, exit), pnl, payout, at, key: row.closeKey } : null,
    };
  });

const SELECT = sql.fragment`
  select t.id, t.user_id as "userId", t.key, t.request, t.symbol, t.side, t.price_scale as "priceScale",
         t.amount_scale as "amountScale", t.amount, t.leverage, t.margin, t.liquidation, t.stop_loss as "stopLoss",
         t.take_profit as "takeProfit", t.entry_price as "entryPrice", t.entry_at as "entryAt",
         t.entry_seq as "entrySeq", t.entry_feed as "entryFeed", t.status, t.refusal, t.seq, t.reason,
         t.exit_price as "exitPrice", t.exit_at as "exitAt", t.exit_seq as "exitSeq", t.exit_feed as "exitFeed",
         t.pnl, t.payout, t.close_key as "closeKey", t.opened_at as "openedAt", t.closed_at as "closedAt",
         exists (select from closing c where c.shard = 0 and c.position = t.seq) as "isSettled"
    from trade t`;

export type NewTrade = Pick<TradeRow, 'terms' | 'key' | 'request' | 'openedAt'>;

/** False where the player has used the key for a trade before. */
export async function insertTrade(queries: Queries, desk: DeskId, trade: NewTrade): Promise<boolean> {
  const { terms, key, request, openedAt } = trade;
  const { instrument, entry, stopLoss = null, takeProfit = null } = terms;
  const { rowCount } = await queries.query(sql.type(Nothing)`
    insert into trade (id, desk, user_id, key, request, symbol, side, price_scale, amount_scale, amount, leverage,
                       margin, liquidation, stop_loss, take_profit, entry_price, entry_at, entry_seq, entry_feed,
                       status, opened_at)
    values (${terms.tradeId}::uuid, ${desk}, ${terms.owner}::uuid, ${key}::uuid, ${request}, ${instrument.symbol},
            ${terms.side}, ${instrument.priceScale}, ${instrument.amountScale}, ${terms.amount}, ${terms.leverage},
            ${terms.margin}, ${terms.liquidation}, ${stopLoss}, ${takeProfit}, ${entry.price}, ${entry.at},
            ${entry.seq}, ${entry.feedId}, 'REQUESTED', ${sql.timestamp(openedAt)})
    on conflict (user_id, key) do nothing`);
  return rowCount > 0;
}

export function findTrade(queries: Queries, id: TradeId): Promise<TradeRow | null> {
  return queries.maybeOne(sql.type(Row)`${SELECT} where t.id = ${id}::uuid`);
}

export function findTradeByKey(queries: Queries, userId: UserId, key: Key): Promise<TradeRow | null> {
  return queries.maybeOne(sql.type(Row)`${SELECT} where t.user_id = ${userId}::uuid and t.key = ${key}::uuid`);
}

/** The own ones that came about, newest first, older than the one named. */
export function newestTrades(
  queries: Queries,
  {
    userId,
    before,
    isOpen,
  }: { readonly userId: UserId; readonly before?: TradeId | undefined; readonly isOpen?: boolean | undefined },
  limit: number,
): Promise<readonly TradeRow[]> {
  const conditions = [
    sql.fragment`t.user_id = ${userId}::uuid`,
    sql.fragment`t.status not in ('REQUESTED', 'REFUSED')`,
    ...(before === undefined ? [] : [sql.fragment`t.id < ${before}::uuid`]),
    ...(isOpen === undefined ? [] : [isOpen ? IS_OPEN : IS_CLOSED]),
  ];
  return queries.any(sql.type(Row)`
    ${SELECT} where ${sql.join(conditions, sql.fragment` and `)} order by t.id desc limit ${limit}`);
}

/** Those that wait for the wallet, oldest first, after the one named. */
export function requestedTrades(
  queries: Queries,
  desk: DeskId,
  after: TradeId | null,
  limit: number,
): Promise<readonly TradeRow[]> {
  return queries.any(sql.type(Row)`
    ${SELECT}
     where t.desk = ${desk} and t.seq is null and t.refusal is null
       and (${after}::uuid is null or t.id > ${after}::uuid)
     order by t.id limit ${limit}`);
}

/** Those of these positions, whatever has become of them. */
export function tradesAt(queries: Queries, positions: readonly PositionId[]): Promise<readonly TradeRow[]> {
  return queries.any(sql.type(Row)`${SELECT} where t.seq = any(${sql.array([...positions], 'int8')}) order by t.seq`);
}

/** Those that have ended while their position is open: only the ledger has not heard of it. */
export function unsettledTrades(queries: Queries, desk: DeskId): Promise<readonly TradeRow[]> {
  return queries.any(sql.type(Row)`
    ${SELECT}
      join open_position o on o.shard = 0 and o.position = t.seq
     where t.desk = ${desk} and t.status in ('CLOSED', 'LIQUIDATED', 'VOID')
     order by t.id`);
}

/** The wallet holds its margin. What has ended it meanwhile stays. */
export async function recordTradeOpened(queries: Queries, id: TradeId, seq: PositionId): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update trade set status = 'OPEN', seq = ${seq}::int8 where id = ${id}::uuid and status = 'REQUESTED'`);
}

export async function recordTradeRefused(queries: Queries, id: TradeId, refusal: RefusalCode): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update trade set status = 'REFUSED', refusal = ${refusal} where id = ${id}::uuid and status = 'REQUESTED'`);
}

export interface EndedRow {
  readonly id: TradeId;
  readonly seq: PositionId;
  readonly status: Extract<TradeStatus, 'CLOSED' | 'LIQUIDATED' | 'VOID'>;
  readonly end: TradeEnd;
  /** Its owner is not there to hear of it. */
  readonly untold: boolean;
}

/** All at once. What has an end already keeps it; false where that, or another's claim, left out some. */
export async function recordTradeEnds(queries: Queries, ends: readonly EndedRow[], claim: Claim): Promise<boolean> {
  const column = (pick: (row: EndedRow) => string | null, type: string) => sql.array(ends.map(pick), type);
  const exit = (pick: (tick: NonNullable<TradeEnd['exit']>) => Price | number | string) => (row: EndedRow) =>
    row.end.exit ? `${pick(row.end.exit)}` : null;
  const rows = sql.fragment`
    (select unnest(${column(({ id }) => id, 'uuid')}) as id,
            unnest(${column(({ seq }) => `${seq}`, 'int8')}) as seq,
            unnest(${column(({ status }) => status, 'text')}) as status,
            unnest(${column(({ end }) => end.reason, 'text')}) as reason,
            unnest(${column(
              exit(({ price }) => price),
              'int8',
            )}) as price,
            unnest(${column(
              exit(({ at }) => at),
              'int8',
            )}) as at,
            unnest(${column(
              exit(({ seq }) => seq),
              'int8',
            )}) as tick,
            unnest(${column(
              exit(({ feedId }) => feedId),
              'text',
            )}) as feed,
            unnest(${column(({ end }) => `${end.pnl}`, 'int8')}) as pnl,
            unnest(${column(({ end }) => `${end.payout}`, 'int8')}) as payout,
            unnest(${column(({ end }) => end.key, 'uuid')}) as key,
            unnest(${column(({ end }) => `${end.at.getTime()}`, 'int8')}) as closed,
            unnest(${column(({ untold }) => `${untold}`, 'bool')}) as untold) e`;
  const written = sql.fragment`
    update trade t
       set status = e.status, seq = e.seq, reason = e.reason, exit_price = e.price, exit_at = e.at, exit_seq = e.tick,
           exit_feed = e.feed, pnl = e.pnl, payout = e.payout, close_key = e.key,
           closed_at = to_timestamp(e.closed / 1000.0), untold = e.untold`;
  return writeEnds(queries, { table: 'trade', written, rows, count: ends.length, claim });
}
