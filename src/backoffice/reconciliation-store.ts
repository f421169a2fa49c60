import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Currency, Minor } from '../money.ts';

const Count = z.bigint().transform(Number);
const Sum = z.string().transform((sum) => BigInt(sum) as Minor);
const Code = z.string().transform((code) => code as Currency);

const WalletSum = z.object({
  currency: Code,
  /** Null: all players together. */
  name: z.string().nullable(),
  wallets: Count,
  real: Sum,
  bonus: Sum,
  held: Sum,
});
export type WalletSum = z.infer<typeof WalletSum>;

/** What there is, by currency: in each system wallet, and in all players' together. One pass over the wallets. */
export function walletSums(database: Queries): Promise<readonly WalletSum[]> {
  return database.any(sql.type(WalletSum)`
    select currency, name, count(*) as wallets, sum(real)::text as real, sum(bonus)::text as bonus,
           sum(held)::text as held
      from wallet
     group by currency, name
     order by currency, name nulls first`);
}

const OpenHolds = z.object({ currency: Code, holds: Count, amount: Sum });

/** Money that is set aside and for which there is a hold that is not ended, by currency. */
export function openHolds(database: Queries) {
  return database.any(sql.type(OpenHolds)`
    select w.currency, count(*) as holds, sum(h.amount)::text as amount
      from hold h
      join wallet w on w.id = h.wallet
     where h.status = 'open'
     group by w.currency`);
}

const UnfinishedBook = z.object({
  book: Count,
  /** The round, phase or desk that it is of. */
  ref: z.string(),
  game: z.string(),
  currency: Code,
  state: z.string(),
  pooled: z.boolean(),
  standing: z.enum(['stake', 'margin']).nullable(),
  firstSeq: Count,
  /** When it was opened. */
  since: z.date().nullable(),
  /** Null where it is not a round's. */
  roundNumber: Count.nullable(),
});
export type UnfinishedBook = z.infer<typeof UnfinishedBook>;

/** The books that are not finished, the oldest first. */
export function unfinishedBooks(database: Queries): Promise<readonly UnfinishedBook[]> {
  return database.any(sql.type(UnfinishedBook)`
    select b.id as book, b.ref, b.game, b.currency, b.state, b.pooled, b.standing, b.first_seq as "firstSeq",
           l.at as since, r.round_number as "roundNumber"
      from book b
      left join link l on l.shard = b.shard and l.batch = b.first_batch
      left join round r on r.book = b.id
     where b.state not in ('settled', 'voided')
     order by b.id`);
}

const AtStake = z.object({ book: Count, bets: Count, real: Sum, bonus: Sum, held: Sum });
export type AtStake = z.infer<typeof AtStake>;

/** The open positions of these books. */
export async function atStakeIn(database: Queries, books: readonly UnfinishedBook[]): Promise<readonly AtStake[]> {
  const inPools = books.filter(({ pooled }) => pooled);
  const others = books.filter(({ pooled, standing }) => !pooled && standing === null);
  return [
    ...(await atStakeInRounds(database, others)),
    ...(await atStakeInPools(database, inPools)),
    ...(await atStakeOnDesks(database)),
  ];
}

/** Standing books are open for years; which of their positions are open is on record, and audited. */
function atStakeOnDesks(database: Queries): Promise<readonly AtStake[]> {
  return database.any(sql.type(AtStake)`
    select t.book, count(*) as bets, '0' as bonus,
           coalesce(sum(t.amount) filter (where t.credit_bucket = 0), 0)::text as real,
           coalesce(sum(t.amount) filter (where t.credit_bucket = 2), 0)::text as held
      from open_position o
      join transfer t on t.shard = o.shard and t.seq = o.position
     group by t.book`);
}

/** A pool is open for weeks: what its players have in it is kept, and the audit holds it against its positions. */
function atStakeInPools(database: Queries, books: readonly UnfinishedBook[]): Promise<readonly AtStake[]> {
  const ids = books.map(({ book }) => book);
  return database.any(sql.type(AtStake)`
    select book, sum(lines)::int8 as bets, sum(stake)::text as real, '0' as bonus, '0' as held
      from pool_player
     where book = any(${sql.array(ids, 'int8')}) and closed_batch is null
     group by book`);
}

