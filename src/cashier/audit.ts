import { sql } from 'slonik';
import type { Database } from '../../db/pool.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';

/** Whether the cashier's rows and the ledger say the same. Beside a live server too, where the money may lag behind. */
export function auditCashier(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, (snapshot) => runChecks(snapshot, CHECKS));
}

/**
 * What a withdrawal holds is its player's and its amount, and ended as was decided: not before, and by its own move.
 */
const withdrawals: Check = (database) =>
  database.any(sql.type(Row)`
    select format('withdrawal %s of %s is %s (moved by %s), its hold %s is %s of %s, ended by %s', c.id, c.amount,
                  c.status, c.moved, c.hold, coalesce(h.status, 'none'), h.amount, h.ended_by) as what
      from cashier_transaction c
      left join hold h on h.shard = 0 and h.id = c.hold
      left join wallet w on w.id = h.wallet
     where c.type = 'WITHDRAWAL' and c.hold is not null
       and (h.amount is distinct from c.amount or w.owner is distinct from c.user_id
            or w.currency is distinct from c.currency
            or (c.moved is not null and c.moved is distinct from h.ended_by)
            or not coalesce(case
                 when c.status = 'PENDING' then h.status = 'open'
                 when c.moved is null then h.status in ('open', case c.status when 'APPROVED' then 'captured'
                                                                              else 'released' end)
                 when c.status = 'APPROVED' then h.status = 'captured'
                 else h.status = 'released' end, false))
     limit ${FINDINGS_MAX}`);

/** Money is set aside for a withdrawal, and for one alone; one that is not answered yet may not know its hold. */
const strayHolds: Check = (database) =>
  database.any(sql.type(Row)`
    select format('hold %s of wallet %s over %s is no withdrawal', h.id, h.wallet, h.amount) as what
      from hold h
      join wallet w on w.id = h.wallet
      left join cashier_transaction c on c.hold = h.id
      left join command k on k.shard = h.shard and k.seq = h.id and k.verdict = 0 and k.moves > 0
      left join cashier_transaction r on r.key = k.key and r.user_id = k.origin and r.status = 'REQUESTED'
     where c.id is null and r.id is null
     limit ${FINDINGS_MAX}`);

/** A deposit that was approved is one credit of its amount to its player; one that was not is none. */
const deposits: Check = (database) =>
  database.any(sql.type(Row)`
    select format('deposit %s of %s is %s, but its transfer %s brought %s', c.id, c.amount, c.status, c.moved,
                  t.amount) as what
      from cashier_transaction c
      left join transfer t on t.shard = 0 and t.seq = c.moved and t.reason = 5 and t.credit_bucket = 0
      left join wallet w on w.id = t.credit
     where c.type = 'DEPOSIT' and c.moved is not null
       and (c.status <> 'APPROVED' or t.amount is distinct from c.amount or w.owner is distinct from c.user_id
            or w.currency is distinct from c.currency)
     limit ${FINDINGS_MAX}`);

/** A payout that was given back is one credit of its amount to its player, which is no deposit's. */
const returns: Check = (database) =>
  database.any(sql.type(Row)`
    select format('withdrawal %s of %s was given back by transfer %s, which brought %s', c.id, c.amount, c.returned,
                  t.amount) as what
      from cashier_transaction c
      left join transfer t on t.shard = 0 and t.seq = c.returned and t.reason = 5 and t.credit_bucket = 0
      left join wallet w on w.id = t.credit
     where c.returned is not null
       and (t.amount is distinct from c.amount or w.owner is distinct from c.user_id
            or w.currency is distinct from c.currency
            or exists (select from cashier_transaction d where d.moved = c.returned))
     limit ${FINDINGS_MAX}`);

/** A provider decides only by an event that is on record. */
const events: Check = (database) =>
  database.any(sql.type(Row)`
    select format('deposit %s was %s by %s, which has told nothing of the kind', c.id, c.status, c.provider) as what
      from cashier_transaction c
      left join payment_event e on e.transaction = c.id and e.provider = c.provider and e.outcome = 'APPLIED'
                               and e.type = case c.status when 'APPROVED' then 'payment.succeeded'
                                                          else 'payment.failed' end
     where c.type = 'DEPOSIT' and c.decided_at is not null and c.decided_by is null and e.event_id is null
     limit ${FINDINGS_MAX}`);

/** People decide through the back office, which writes down each of them. */
const decisions: Check = (database) =>
  database.any(sql.type(Row)`
    select format('%s of %s by %s is not in the audit log', d.action, c.id, d.actor) as what
      from cashier_transaction c
     cross join lateral (values
             (c.decided_by, case c.status when 'APPROVED' then 'APPROVE_' when 'REJECTED' then 'REJECT_' end || c.type),
             (c.first_approver, 'APPROVE_' || c.type), (c.returned_by, 'RETURN_PAYOUT'),
             (c.return_first_approver, 'RETURN_PAYOUT')) as d (actor, action)
     where d.actor is not null and d.action is not null
       and not exists (select from audit_log l
                        where l.target = 'transaction:' || c.id and l.actor = d.actor and l.action = d.action
                          and l.amount = c.amount)
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['withdrawals against holds', withdrawals],
  ['holds against withdrawals', strayHolds],
  ['deposits against credits', deposits],
  ['returned payouts against credits', returns],
  ['deposits against payment events', events],
  ['decisions against the audit log', decisions],
];
