import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { UserId } from '../ids.ts';
import { type GrantId, type GrantShare, NO_SHARES } from './bonus.ts';
import type { BookId, PositionId } from './command.ts';
import { BUCKET } from './state.ts';

const Integer = z.bigint().transform(Number);
const Money = z.bigint();

const PositionRow = z.object({
  id: Integer.transform((id) => id as PositionId),
  book: Integer.transform((id) => id as BookId),
  wallet: Integer,
  owner: z.string().transform((id) => id as UserId),
  selection: z.number().int(),
  window: z.number().int(),
  liability: Money,
  real: Money,
  bonus: Money,
  /** As `grant:amount`, separated by commas. */
  shares: z.string().transform(sharesFrom),
  hour: Integer,
});

function sharesFrom(text: string): readonly GrantShare[] {
  if (text === '') return NO_SHARES;
  return text.split(',').map((share) => {
    const [grant = '', amount = ''] = share.split(':');
    return { grant: Number(grant) as GrantId, amount: BigInt(amount) };
  });
}

/**
 * Open positions of unfinished books. `firstSeq` is the earliest they can have: a range of the primary key. When they
 * were counted is not on record, but when they became durable is.
 */
export function loadOpenPositions(pool: DatabasePool, shard: number, firstSeq: number) {
  return pool.any(sql.type(PositionRow)`
    select t.position as id, t.book, t.debit as wallet, w.owner, t.selection, t."window",
           sum(t.liability)::int8 as liability,
           coalesce(sum(t.amount) filter (where t.debit_bucket = ${BUCKET.real}), 0)::int8 as real,
           coalesce(sum(t.amount) filter (where t.debit_bucket = ${BUCKET.bonus}), 0)::int8 as bonus,
           coalesce(string_agg(t.bonus_grant || ':' || t.amount, ',' order by t.seq)
                      filter (where t.bonus_grant is not null), '') as shares,
           (select floor(extract(epoch from l.at) / 3600)::int8 from link l
             where l.shard = ${shard} and l.last_seq >= t.position order by l.last_seq, l.batch limit 1) as hour
      from transfer t
      join book b on b.id = t.book and b.state not in ('settled', 'voided') and not b.pooled and b.standing is null
      join wallet w on w.id = t.debit
     where t.shard = ${shard} and t.seq >= ${firstSeq}
       and not exists (select 1 from closing c where c.shard = t.shard and c.position = t.position)
     group by t.position, t.book, t.debit, w.owner, t.selection, t."window"
     order by t.position`);
}

/** Of standing books: they lie anywhere, so they are on record. Their stakes are real money, in one row each. */
export function loadStandingPositions(pool: DatabasePool, shard: number) {
  return pool.any(sql.type(PositionRow)`
    select t.position as id, t.book, t.debit as wallet, w.owner, t.selection, t."window", t.liability, t.amount as real,
           0::int8 as bonus, ''::text as shares, o.hour
      from (select position, hour from open_position where shard = ${shard}) o,
           lateral (select * from transfer t where t.shard = ${shard} and t.seq = o.position offset 0) t,
           lateral (select * from wallet w where w.id = t.debit offset 0) w`);
}

const CountedRow = z.object({ book: Integer.transform((id) => id as BookId), wallet: Integer });

/** Whose bets on books under settlement have counted towards their play-through: of whom some are settled. */
export function loadCounted(pool: DatabasePool, shard: number) {
  return pool.any(sql.type(CountedRow)`
    select distinct b.id as book, t.debit as wallet
      from book b
      join transfer t on t.shard = b.shard and t.seq >= b.first_seq and t.book = b.id
      join closing c on c.shard = t.shard and c.position = t.position and c.outcome <> 4
     where b.shard = ${shard} and b.state = 'settling' and not b.pooled`);
}

/** Of these positions of a pool those that are open. */
export function loadPoolPositions(pool: DatabasePool, shard: number, book: BookId, ids: readonly PositionId[]) {
  return pool.any(sql.type(PositionRow)`
    select t.position as id, t.book, t.debit as wallet, w.owner, t.selection, t."window", t.liability, t.amount as real,
           0::int8 as bonus, ''::text as shares,
           (select floor(extract(epoch from l.at) / 3600)::int8 from link l
             where l.shard = ${shard} and l.last_seq >= t.position order by l.last_seq, l.batch limit 1) as hour
      from (select unnest(${sql.array([...ids], 'int8')}) id) u,
           lateral (select * from transfer t where t.shard = ${shard} and t.seq = u.id offset 0) t
      join wallet w on w.id = t.debit
     where t.book = ${book} and t.position = t.seq
       and not exists (select from closing c where c.shard = t.shard and c.position = t.position)
       and not exists (select from pool_player p
                        where p.book = t.book and p.wallet = t.debit and p.closed_batch is not null)`);
}

const TotalRow = z.object({
  book: Integer.transform((id) => id as BookId),
  selection: z.int(),
  stake: Money,
  liability: Money,
  lines: Integer,
});

/** What is staked on each selection of the pools that are not finished. */
export function loadPoolTotals(pool: DatabasePool, shard: number) {
  return pool.any(sql.type(TotalRow)`
    select t.book, t.selection, t.stake, t.liability, t.lines
      from pool_total t
      join book b on b.id = t.book and b.shard = ${shard} and b.state not in ('settled', 'voided')`);
}

const PlayerRow = z.object({
  book: Integer.transform((id) => id as BookId),
  wallet: Integer,
  stake: Money,
  lines: Integer,
  played: Money,
});

/** What each player still has in them. */
export function loadPoolPlayers(pool: DatabasePool, shard: number) {
  return pool.any(sql.type(PlayerRow)`
    select p.book, p.wallet, p.stake, p.lines, p.played
      from pool_player p
      join book b on b.id = p.book and b.shard = ${shard} and b.state not in ('settled', 'voided')
     where p.closed_batch is null`);
}
