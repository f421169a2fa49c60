-- What partners share is counted anew: without the trades, where the house has no edge, and less the commissions of the
-- lottery's collectors. The column has another name, and first of all: whoever still counts by the old rules while this
-- runs, or before the shard is taken over, does so no more.
alter table partner_cursor rename column batch to counted;
delete from partner_rollup;
delete from partner_slot;
delete from partner_active;
update partner_cursor set counted = 0;

-- Months that are closed stay as they were paid. Their figures are not those of the rollups any more.
alter table partner_statement add column rules int2 not null default 1 check (rules in (1, 2));
alter table partner_statement alter column rules set default 2; -- as above
