import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { INR } from '../money.ts';
import { POSITION_ROWS_MAX } from '../wallet/bonus.ts';
import { COMMISSION } from '../wallet/decision.ts';
import { OUTCOME, REASON } from '../wallet/state.ts';
import type { PartnerId } from './commission.ts';

const Nothing = z.strictObject({});
const Integer = z.bigint().transform(Number);

/** The ledger has one shard. */
const SHARD = 0;

const CursorRow = z.object({ counted: Integer, last: Integer });

/** How far everything is counted, and how far the ledger is; the cursor is locked until the transaction ends. */
export function lockCursor(tx: Queries): Promise<z.infer<typeof CursorRow>> {
  return tx.one(sql.type(CursorRow)`
    select c.counted, s.batch as last
      from partner_cursor c join shard s on s.shard = c.shard
     where c.shard = ${SHARD}
       for update of c`);
}

const AnyRow = z.object({ any: z.boolean() });

/** Whether anything is not counted yet that happened before then. */
export async function isUncountedBefore(tx: Queries, counted: number, at: Date): Promise<boolean> {
  const { any } = await tx.one(sql.type(AnyRow)`
    select exists (select from link
                    where shard = ${SHARD} and batch > ${counted} and at < ${sql.timestamp(at)}) as "any"`);
  return any;
}

/** Ask when the cursor is locked: whoever becomes a partner locks it too, so nobody is overlooked. */
export async function hasPartners(tx: Queries): Promise<boolean> {
  return (await tx.one(sql.type(AnyRow)`select exists (select from partners) as "any"`)).any;
}

export async function moveCursor(tx: Queries, batch: number): Promise<void> {
  await tx.query(sql.type(Nothing)`update partner_cursor set counted = ${batch} where shard = ${SHARD}`);
}

/**
 * Until the transaction ends everything is index probes and aggregates, whatever the planner guesses about tables that
 * have just grown: it has joined by comparing all with all, and compiled statements that are over before that.
 */
export async function pinPlans(tx: Queries): Promise<void> {
  await tx.query(sql.type(z.object({}))`
    select set_config(name, 'off', true)
      from unnest(array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'jit']) as name`);
}

/** Batches of the ledger, from behind one up to another. */
export interface Batches {
  readonly after: number;
  readonly upTo: number;
}

const SeqsRow = z.object({ first: Integer.nullable(), last: Integer.nullable() });

const CountedRow = z.object({
  partnerId: z.string().transform((id) => id as PartnerId),
  userId: z.string().transform((id) => id as UserId),
});

/**
 * Adds to the rollups what these batches have closed, and answers whose figures have changed. Once for each batch: the
 * cursor is moved in the same transaction. The bounds of all ranges are known when the statement is planned.
 */
export async function countBatches(tx: Queries, { after, upTo }: Batches) {
  const seqs = await tx.one(sql.type(SeqsRow)`
    select min(first_seq) as first, max(last_seq) as last
      from link where shard = ${SHARD} and batch > ${after} and batch <= ${upTo}`);
  const range = { after, upTo, first: seqs.first ?? 0, last: seqs.last ?? 0 };
  return tx.any(sql.type(CountedRow)`
    with ${positionsClosed(range)}, ${linesLost(range)}, ${bonusesConverted(range)}, ${commissionsPaid(range)},
    counted as (
      select partner_id, user_id, slot, game, sum(bets)::int8 as bets, sum(staked)::int8 as staked,
             sum(paid)::int8 as paid, sum(real_staked)::int8 as real_staked, sum(real_paid)::int8 as real_paid,
             sum(converted)::int8 as converted
        from (select * from closed union all select * from lost union all select * from conversions
              union all select * from commissions) all_of_them
       group by partner_id, user_id, slot, game
    ), of_players as (
      insert into partner_rollup as r (partner_id, user_id, slot, game, bets, staked, paid, real_staked, real_paid,
                                       converted)
      select * from counted
      on conflict (partner_id, user_id, slot, game) do update set ${ADDED}
    ), of_partners as (
      insert into partner_slot as r (partner_id, slot, game, bets, staked, paid, real_staked, real_paid, converted)
      select partner_id, slot, game, sum(bets), sum(staked), sum(paid), sum(real_staked), sum(real_paid), sum(converted)
        from counted group by partner_id, slot, game
      on conflict (partner_id, slot, game) do update set ${ADDED}
    ), active as (
      insert into partner_active as a (partner_id, game, day, user_id, slots)
      select partner_id, g.game, (slot at time zone 'UTC')::date, user_id,
             bit_or(set_bit(repeat('0', 96)::bit(96), (extract(epoch from slot)::int8 % 86400 / 900)::int4, 1))
        from counted c cross join lateral (values (c.game), ('*')) as g (game)
       where bets > 0 group by 1, 2, 3, 4
      on conflict (partner_id, game, day, user_id) do update set slots = a.slots | excluded.slots
    )
    select distinct p.id as "partnerId", p.user_id as "userId"
      from counted c join partners p on p.id = c.partner_id`);
}

