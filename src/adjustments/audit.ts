import { sql } from 'slonik';
import type { Database } from '../../db/pool.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';

/** Whether corrections and the ledger say the same. Beside a live server too, where the money may lag behind. */
export function auditAdjustments(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, (snapshot) => runChecks(snapshot, CHECKS));
}

/** What was approved is one transfer of its amount, to or from its wallet, which is no deposit's or withdrawal's. */
const moves: Check = (database) =>
  database.any(sql.type(Row)`
    select format('adjustment %s of %s by %s is %s, but transfer %s moved %s of %s', a.id, a.user_id, a.amount,
                  a.status, a.moved, t.amount, w.owner) as what
      from adjustment a
      left join transfer t on t.shard = 0 and t.seq = a.moved
                          and case when a.amount > 0 then t.reason = 5 and t.credit_bucket = 0
                                   else t.reason = 6 and t.debit_bucket = 0 end
      left join wallet w on w.id = case when a.amount > 0 then t.credit else t.debit end
     where a.moved is not null
       and (t.amount is distinct from abs(a.amount) or w.owner is distinct from a.user_id
            or w.currency is distinct from a.currency
            or exists (select from cashier_transaction c where a.moved in (c.moved, c.returned)))
     limit ${FINDINGS_MAX}`);

/** People ask and decide through the back office, which writes down each of them. */
const acts: Check = (database) =>
  database.any(sql.type(Row)`
    select format('%s of %s by %s is not in the audit log', d.action, a.id, d.actor) as what
      from adjustment a
     cross join lateral (values
             (a.requested_by, 'adjustment.request'),
             (a.decided_by, case a.status when 'REJECTED' then 'adjustment.reject' else 'adjustment.approve' end),
             (a.decided_by, case a.status when 'REFUSED' then 'adjustment.refused' end)) as d (actor, action)
     where d.actor is not null and d.action is not null
       and not exists (select from audit_log l
                        where l.target = 'adjustment:' || a.id and l.actor = d.actor and l.action = d.action
                          and l.amount = a.amount)
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['adjustments against transfers', moves],
  ['adjustments against the audit log', acts],
];
