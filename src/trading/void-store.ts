import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { firstUuid7, type SymbolId, type UserId } from '../ids.ts';
import type { DeskId } from './desk-row.ts';
import { IS_OPEN } from './open-rows.ts';
import { Money } from './rows.ts';

const Nothing = z.strictObject({});

const Row = z.object({
  id: z.string(),
  symbol: z.string().transform((id) => id as SymbolId),
  askedBy: z.string().transform((id) => id as UserId),
  askedAt: z.date(),
  confirmedAt: z.date().nullable(),
  sparedFeed: z.string().nullable(),
});
/** Somebody wants all open trades of a symbol undone, but for those at the prices of a feed that has some. */
export type SymbolVoid = z.infer<typeof Row>;
const ConfirmedRow = Row.extend({ confirmedAt: z.date() });
/** Two people do. */
export type ConfirmedVoid = z.infer<typeof ConfirmedRow>;

const COLUMNS = sql.fragment`
  id, symbol, asked_by as "askedBy", asked_at as "askedAt", confirmed_at as "confirmedAt", spared_feed as "sparedFeed"`;

/** The one that is not done, locked until the transaction ends. */
export function lockVoid(tx: Queries, desk: DeskId, symbol: SymbolId): Promise<SymbolVoid | null> {
  return tx.maybeOne(sql.type(Row)`
    select ${COLUMNS} from desk_void where desk = ${desk} and symbol = ${symbol} and done_at is null
       for no key update`);
}

/** Those that are confirmed and not done, oldest first. */
export function unfinishedVoids(queries: Queries, desk: DeskId): Promise<readonly ConfirmedVoid[]> {
  return queries.any(sql.type(ConfirmedRow)`
    select ${COLUMNS} from desk_void
     where desk = ${desk} and confirmed_at is not null and done_at is null
     order by id`);
}

interface NewVoid {
  readonly id: string;
  readonly desk: DeskId;
  readonly symbol: SymbolId;
  readonly reason: string;
  readonly by: UserId;
  readonly at: Date;
  readonly sparedFeed: string | null;
}

/** Throws where there is one that is not done. */
export async function insertVoid(tx: Queries, asked: NewVoid): Promise<void> {
  const { id, desk, symbol, reason, by, at, sparedFeed } = asked;
  await tx.query(sql.type(Nothing)`
    insert into desk_void (id, desk, symbol, reason, asked_by, asked_at, spared_feed)
    values (${id}::uuid, ${desk}, ${symbol}, ${reason}, ${by}::uuid, ${sql.timestamp(at)}, ${sparedFeed})`);
}

/** Somebody asks anew for one that was asked for long ago. */
export async function renewVoid(tx: Queries, id: string, asked: Omit<NewVoid, 'id' | 'desk' | 'symbol'>) {
  const { reason, by, at, sparedFeed } = asked;
  await tx.query(sql.type(Nothing)`
    update desk_void
       set asked_by = ${by}::uuid, asked_at = ${sql.timestamp(at)}, reason = ${reason}, spared_feed = ${sparedFeed}
     where id = ${id}::uuid and confirmed_at is null`);
}

export async function confirmVoid(tx: Queries, id: string, by: UserId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update desk_void set confirmed_by = ${by}::uuid, confirmed_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and confirmed_at is null`);
}

/** How many trades of a symbol are open, and what is held for them, but at a spared feed: what a void gives back. */
export function openMargins(queries: Queries, desk: DeskId, symbol: SymbolId, sparedFeed: string | null) {
  const Open = z.object({ trades: z.bigint().transform(Number), margins: Money });
  return queries.one(sql.type(Open)`
    select count(*) as trades, coalesce(sum(margin), 0)::int8 as margins
      from trade t
     where t.desk = ${desk} and t.symbol = ${symbol} and t.entry_feed is distinct from ${sparedFeed} and ${IS_OPEN}`);
}

/** Whether a trade is open at prices of another feed than this one. */
export function isOpenAtOthers(queries: Queries, desk: DeskId, symbol: SymbolId, feed: string): Promise<boolean> {
  return queries.exists(sql.type(Nothing)`
    select from trade t where t.desk = ${desk} and t.symbol = ${symbol} and t.entry_feed <> ${feed} and ${IS_OPEN}`);
}

/** False where a margin that is to be given back is held still, or may be: then it is not done. */
export async function recordVoided(
  queries: Queries,
  desk: DeskId,
  { id, symbol, confirmedAt, sparedFeed }: ConfirmedVoid,
  at: Date,
): Promise<boolean> {
  const of = sql.fragment`
    t.desk = ${desk} and t.symbol = ${symbol} and t.entry_feed is distinct from ${sparedFeed}
    and t.id < ${firstUuid7(confirmedAt.getTime())}::uuid`;
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update desk_void set done_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and done_at is null
       and not exists (select from trade t where ${of} and t.seq is null and t.refusal is null)
       and not exists (select from trade t where ${of} and ${IS_OPEN})`);
  return rowCount > 0;
}
