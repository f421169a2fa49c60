-- The percentages of a statement are those that its amounts follow from: null where several counted in the month. Those
-- at its end, as before, said nothing of a month in the last days of which somebody was suspended. Of a month without
-- anything they stay as they are.
alter table partner_statement
  alter column share_percentage drop not null,
  alter column commission_rate drop not null;
with counted as (
  select s.id, min(t.share_percentage) as share, max(t.share_percentage) as largest_share,
         min(t.commission_rate) as rate, max(t.commission_rate) as largest_rate
    from partner_statement s
    join partner_slot r on r.partner_id = s.partner_id and r.slot >= s.period::timestamp at time zone 'UTC'
                       and r.slot < (s.period + interval '1 month') at time zone 'UTC'
   cross join lateral (select * from partner_terms t where t.partner_id = r.partner_id and t.since <= r.slot
                        order by t.since desc limit 1) t
   group by s.id
)
update partner_statement s
   set share_percentage = case when c.share = c.largest_share then c.share end,
       commission_rate = case when c.rate = c.largest_rate then c.rate end
  from counted c
 where c.id = s.id;

-- Wishes for a correction that the rules have refused, under the key of who asked: a delayed duplicate, or another wish
-- under the same key, must not succeed after somebody was told no.
create table adjustment_refusal (
  requested_by uuid not null references users,
  key          uuid not null,
  user_id      uuid not null,  -- whose wallet; there may be no such person
  amount       int8 not null,
  reason       text not null,
  refusal      text not null,
  created_at   timestamptz not null,
  primary key (requested_by, key)
);
grant select, insert on adjustment_refusal to croupier_app;
