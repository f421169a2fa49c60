import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { BinarySettlement, Observed } from '../games/trading/binary.ts';
import type { Quote } from '../games/trading/quote.ts';
import type { Key, TradeId, UserId } from '../ids.ts';
import type { RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';
import type { BinaryRow } from './binary-row.ts';
import type { Claim } from './claim.ts';
import type { DeskId } from './desk-row.ts';
import { IS_CLOSED, IS_OPEN } from './open-rows.ts';
import { Code, Integer, Level, Money, PlayersKey, Position, SymbolName, Trade, tickFrom, User } from './rows.ts';
import { writeEnds } from './write-ends.ts';

const Nothing = z.strictObject({});

const Row = z
  .object({
    id: Trade,
    userId: User,
    key: PlayersKey,
    request: z.string(),
    symbol: SymbolName,
    direction: z.enum(['UP', 'DOWN']),
    priceScale: z.int(),
    stake: Money,
    payoutNumerator: z.int().transform(BigInt),
    payoutDenominator: z.int().transform(BigInt),
    tie: z.enum(['LOSE', 'REFUND']),
    maxTickAgeMs: z.int(),
    acceptedAt: Integer,
    expiresAt: Integer,
    status: z.enum(['REQUESTED', 'REFUSED', 'OPEN', 'SETTLED']),
    refusal: Code.nullable(),
    seq: Position.nullable(),
    entryPrice: Level.nullable(),
    entryAt: Integer.nullable(),
    entrySeq: Integer.nullable(),
    entryFeed: z.string().nullable(),
    exitPrice: Level.nullable(),
    exitAt: Integer.nullable(),
    exitSeq: Integer.nullable(),
    exitFeed: z.string().nullable(),
    result: z.enum(['WIN', 'LOSS', 'VOID']).nullable(),
    payout: Money.nullable(),
    settledAt: z.date().nullable(),
    isSettled: z.boolean(),
  })
  .transform((row): BinaryRow => {
    const { priceScale, key, request, status, refusal, seq, settledAt, isSettled, symbol, result, payout } = row;
    const entry = { price: row.entryPrice, at: row.entryAt, seq: row.entrySeq, feedId: row.entryFeed };
    const exit = { price: row.exitPrice, at: row.exitAt, seq: row.exitSeq, feedId: row.exitFeed };
    const seen = { entry: tickFrom(symbol, entry), exit: tickFrom(symbol, exit) } satisfies Observed;
    const terms = {
      payout: { numerator: row.payoutNumerator, denominator: row.payoutDenominator },
      ...{ tie: row.tie, maxTickAgeMs: row.maxTickAgeMs },
    };
    const { acceptedAt, expiresAt, direction, stake } = row;
    return {
      terms: { tradeId: row.id, owner: row.userId, symbol, direction, stake, acceptedAt, expiresAt, terms },
      ...{ priceScale, key, request, status, refusal, seq, entry: seen.entry, settledAt, isSettled },
      settlement: result === null || payout === null ? null : { result, payout, ...seen },
    };
  });

const SELECT = sql.fragment`
  select t.id, t.user_id as "userId", t.key, t.request, t.symbol, t.direction, t.price_scale as "priceScale", t.stake,
         t.payout_numerator as "payoutNumerator", t.payout_denominator as "payoutDenominator", t.tie,
         t.max_tick_age_ms as "maxTickAgeMs", t.accepted_at as "acceptedAt", t.expires_at as "expiresAt", t.status,
         t.refusal, t.seq, t.entry_price as "entryPrice", t.entry_at as "entryAt", t.entry_seq as "entrySeq",
         t.entry_feed as "entryFeed", t.exit_price as "exitPrice", t.exit_at as "exitAt", t.exit_seq as "exitSeq",
         t.exit_feed as "exitFeed", t.result, t.payout, t.settled_at as "settledAt",
         exists (select from closing c where c.shard = 0 and c.position = t.seq) as "isSettled"
    from binary_trade t`;

export type NewBinary = Pick<BinaryRow, 'terms' | 'priceScale' | 'key' | 'request'>;

/** False where the player has used the key for a binary before. */
export async function insertBinary(queries: Queries, desk: DeskId, binary: NewBinary): Promise<boolean> {
  const { terms: of, priceScale, key, request } = binary;
  const { payout, tie, maxTickAgeMs } = of.terms;
  const { rowCount } = await queries.query(sql.type(Nothing)`
    insert into binary_trade (id, desk, user_id, key, request, symbol, direction, price_scale, stake, payout_numerator,
                              payout_denominator, tie, max_tick_age_ms, accepted_at, expires_at, status)
    values (${of.tradeId}::uuid, ${desk}, ${of.owner}::uuid, ${key}::uuid, ${request}, ${of.symbol}, ${of.direction},
            ${priceScale}, ${of.stake}, ${payout.numerator}, ${payout.denominator}, ${tie}, ${maxTickAgeMs},
            ${of.acceptedAt}, ${of.expiresAt}, 'REQUESTED')
    on conflict (user_id, key) do nothing`);
  return rowCount > 0;
}

export function findBinary(queries: Queries, id: TradeId): Promise<BinaryRow | null> {
  return queries.maybeOne(sql.type(Row)`${SELECT} where t.id = ${id}::uuid`);
}

export function findBinaryByKey(queries: Queries, userId: UserId, key: Key): Promise<BinaryRow | null> {
  return queries.maybeOne(sql.type(Row)`${SELECT} where t.user_id = ${userId}::uuid and t.key = ${key}::uuid`);
}

/** The own ones that came about, newest first, older than the one named. */
export function newestBinaries(
  queries: Queries,
  {
    userId,
    before,
    isOpen,
  }: { readonly userId: UserId; readonly before?: TradeId | undefined; readonly isOpen?: boolean | undefined },
  limit: number,
): Promise<readonly BinaryRow[]> {
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
export function requestedBinaries(
  queries: Queries,
  desk: DeskId,
  after: TradeId | null,
  limit: number,
): Promise<readonly BinaryRow[]> {
  return queries.any(sql.type(Row)`
    ${SELECT}
     where t.desk = ${desk} and t.seq is null and t.refusal is null
       and (${after}::uuid is null or t.id > ${after}::uuid)
     order by t.id limit ${limit}`);
}

/** Those of these positions, whatever has become of them. */
export function binariesAt(queries: Queries, positions: readonly PositionId[]): Promise<readonly BinaryRow[]> {
  return queries.any(sql.type(Row)`${SELECT} where t.seq = any(${sql.array([...positions], 'int8')}) order by t.seq`);
}

/** Those whose result is on record while their position is open: only the ledger has not heard of it. */
export function unsettledBinaries(queries: Queries, desk: DeskId): Promise<readonly BinaryRow[]> {
  return queries.any(sql.type(Row)`
    ${SELECT}
      join open_position o on o.shard = 0 and o.position = t.seq
     where t.desk = ${desk} and t.status = 'SETTLED'
     order by t.id`);
}

/** The wallet has taken its stake. A result that it has meanwhile stays. */
export async function recordBinaryOpened(queries: Queries, id: TradeId, seq: PositionId): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update binary_trade set status = 'OPEN', seq = ${seq}::int8 where id = ${id}::uuid and status = 'REQUESTED'`);
}

export async function recordBinaryRefused(queries: Queries, id: TradeId, refusal: RefusalCode): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update binary_trade set status = 'REFUSED', refusal = ${refusal} where id = ${id}::uuid and status = 'REQUESTED'`);
}

