import { sql } from 'slonik';
import type { Database } from '../../db/pool.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';

/** Whether what was awarded and what the ledger has given say the same. Beside a live server too. */
export function auditBonuses(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, (snapshot) => runChecks(snapshot, CHECKS));
}

/** What was granted is what was promised, to whom, and what was to end has ended. */
const awards: Check = (database) =>
  database.any(sql.type(Row)`
    select format('award %s promises %s %s to be staked %s, its grant %s is %s to be staked %s, of %s', a.id, a.user_id,
                  a.amount, a.requirement, a.grant_id, g.amount, g.requirement, w.owner) as what
      from bonus_award a
      left join bonus_grant g on g.shard = 0 and g.id = a.grant_id
      left join wallet w on w.id = g.wallet
     where a.status = 'GRANTED'
       and (w.owner is distinct from a.user_id or w.currency is distinct from a.currency
            or g.amount is distinct from a.amount or g.requirement is distinct from a.requirement
            or g.max_stake is distinct from a.max_stake
            or g.expires_at is distinct from
               (extract(epoch from a.asked_at) * 1000)::int8 + a.valid_days * 86400000::int8
            or (a.ended and g.status = 0))
     limit ${FINDINGS_MAX}`);

/** Nothing is given that was not awarded. One whose answer was lost may not know its grant yet. */
const strayGrants: Check = (database) =>
  database.any(sql.type(Row)`
    select format('bonus %s of %s over %s was awarded to nobody', g.id, w.owner, g.amount) as what
      from bonus_grant g
      join wallet w on w.id = g.wallet
      left join bonus_award a on a.grant_id = g.id
     where a.id is null
       and not exists (select from bonus_award p
                        where p.user_id = w.owner and p.status = 'PENDING' and p.asked_at is not null
                          and p.amount = g.amount and p.requirement = g.requirement)
     limit ${FINDINGS_MAX}`);

/** What gives by itself gives for something that has happened since there is such a campaign. */
const occasions: Check = (database) =>
  database.any(sql.type(Row)`
    select format('award %s of %s is for a %s (%s) that there was not', a.id, a.user_id, k.kind, a.ref) as what
      from bonus_award a
      join bonus_campaign k on k.id = a.campaign
      join users u on u.id = a.user_id
     where not case k.kind
           when 'SIGN_UP' then a.ref = 'once' and u.created_at >= k.created_at
           when 'DEPOSIT' then exists (
             select from cashier_transaction t
              where t.user_id = a.user_id and t.type = 'DEPOSIT' and t.moved is not null
                and a.ref = case when k.once_per_player then 'once' else t.id::text end)
           when 'REFERRAL' then exists (
             select from users p
               join cashier_transaction t on t.user_id = p.id and t.type = 'DEPOSIT' and t.moved is not null
              where p.referred_by = a.user_id
                and a.ref = case when k.once_per_player then 'once' else p.id::text end)
           else true end
     limit ${FINDINGS_MAX}`);

/**
 * What is promised follows from the terms, where they are still those of its time: what was entered in the minute after
 * a change may be by the terms before it.
 */
const terms: Check = (database) =>
  database.any(sql.type(Row)`
    select format('award %s over %s, to be staked %s, does not follow from campaign %s', a.id, a.amount, a.requirement,
                  k.id) as what
      from bonus_award a
      join bonus_campaign k on k.id = a.campaign
     where a.status in ('PENDING', 'GRANTED') and a.created_at > k.changed_at + interval '1 minute'
       and (a.amount > k.max_amount or a.amount <> k.fixed_amount
            or a.requirement <> ceil(a.amount::numeric * k.wagering / 100))
     limit ${FINDINGS_MAX}`);

/** Money out of nothing takes two people. */
const gifts: Check = (database) =>
  database.any(sql.type(Row)`
    select format('%s gave bonus %s to %s, and the audit log does not know', a.given_by, a.id, a.user_id) as what
      from bonus_award a
      left join audit_log l on l.target = 'bonus:' || a.id and l.actor = a.given_by
                           and (l.action = 'bonus.give' or (l.action = 'bonus.give.refused' and a.status = 'REFUSED'))
     where a.given_by is not null and (l.seq is null or l.amount is distinct from a.amount)
     limit ${FINDINGS_MAX}`);

/** Each period's losses begin where those of the one before end, so that none is paid for twice. */
const losses: Check = (database) =>
  database.any(sql.type(Row)`
    select format('cashback of %s for %s is for a loss of %s; from %s to %s it is another', user_id, period, loss,
                  before, net_loss) as what
      from (select c.*, lag(net_loss, 1, 0::int8) over (partition by user_id order by period) as before
              from cashback c) c
     where loss <> net_loss - before
     limit ${FINDINGS_MAX}`);

/** What was paid for them is what was awarded, and never more than the rank's part. */
const cashbacks: Check = (database) =>
  database.any(sql.type(Row)`
    select format('cashback of %s for %s is %s of a loss of %s at %s; awarded was %s', c.user_id, c.period, c.amount,
                  c.loss, c.rate, a.amount) as what
      from cashback c
      left join bonus_award a on a.id = c.award
     where c.amount > greatest(c.loss, 0)::numeric * c.rate / 10000
        or (c.amount > 0 and (a.amount is distinct from c.amount or a.user_id is distinct from c.user_id
                              or a.ref is distinct from c.period::text))
     limit ${FINDINGS_MAX}`);

/** No cashback but for a loss that is on record. */
const strayCashbacks: Check = (database) =>
  database.any(sql.type(Row)`
    select format('award %s is cashback for no loss on record', a.id) as what
      from bonus_award a
      join bonus_campaign k on k.id = a.campaign and k.kind = 'CASHBACK'
      left join cashback c on c.award = a.id
     where c.award is null
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['awards against bonuses', awards],
  ['bonuses against awards', strayGrants],
  ['awards against their occasions', occasions],
  ['awards against their campaigns', terms],
  ['gifts against the audit log', gifts],
  ['losses of players', losses],
  ['cashback against losses', cashbacks],
  ['cashback without a loss', strayCashbacks],
];
