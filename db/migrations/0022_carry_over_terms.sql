-- What becomes of a loss is agreed like the rest of the terms: what is agreed later does not count backwards.
alter table partner_terms add column carry_over text;
update partner_terms t set carry_over = p.carry_over from partners p where p.id = t.partner_id;
alter table partner_terms
  alter column carry_over set not null,
  add check (carry_over in ('none', 'monthly-reset', 'carry'));
