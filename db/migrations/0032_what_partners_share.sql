-- What partners share is counted anew: without the trades, where the house has no edge, and less the commissions of the
-- lottery's collectors. Months that are closed stay as they were paid; `npm run audit` names those that had some.
delete from partner_rollup;
delete from partner_slot;
delete from partner_active;
update partner_cursor set batch = 0;