export interface ResultRow {
  readonly id: TradeId;
  readonly seq: PositionId;
  readonly settlement: BinarySettlement;
  readonly at: Date;
  /** Its player is not there to hear of it. */
  readonly untold: boolean;
}

/** All at once. What has a result already keeps it; false where that, or another's claim, left out some. */
export async function recordResults(queries: Queries, results: readonly ResultRow[], claim: Claim): Promise<boolean> {
  const column = (pick: (row: ResultRow) => string | null, type: string) => sql.array(results.map(pick), type);
  const tick = (which: 'entry' | 'exit', name: 'price' | 'at' | 'seq' | 'feedId', type: string) =>
    column(({ settlement }) => textOf(settlement[which]?.[name]), type);
  const rows = sql.fragment`
    (select unnest(${column(({ id }) => id, 'uuid')}) as id,
            unnest(${column(({ seq }) => `${seq}`, 'int8')}) as seq,
            unnest(${column(({ settlement }) => settlement.result, 'text')}) as result,
            unnest(${column(({ settlement }) => `${settlement.payout}`, 'int8')}) as payout,
            unnest(${tick('entry', 'price', 'int8')}) as entry_price,
            unnest(${tick('entry', 'at', 'int8')}) as entry_at,
            unnest(${tick('entry', 'seq', 'int8')}) as entry_seq,
            unnest(${tick('entry', 'feedId', 'text')}) as entry_feed,
            unnest(${tick('exit', 'price', 'int8')}) as exit_price,
            unnest(${tick('exit', 'at', 'int8')}) as exit_at,
            unnest(${tick('exit', 'seq', 'int8')}) as exit_seq,
            unnest(${tick('exit', 'feedId', 'text')}) as exit_feed,
            unnest(${column(({ at }) => `${at.getTime()}`, 'int8')}) as settled,
            unnest(${column(({ untold }) => `${untold}`, 'bool')}) as untold) e`;
  const written = sql.fragment`
    update binary_trade t
       set status = 'SETTLED', seq = e.seq, result = e.result, payout = e.payout, entry_price = e.entry_price,
           entry_at = e.entry_at, entry_seq = e.entry_seq, entry_feed = e.entry_feed, exit_price = e.exit_price,
           exit_at = e.exit_at, exit_seq = e.exit_seq, exit_feed = e.exit_feed,
           settled_at = to_timestamp(e.settled / 1000.0), untold = e.untold`;
  return writeEnds(queries, { table: 'binary_trade', written, rows, count: results.length, claim });
}

function textOf(value: Quote[keyof Quote] | undefined): string | null {
  return value === undefined ? null : `${value}`;
}
