import { sql } from 'slonik';
import { INR } from '../money.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';

const BATCH_OF_TRANSFER = sql.fragment`
  cross join lateral (select l.at, l.batch from link l where l.shard = t.shard and l.last_seq >= t.seq
                       order by l.last_seq, l.batch limit 1) l`;

/** The rollups, derived anew from the positions that the ledger had closed by the cursor. */
const positions: Check = (database) =>
  database.any(sql.type(Row)`
    with referred as (
      select w.id as wallet, u.id as user_id, p.id as partner_id, p.from_batch, c.counted as cursor
        from wallet w
        join users u on u.id = w.owner
        join partners p on p.user_id = u.referred_by
        join partner_cursor c on c.shard = 0
       where w.currency = ${INR}
    ), received as (
      select position, sum(amount) as amount
        from transfer where reason in (2, 4) and position > 0 and credit_bucket = 0 group by position
    ), happened as (
      select f.partner_id, f.user_id, l.at, b.game, 1 as bets, q.stake as staked, q.payout as paid,
             q.real as real_staked, coalesce(r.amount, 0) as real_paid, 0 as converted
        from position q
        join referred f on f.wallet = q.wallet and q.closing_batch > f.from_batch and q.closing_batch <= f.cursor
        join book b on b.id = q.book and b.standing is distinct from 'margin'
        join link l on l.shard = q.shard and l.batch = q.closing_batch
        left join received r on r.position = q.id
       where q.outcome <> 4
      union all
      select f.partner_id, f.user_id, l.at, 'bonuses', 0, 0, 0, 0, 0, t.amount
        from transfer t
        join referred f on f.wallet = t.credit
       ${BATCH_OF_TRANSFER}
       where t.reason = 11 and l.batch > f.from_batch and l.batch <= f.cursor
      union all -- a collector's commission is the house's cost, as a payout is
      select f.partner_id, f.user_id, l.at, 'lottery', 0, 0, t.amount, 0, t.amount, 0
        from wallet c
        join transfer t on t.debit = c.id and t.reason = 5
        join referred f on f.wallet = t.credit
       ${BATCH_OF_TRANSFER}
       where c.name = 'commission' and l.batch > f.from_batch and l.batch <= f.cursor
         and not exists (select from partner_statement s where s.moved = t.seq) -- partners were paid from there before
      union all -- a bet that came to nothing gave back more real money than it took: its bonus was completed meanwhile
      select f.partner_id, f.user_id, l.at, 'bonuses', 0, 0, 0, 0, 0, r.amount - q.real
        from position q
        join referred f on f.wallet = q.wallet and q.closing_batch > f.from_batch and q.closing_batch <= f.cursor
        join link l on l.shard = q.shard and l.batch = q.closing_batch
        join received r on r.position = q.id
       where q.outcome = 4 and r.amount > q.real
    ), said as (
      select partner_id, user_id, date_bin('15 minutes', at, timestamptz 'epoch') as slot, game, sum(bets) as bets,
             sum(staked) as staked, sum(paid) as paid, sum(real_staked) as real_staked, sum(real_paid) as real_paid,
             sum(converted) as converted
        from happened group by 1, 2, 3, 4
    )
    select format('partner %s, player %s, %s, %s: counted are %s/%s/%s/%s/%s/%s, the ledger says %s/%s/%s/%s/%s/%s',
                  coalesce(r.partner_id, s.partner_id), coalesce(r.user_id, s.user_id), coalesce(r.slot, s.slot),
                  coalesce(r.game, s.game), r.bets, r.staked, r.paid, r.real_staked, r.real_paid, r.converted,
                  s.bets, s.staked, s.paid, s.real_staked, s.real_paid, s.converted) as what
      from partner_rollup r
      full join said s on s.partner_id = r.partner_id and s.user_id = r.user_id and s.slot = r.slot and s.game = r.game
     where (r.bets, r.staked, r.paid, r.real_staked, r.real_paid, r.converted) is distinct from
           (s.bets, s.staked, s.paid, s.real_staked, s.real_paid, s.converted)
     limit ${FINDINGS_MAX}`);

/** The sums of all players. */
const sums: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select partner_id, slot, game, sum(bets) as bets, sum(staked) as staked, sum(paid) as paid,
             sum(real_staked) as real_staked, sum(real_paid) as real_paid, sum(converted) as converted
        from partner_rollup group by partner_id, slot, game
    )
    select format('partner %s, %s, %s: the sums are %s/%s/%s/%s/%s/%s, the players'' %s/%s/%s/%s/%s/%s',
                  coalesce(r.partner_id, s.partner_id), coalesce(r.slot, s.slot), coalesce(r.game, s.game),
                  r.bets, r.staked, r.paid, r.real_staked, r.real_paid, r.converted,
                  s.bets, s.staked, s.paid, s.real_staked, s.real_paid, s.converted) as what
      from partner_slot r
      full join said s on s.partner_id = r.partner_id and s.slot = r.slot and s.game = r.game
     where (r.bets, r.staked, r.paid, r.real_staked, r.real_paid, r.converted) is distinct from
           (s.bets, s.staked, s.paid, s.real_staked, s.real_paid, s.converted)
     limit ${FINDINGS_MAX}`);

/** When who was active. */
const activity: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select partner_id, (slot at time zone 'UTC')::date as day, user_id, g.game,
             bit_or(set_bit(repeat('0', 96)::bit(96), (extract(epoch from slot)::int8 % 86400 / 900)::int4, 1)) as slots
        from partner_rollup r cross join lateral (values (r.game), ('*')) as g (game)
       where bets > 0 group by 1, 2, 3, 4
    )
    select format('partner %s, %s, player %s, %s: active were %s, the rollup says %s',
                  coalesce(a.partner_id, s.partner_id), coalesce(a.day, s.day), coalesce(a.user_id, s.user_id),
                  coalesce(a.game, s.game), a.slots, s.slots) as what
      from partner_active a
      full join said s on s.partner_id = a.partner_id and s.day = a.day and s.user_id = a.user_id and s.game = a.game
     where a.slots is distinct from s.slots
     limit ${FINDINGS_MAX}`);

export const ROLLUP_CHECKS: readonly (readonly [string, Check])[] = [
  ['rollups of partners against positions', positions],
  ['sums of partners', sums],
  ['activity of partners’ players', activity],
];