const ADDED = sql.fragment`
  bets = r.bets + excluded.bets, staked = r.staked + excluded.staked, paid = r.paid + excluded.paid,
  real_staked = r.real_staked + excluded.real_staked, real_paid = r.real_paid + excluded.real_paid,
  converted = r.converted + excluded.converted`;

interface Bounds extends Batches {
  readonly first: number;
  readonly last: number;
}

/** Whose the player of this wallet is, if it is somebody's whose partner's time has begun. */
const ofPartner = (wallet: ReturnType<typeof sql.fragment>, batch: ReturnType<typeof sql.fragment>) => sql.fragment`
  join wallet w on w.id = ${wallet} and w.currency = ${INR}
  join users u on u.id = w.owner
  join partners p on p.user_id = u.referred_by and p.from_batch < ${batch}`;

const SLOT = sql.fragment`date_bin('15 minutes', l.at, timestamptz 'epoch') as slot`;

const BATCH_OF_TRANSFER = sql.fragment`
  cross join lateral (select l.at, l.batch from link l
                       where l.shard = ${SHARD} and l.last_seq >= t.seq order by l.last_seq, l.batch limit 1) l`;

/**
 * Positions that were closed one by one, with what of each reached its player as real money: two ranges are read and
 * grouped, as a join would be planned by guesses. A stake from several purses lies in rows side by side. Margins are
 * not among them: the house has no edge there, and whoever opens LONG and SHORT together and closes one on either side
 * of a month's end, or of a change of terms, would make a commission out of nothing.
 */
const positionsClosed = ({ after, upTo, first, last }: Bounds) => sql.fragment`
  ended as materialized (
    select position, max(batch) as batch, max(payout) as paid, sum(received)::int8 as received
      from (select c.position, c.batch, c.payout, 0 as received
              from closing c
             where c.batch > ${after} and c.batch <= ${upTo} and c.outcome <> ${OUTCOME.cancelled}
               and c.shard + 0 = ${SHARD} -- the primary key would be read from end to end
            union all
            select t.position, null, null, t.amount
              from transfer t
             where t.shard = ${SHARD} and t.seq between ${first} and ${last} and t.position > 0 and t.credit_bucket = 0
               and t.reason in (${REASON.payout}, ${REASON.refund})) moved
     group by position
    having max(batch) is not null -- what was cancelled was paid back too
  ), opened as materialized (
    select e.*, o.wallet, o.book, o.staked, o.real_staked
      from ended e
     cross join lateral (select min(t.debit) as wallet, min(t.book) as book, sum(t.amount) as staked,
                                coalesce(sum(t.amount) filter (where t.debit_bucket = 0), 0) as real_staked
                           from transfer t
                          where t.shard = ${SHARD} and t.position = e.position and t.book is not null
                            and t.seq between e.position and e.position + ${POSITION_ROWS_MAX - 1}
                         offset 0) o
  ), closed as (
    select p.id as partner_id, u.id as user_id, ${SLOT}, b.game, 1 as bets, o.staked, o.paid, o.real_staked,
           o.received as real_paid, 0 as converted
      from opened o
      ${ofPartner(sql.fragment`o.wallet`, sql.fragment`o.batch`)}
      join book b on b.id = o.book and b.standing is distinct from 'margin'
      join link l on l.shard = ${SHARD} and l.batch = o.batch
  )`;

