-- Every winning number that anybody has entered, also those that another took the place of: the audit log has them
-- with the confirmation, and not before, as the second person reads it too.
create table lottery_entry (
  id     int8 generated always as identity primary key,
  phase  uuid not null references lottery_phase,
  number text not null check (number ~ '^[0-9]{3}$'),
  by     uuid not null references users,
  at     timestamptz not null
);
create index lottery_entry_phase on lottery_entry (phase, id);
insert into lottery_entry (phase, number, by, at)
select id, entered_number, entered_by, coalesce(result_at, closed_at)
  from lottery_phase
 where entered_number is not null and entered_by is not null and coalesce(result_at, closed_at) is not null;
grant select, insert on lottery_entry to croupier_app;

-- Two people have decided to void this round, and it was played to its end all the same: the log says so, once.
alter table round_void
  add column late_at timestamptz,
  add check (late_at is null or (approved_by is not null and voided_at is null));
create index round_void_undone on round_void (round)
 where approved_by is not null and voided_at is null and late_at is null;