/**
 * From the ledger since the first of them was opened: the end of it, as long as no round has been left unfinished for
 * long.
 */
async function atStakeInRounds(database: Queries, books: readonly UnfinishedBook[]): Promise<readonly AtStake[]> {
  if (books.length === 0) return [];
  const from = Math.min(...books.map(({ firstSeq }) => firstSeq));
  const ids = books.map(({ book }) => book);
  return database.any(sql.type(AtStake)`
    select t.book, count(distinct t.position) as bets,
           coalesce(sum(t.amount) filter (where t.debit_bucket = 0), 0)::text as real,
           coalesce(sum(t.amount) filter (where t.debit_bucket = 1), 0)::text as bonus, '0' as held
      from transfer t
     where t.shard = 0 and t.seq >= ${from} and t.book = any(${sql.array(ids, 'int8')})
       -- The same bound on both: without it all closings there ever were are read.
       and not exists (select from closing c where c.shard = 0 and c.position >= ${from} and c.position = t.position)
     group by t.book`);
}

const CashierSum = z.object({
  currency: Code,
  type: z.enum(['DEPOSIT', 'WITHDRAWAL']),
  pending: Count,
  pendingAmount: Sum,
  approved: Count,
  approvedAmount: Sum,
  moved: Count,
  movedAmount: Sum,
  unpaid: Count,
  unpaidAmount: Sum,
});
export type CashierSum = z.infer<typeof CashierSum>;

/** Deposits and withdrawals by what became of them so far, but for those that came to nothing or were given back. */
export function cashierSums(database: Queries): Promise<readonly CashierSum[]> {
  return database.any(sql.type(CashierSum)`
    select currency, type,
           count(*) filter (where stage = 'pending') as pending,
           coalesce(sum(amount) filter (where stage = 'pending'), 0)::text as "pendingAmount",
           count(*) filter (where stage = 'approved') as approved,
           coalesce(sum(amount) filter (where stage = 'approved'), 0)::text as "approvedAmount",
           count(*) filter (where stage = 'moved') as moved,
           coalesce(sum(amount) filter (where stage = 'moved'), 0)::text as "movedAmount",
           count(*) filter (where unpaid) as unpaid,
           coalesce(sum(amount) filter (where unpaid), 0)::text as "unpaidAmount"
      from (select currency, type, amount,
                   case when status in ('REQUESTED', 'PENDING') then 'pending'
                        when status = 'APPROVED' and moved is null then 'approved'
                        when status = 'APPROVED' and returned is null then 'moved' end as stage,
                   type = 'WITHDRAWAL' and status = 'APPROVED' and moved is not null and provider is not null
                     and coalesce(payout_status, '') not in ('PAID', 'RETURNED') as unpaid
              from cashier_transaction) c
     group by currency, type`);
}

const CorrectionSum = z.object({ currency: Code, amount: Sum });

/** What corrections by hand have brought players, less what they have taken, by currency. */
export function correctionSums(database: Queries) {
  return database.any(sql.type(CorrectionSum)`
    select currency, sum(amount)::text as amount from adjustment where moved is not null group by currency`);
}

const BonusSum = z.object({ currency: Code, active: Count, balance: Sum, atStake: Sum });
export type BonusSum = z.infer<typeof BonusSum>;

/** What bonuses have that are not ended, and what open bets have taken from any, by currency. */
export function bonusSums(database: Queries): Promise<readonly BonusSum[]> {
  return database.any(sql.type(BonusSum)`
    select w.currency, count(*) filter (where g.status = 0) as active, sum(g.balance)::text as balance,
           sum(g.at_stake)::text as "atStake"
      from bonus_grant g
      join wallet w on w.id = g.wallet
     where g.status = 0 or g.at_stake > 0
     group by w.currency`);
}

const ChainHead = z.object({
  batch: Count,
  seq: Count,
  /** Of the link, which is null where it is missing. */
  linkSeq: Count.nullable(),
  hash: z.instanceof(Buffer).nullable(),
  at: z.date().nullable(),
});

/** Where the ledger is, and the last link of its chain. */
export function chainHead(database: Queries) {
  return database.one(sql.type(ChainHead)`
    select s.batch, s.seq, l.last_seq as "linkSeq", l.hash, l.at
      from shard s
      left join link l on l.shard = s.shard and l.batch = s.batch
     where s.shard = 0`);
}
