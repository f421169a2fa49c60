import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { PositionId } from './command.ts';
import { BUCKET, type Bucket, REASON, type Reason } from './state.ts';

const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);

const reasons: ReadonlyMap<number, Reason> = new Map(
  Object.entries(REASON).map(([reason, number]) => [number, reason as Reason]),
);
const buckets: ReadonlyMap<number, Bucket> = new Map(
  Object.entries(BUCKET).map(([bucket, number]) => [number, bucket as Bucket]),
);

/** What a wallet has in each bucket. */
export interface Buckets {
  readonly real: Minor;
  readonly bonus: Minor;
  readonly held: Minor;
}

/** One movement on a wallet. */
export interface StatementLine {
  /** Of the transfer. */
  readonly seq: number;
  readonly at: Date;
  readonly reason: Reason;
  /** By how much it changed each bucket; a hold moves money between two and changes no total. */
  readonly change: Buckets;
  /** Right after it. */
  readonly balance: Buckets;
  /** The bet or hold it belongs to. */
  readonly position: PositionId | null;
  /** The round, phase or desk, and the table it was at. */
  readonly ref: string | null;
  readonly game: string | null;
}

/** Where a page goes on: its first transfer, and what the wallet had after it. */
export interface StatementCursor extends Buckets {
  readonly seq: number;
}

export interface StatementPage {
  readonly lines: readonly StatementLine[];
  readonly next: StatementCursor | null;
}

const Head = z.object({ id: Integer, shard: z.int(), real: Money, bonus: Money, held: Money, seq: Integer });

const WalkRow = z.object({
  seq: Integer,
  at: z.date(),
  reason: z.int(),
  amount: Money,
  comes: z.boolean(),
  goes: z.boolean(),
  debitBucket: z.int(),
  creditBucket: z.int(),
  position: Integer,
  prev: Integer,
  ref: z.string().nullable(),
  game: z.string().nullable(),
});

/**
 * A page of a player's statement, newest first: every movement with the balance after it, so that each line and the one
 * below it always add up. Found by the links from transfer to transfer, never by a search. A cursor of somebody else's
 * transfer finds nothing.
 */
export async function statementOf(
  database: Queries,
  owner: UserId,
  currency: Currency,
  { limit, after }: { readonly limit: number; readonly after?: StatementCursor | undefined },
): Promise<StatementPage> {
  const head = await database.maybeOne(sql.type(Head)`
    select id, shard, real, bonus, held, last_seq as seq
      from wallet
     where owner = ${owner}::uuid and currency = ${currency}`);
  const start = after ?? head;
  if (head === null || start === null) return { lines: [], next: null };
  const rows = await walk(database, head, start.seq, limit);
  const lines: StatementLine[] = [];
  let balance: Buckets = start;
  for (const row of rows) {
    const line = lineOf(row, balance);
    lines.push(line);
    balance = less(line.balance, line.change);
  }
  const last = rows.at(-1);
  return { lines, next: last === undefined || last.prev === 0 ? null : { seq: last.prev, ...balance } };
}

function walk(database: Queries, { id, shard }: z.infer<typeof Head>, from: number, limit: number) {
  return database.any(sql.type(WalkRow)`
    with recursive walk as (
      select t.*, 1 as n
        from transfer t
       where t.shard = ${shard} and t.seq = ${from} and ${id} in (t.debit, t.credit)
      union all
      select t.*, k.n + 1
        from walk k
        join transfer t on t.shard = k.shard
                       and t.seq = case when k.debit = ${id} then k.debit_prev else k.credit_prev end
       where k.n < ${limit}
    )
    select k.seq, l.at, k.reason, k.amount, k.credit = ${id} as comes, k.debit = ${id} as goes,
           k.debit_bucket as "debitBucket", k.credit_bucket as "creditBucket", k.position,
           case when k.debit = ${id} then k.debit_prev else k.credit_prev end as prev, b.ref, b.game
      from walk k
      cross join lateral (select l.at from link l where l.shard = k.shard and l.last_seq >= k.seq
                           order by l.last_seq, l.batch limit 1) l
      left join transfer o on o.shard = k.shard and o.seq = k.position and o.book is not null
      left join book b on b.id = o.book
     order by k.n`);
}

function lineOf(row: z.infer<typeof WalkRow>, balance: Buckets): StatementLine {
  const { seq, at, amount, position, ref, game } = row;
  const reason = reasons.get(row.reason);
  if (reason === undefined) throw new RangeError(`transfer ${seq} has the unknown reason ${row.reason}`);
  const change: Record<Bucket, bigint> = { real: 0n, bonus: 0n, held: 0n };
  if (row.goes) change[bucketOf(row.debitBucket)] -= amount;
  if (row.comes) change[bucketOf(row.creditBucket)] += amount;
  const { real, bonus, held } = balance;
  return {
    ...{ seq, at, reason, ref, game },
    change: change as Buckets,
    balance: { real, bonus, held },
    position: position === 0 ? null : (position as PositionId),
  };
}

function bucketOf(number: number): Bucket {
  const bucket = buckets.get(number);
  if (bucket === undefined) throw new RangeError(`unknown bucket ${number}`);
  return bucket;
}

function less(balance: Buckets, change: Buckets): Buckets {
  const { real, bonus, held } = balance;
  return {
    real: (real - change.real) as Minor,
    bonus: (bonus - change.bonus) as Minor,
    held: (held - change.held) as Minor,
  };
}
