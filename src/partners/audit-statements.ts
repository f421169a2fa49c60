import { sql } from 'slonik';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';

/**
 * What a closed month came to, and its percentages, follow from the rollups and the terms, by its policy (S0-67). Those
 * closed by older rules do not.
 */
const months: Check = (database) =>
  database.any(sql.type(Row)`
    with counted as (
      select s.id, s.carry_over, (r.slot at time zone 'UTC')::date as day, t.since, t.share_percentage as share,
             t.commission_rate as rate, r.bets, r.staked, r.paid, r.real_staked, r.real_paid, r.converted,
             r.real_staked - r.real_paid - r.converted as net
        from partner_statement s
        join partner_slot r on r.partner_id = s.partner_id and r.slot >= s.period::timestamp at time zone 'UTC'
                           and r.slot < (s.period + interval '1 month') at time zone 'UTC'
       cross join lateral (select * from partner_terms t where t.partner_id = r.partner_id and t.since <= r.slot
                            order by t.since desc limit 1) t
    ), by_month as (
      select id, floor(floor(sum(net) * share / 10000.0) * rate / 10000.0) as earned
        from counted group by id, share, rate
    ), by_day as (
      select id, day, sum(earned) as earned
        from (select id, day, floor(floor(sum(net) * share / 10000.0) * rate / 10000.0) as earned
                from counted group by id, day, since, share, rate) each_terms
       group by id, day
    ), said as (
      select c.id, sum(c.bets) as bets, sum(c.staked) as staked, sum(c.paid) as paid, sum(c.real_staked) as real_staked,
             sum(c.real_paid) as real_paid, sum(c.converted) as converted,
             case when min(c.share) = max(c.share) then min(c.share) end as share,
             case when min(c.rate) = max(c.rate) then min(c.rate) end as rate,
             case min(c.carry_over) when 'none' then (select sum(greatest(d.earned, 0)) from by_day d where d.id = c.id)
                  else (select sum(m.earned) from by_month m where m.id = c.id) end as earned
        from counted c group by c.id
    )
    select format('statement %s of %s (%s) says %s, %s/%s, %s/%s/%s, earned %s by %s/%s; '
                  'the rollups %s, %s/%s, %s/%s/%s, %s by %s/%s',
                  s.id, s.period, s.carry_over, s.bets, s.staked, s.paid, s.real_staked, s.real_paid, s.converted,
                  s.earned, s.share_percentage, s.commission_rate, d.bets, d.staked, d.paid, d.real_staked, d.real_paid,
                  d.converted, d.earned, d.share, d.rate) as what
      from partner_statement s
      left join said d on d.id = s.id
     where s.rules = 2
       and ((s.bets, s.staked, s.paid, s.real_staked, s.real_paid, s.converted, s.earned) is distinct from
            (coalesce(d.bets, 0), coalesce(d.staked, 0), coalesce(d.paid, 0), coalesce(d.real_staked, 0),
             coalesce(d.real_paid, 0), coalesce(d.converted, 0), coalesce(d.earned, 0))
            or (d.id is not null and (s.share_percentage, s.commission_rate) is distinct from (d.share, d.rate)))
     limit ${FINDINGS_MAX}`);

/** No month is left out, and a loss is brought along from the month before, or from nowhere. */
const chain: Check = (database) =>
  database.any(sql.type(Row)`
    with ordered as (
      select *, lag(period) over own as before, lag(carried_out) over own as carried
        from partner_statement window own as (partition by partner_id order by period)
    )
    select format('statement %s of %s follows %s and brings %s along, which left %s', id, period, before, carried_in,
                  carried) as what
      from ordered
     where before <> (period - interval '1 month')::date
        or carried_in <> case carry_over when 'carry' then coalesce(carried, 0) else 0 end
     limit ${FINDINGS_MAX}`);

/**
 * What was paid was credited to the partner, once; and whatever moved in the wallets of commissions is what a statement
 * or a phase of the lottery came to, for whom and as much as it says. One that is under way may not know its transfer.
 */
const payments: Check = (database) =>
  database.any(sql.type(Row)`
    with credited as (
      select t.seq, t.amount, w.owner
        from transfer t
        join wallet c on c.id = t.debit and c.name in ('partner-commission', 'commission') -- all came of one before
        join wallet w on w.id = t.credit and w.owner is not null
       where t.reason = 5
    )
    select format('statement %s over %s was paid by transfer %s: %s to %s', s.id, s.due, s.moved, t.amount,
                  t.owner) as what
      from partner_statement s
      join partners p on p.id = s.partner_id
      left join credited t on t.seq = s.moved
     where s.moved is not null and (t.seq is null or t.amount <> s.due or t.owner <> p.user_id)
    union all
    select format('transfer %s moved %s of commission (%s) to %s for nothing', t.seq, t.amount, t.reason,
                  coalesce(w.owner::text, w.name))
      from wallet c
      join transfer t on c.id in (t.debit, t.credit)
      join wallet w on w.id = t.credit
     where c.name in ('partner-commission', 'commission')
       and not (t.debit = c.id and t.reason = 5 and t.credit_bucket = 0 and (
             exists (select from partner_statement s
                       join partners p on p.id = s.partner_id
                      where p.user_id = w.owner and s.due = t.amount and s.currency = c.currency
                        and (s.moved = t.seq or (s.moved is null and s.status = 'PAYING')))
             or exists (select from lottery_collector l
                         where c.name = 'commission' and l.user_id = w.owner and l.commission = t.amount
                           and (l.commission_seq = t.seq or l.commission_seq is null))))
     limit ${FINDINGS_MAX}`);

export const STATEMENT_CHECKS: readonly (readonly [string, Check])[] = [
  ['statements of partners', months],
  ['months of partners', chain],
  ['payments to partners', payments],
];
