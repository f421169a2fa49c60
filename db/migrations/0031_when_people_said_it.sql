-- When the first of two people approved: their word counts for nothing once they were frozen since, or lost the role.
-- Of those who did before this the time is not known.
alter table cashier_transaction
  add column first_approved_at timestamptz,
  add column return_first_at   timestamptz,
  add check (first_approved_at is null or first_approver is not null),
  add check (return_first_at is null or return_first_approver is not null);

-- Voids that came too late before they were noted here are in the log already.
update round_void v set late_at = l.at
  from audit_log l
 where l.target = 'round:' || v.round and l.action = 'round.void.late'
   and v.approved_by is not null and v.voided_at is null and v.late_at is null;
