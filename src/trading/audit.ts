import { sql } from 'slonik';
import type { Database } from '../../db/pool.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';
import { IS_OPEN } from './open-rows.ts';

/** A binary that is open for so much longer than it should be is more than held up. */
const OVERDUE_MS = 300_000;

/** Whether the desk's rows, the ledger and the tick log say the same. Beside a live server too, where money may lag. */
export function auditTrading(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, (snapshot) => runChecks(snapshot, CHECKS));
}

/** A trade's or binary's position is its player's, on its desk's book, of its margin or stake. */
const positions: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select t.id, t.user_id, t.seq, t.margin as stake, d.trades as book, 2 as bucket
        from trade t join desk d on d.id = t.desk where t.seq is not null
      union all
      select t.id, t.user_id, t.seq, t.stake, d.binaries, 0
        from binary_trade t join desk d on d.id = t.desk where t.seq is not null
    )
    select format('trade %s of %s has %s at stake at %s of book %s; there the ledger has %s of %s on book %s', s.id,
                  s.user_id, s.stake, s.seq, s.book, t.amount, w.owner, t.book) as what
      from said s
      left join transfer t on t.shard = 0 and t.seq = s.seq
      left join wallet w on w.id = t.debit
     where (t.amount, t.book, t.position, w.owner, t.credit_bucket::int) is distinct from
           (s.stake, s.book, s.seq, s.user_id, s.bucket)
     limit ${FINDINGS_MAX}`);

/** Nothing is at stake on a desk without a row; one that waits for its answer may not know its position. */
const strays: Check = (database) =>
  database.any(sql.type(Row)`
    select format('position %s of book %s belongs to no trade', t.seq, t.book) as what
      from transfer t
      join desk d on t.book in (d.trades, d.binaries)
      join wallet w on w.id = t.debit
     where not exists (select from trade r where r.seq = t.seq)
       and not exists (select from binary_trade r where r.seq = t.seq)
       and not exists (select from trade r where r.user_id = w.owner and r.status = 'REQUESTED')
       and not exists (select from binary_trade r where r.user_id = w.owner and r.status = 'REQUESTED')
     limit ${FINDINGS_MAX}`);

/**
 * What the ledger has paid is what the row says, and it has paid nothing while the row is open (S4-20, S4-39). What is
 * void is cancelled, unless it is a tie, which is refunded; voids of old are refunded, too.
 */
const payouts: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select id, seq, status, payout,
             case when status = 'VOID' then array[3, 4] when payout > 0 then array[1] else array[2] end as outcomes
        from trade
      union all
      select id, seq, coalesce(result, status), payout,
             case when result = 'WIN' then array[1] when result = 'LOSS' then array[2]
                  when expires_at - exit_at <= max_tick_age_ms then array[3] else array[3, 4] end
        from binary_trade
    )
    select format('trade %s is %s with %s, its position was closed with %s', s.id, s.status, s.payout, c.payout) as what
      from said s
      join closing c on c.shard = 0 and c.position = s.seq
     where c.payout is distinct from s.payout or c.outcome::int <> all(s.outcomes)
     limit ${FINDINGS_MAX}`);

/** A gain or loss follows from both prices (S4-19), never more than the margin nor than was reserved (S4-24). */
const gains: Check = (database) =>
  database.any(sql.type(Row)`
    with worth as (
      select t.*, div(case side when 'LONG' then exit_price - entry_price else entry_price - exit_price end
                        * amount::numeric * 100, power(10::numeric, price_scale + amount_scale)) as moved,
             div(entry_price * amount::numeric * 100, power(10::numeric, price_scale + amount_scale)) as notional
        from trade t where exit_price is not null
    )
    select format('trade %s %s %s from %s to %s came to %s, which is %s', id, side, amount, entry_price, exit_price,
                  pnl, greatest(-margin, least(moved, notional))) as what
      from worth
     where pnl <> greatest(-margin, least(moved, notional))
     limit ${FINDINGS_MAX}`);