/**
 * What players still had open in a pool when it was closed: no closing is written for these. The lines of a pool are
 * read once for all of them.
 */
const linesLost = ({ after, upTo }: Batches) => sql.fragment`
  ending as materialized (
    select p.id as partner_id, u.id as user_id, y.book, y.wallet, y.closed_batch
      from pool_player y
      ${ofPartner(sql.fragment`y.wallet`, sql.fragment`y.closed_batch`)}
     where y.closed_batch > ${after} and y.closed_batch <= ${upTo}
  ), lines as materialized (
    select e.book, o.*
      from (select book, array_agg(wallet) as wallets from ending group by book) e
     cross join lateral (select t.debit as wallet, count(*) as bets, sum(t.amount) as staked
                           from transfer t
                          where t.book = e.book and t."window" < 0 and t.debit = any(e.wallets)
                            and not exists (select from closing c where c.shard = t.shard and c.position = t.position)
                          group by t.debit
                         offset 0) o
  ), lost as (
    select e.partner_id, e.user_id, ${SLOT}, b.game, o.bets, o.staked, 0 as paid, o.staked as real_staked,
           0 as real_paid, 0 as converted
      from lines o
      join ending e on e.book = o.book and e.wallet = o.wallet
      join book b on b.id = o.book
      join link l on l.shard = ${SHARD} and l.batch = e.closed_batch
  )`;

/**
 * Bonus money that became real: what it was given for is no game's. So did what was staked of a bonus that has been
 * completed meanwhile, where its bet came to nothing: no closed bet has it among what it paid.
 */
const bonusesConverted = ({ first, last }: Bounds) => sql.fragment`
  conversions as (
    select p.id as partner_id, u.id as user_id, ${SLOT}, 'bonuses' as game, 0 as bets, 0 as staked, 0 as paid,
           0 as real_staked, 0 as real_paid, t.amount as converted
      from transfer t
     ${BATCH_OF_TRANSFER}
      left join lateral (select c.outcome from closing c
                          where c.shard = ${SHARD} and c.position = t.position and t.reason = ${REASON.refund}
                         offset 0) c on true
      ${ofPartner(sql.fragment`t.credit`, sql.fragment`l.batch`)}
     where t.shard = ${SHARD} and t.seq between ${first} and ${last} and t.debit_bucket = 1 and t.credit_bucket = 0
       and (t.reason = ${REASON.convert} or c.outcome = ${OUTCOME.cancelled})
  )`;

/** What a phase of the lottery pays its collectors is what it costs the house, as its payouts are. */
const commissionsPaid = ({ first, last }: Bounds) => sql.fragment`
  commissions as (
    select p.id as partner_id, u.id as user_id, ${SLOT}, 'lottery' as game, 0 as bets, 0 as staked, t.amount as paid,
           0 as real_staked, t.amount as real_paid, 0 as converted
      from transfer t
     ${BATCH_OF_TRANSFER}
      join wallet c on c.id = t.debit and c.name = ${COMMISSION}
      ${ofPartner(sql.fragment`t.credit`, sql.fragment`l.batch`)}
     where t.shard = ${SHARD} and t.seq between ${first} and ${last} and t.reason = ${REASON.credit}
       and not exists (select from partner_statement s where s.moved = t.seq) -- partners were paid from there before
  )`;