/** Both ticks of a trade are in the log (S4-53), and of one feed: prices of two are no gain. */
const ticks: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select id, symbol, entry_at as at, entry_seq as seq, entry_price as price, entry_feed as feed
        from trade where seq is not null
      union all
      select id, symbol, exit_at, exit_seq, exit_price, exit_feed from trade where exit_at is not null
      union all
      select id, symbol, entry_at, entry_seq, entry_price, entry_feed from binary_trade where entry_at is not null
      union all
      select id, symbol, exit_at, exit_seq, exit_price, exit_feed from binary_trade where exit_at is not null
    )
    select format('trade %s names %s at %s as tick %s of %s, which the log does not have', s.id, s.price, s.at, s.seq,
                  s.symbol) as what
      from said s
      left join tick k on k.symbol = s.symbol and k.at = s.at and k.seq = s.seq
     where (k.price, k.feed) is distinct from (s.price, s.feed)
    union all
    select format('trade %s was opened at a price of %s and ended at one of %s', id, entry_feed, exit_feed)
      from (select id, entry_feed, exit_feed from trade where exit_feed <> entry_feed
            union all
            select id, entry_feed, exit_feed from binary_trade where exit_feed <> entry_feed) m
     limit ${FINDINGS_MAX}`);

/** The prices between which a trade stays open, as `bounds` has them. */
const BOUNDS = sql.fragment`
  case side when 'LONG' then coalesce(stop_loss, liquidation) else coalesce(take_profit, 0) end as lower,
  case side when 'LONG' then least(coalesce(take_profit, 2 * entry_price), 2 * entry_price)
            else coalesce(stop_loss, liquidation) end as upper`;

/** No tick before the exit had ended a trade: of those of the last week, for it reads all the ticks in between. */
const triggers: Check = (database) =>
  database.any(sql.type(Row)`
    with bounds as (
      select t.*, ${BOUNDS} from trade t where closed_at > now() - interval '7 days' and exit_at is not null
    )
    select format('trade %s ended at %s, though tick %s at %s had reached %s or %s', b.id, b.exit_at, k.seq, k.at,
                  b.lower, b.upper) as what
      from bounds b
     cross join lateral (
       select k.at, k.seq from tick k
        where k.symbol = b.symbol and k.feed = b.entry_feed and k.at between b.entry_at and b.exit_at
          and (k.at, k.seq) > (b.entry_at, b.entry_seq) and (k.at, k.seq) < (b.exit_at, b.exit_seq)
          and (k.price <= b.lower or k.price >= b.upper)
        order by k.at, k.seq limit 1) k
     limit ${FINDINGS_MAX}`);

/**
 * Nothing is open that a tick had ended by `marked_at`: of the day before it, which is read once and compared by the
 * minute, and of the minute each was opened in.
 */
const overdueTrades: Check = (database) =>
  database.any(sql.type(Row)`
    with bounds as materialized (
      select t.*, d.marked_at, ${BOUNDS}
        from trade t join desk d on d.id = t.desk
       where t.status = 'OPEN' and ${IS_OPEN}
    ), minutes as materialized (
      select h.desk, h.symbol, k.feed, k.at / 60000 * 60000 as at, min(k.price) as low, max(k.price) as high
        from (select distinct desk, symbol, marked_at from bounds) h
       cross join lateral (
         select * from tick t where t.symbol = h.symbol and t.at between h.marked_at - 86400000 and h.marked_at) k
       group by 1, 2, 3, 4
    )
    select format('trade %s is open, though prices at %s had reached %s or %s, and all until %s were held against it',
                  b.id, k.at, b.lower, b.upper, b.marked_at) as what
      from bounds b
     cross join lateral (
       select m.at from minutes m
        where m.desk = b.desk and m.symbol = b.symbol and m.feed = b.entry_feed and m.at > b.entry_at
          and (m.low <= b.lower or m.high >= b.upper)
       union all
       select k.at from tick k
        where k.symbol = b.symbol and k.feed = b.entry_feed
          and k.at between b.entry_at and least(b.marked_at, b.entry_at / 60000 * 60000 + 59999)
          and (k.at, k.seq) > (b.entry_at, b.entry_seq) and (k.price <= b.lower or k.price >= b.upper)
        limit 1) k
     limit ${FINDINGS_MAX}`);

/** No binary is open long after its expiry: by what its desk has got to, as nothing ends while the server is away. */
const overdueBinaries: Check = (database) =>
  database.any(sql.type(Row)`
    select format('binary %s is open, though it expired at %s and its desk has got to %s', t.id, t.expires_at,
                  d.marked_at) as what
      from binary_trade t join desk d on d.id = t.desk
     where t.status = 'OPEN' and t.expires_at < d.marked_at - ${OVERDUE_MS}::int8 and ${IS_OPEN}
     limit ${FINDINGS_MAX}`);

/** Every result follows from the log: the first tick after the acceptance, its feed's last until the expiry (S4-42). */
const results: Check = (database) =>
  database.any(sql.type(Row)`
    with seen as (
      select b.*, e.at as first_at, e.seq as first_seq, e.price as first_price, x.at as last_at, x.price as last_price
        from binary_trade b
        left join lateral (
          select k.at, k.seq, k.price, k.feed from tick k
           where k.symbol = b.symbol and k.at > b.accepted_at
             and k.at <= least(b.accepted_at + b.max_tick_age_ms, b.expires_at)
           order by k.at, k.seq limit 1) e on true
        left join lateral (
          select k.at, k.price from tick k
           where k.symbol = b.symbol and k.at <= b.expires_at and k.at >= b.expires_at - b.max_tick_age_ms
             and (k.at, k.seq) > (e.at, e.seq) and k.feed = e.feed
           order by k.at desc, k.seq desc limit 1) x on true
       where b.status = 'SETTLED'
    ), due as (
      select s.*, case when last_price is null then 'VOID'
                       when last_price = first_price then case tie when 'REFUND' then 'VOID' else 'LOSS' end
                       when (last_price > first_price) = (direction = 'UP') then 'WIN' else 'LOSS' end as should
        from seen s
    )
    select format('binary %s is a %s of %s; by the log from %s to %s it is a %s', id, result, payout, first_price,
                  last_price, should) as what
      from due
     where result <> should
        or payout <> case should when 'WIN' then div(stake::numeric * payout_numerator, payout_denominator)
                                 when 'VOID' then stake else 0 end
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['trades against positions', positions],
  ['positions against trades', strays],
  ['payouts of trades', payouts],
  ['gains of trades', gains],
  ['ticks of trades', ticks],
  ['ends of trades', triggers],
  ['trades that are overdue', overdueTrades],
  ['results of binaries', results],
  ['binaries that are overdue', overdueBinaries],
];
