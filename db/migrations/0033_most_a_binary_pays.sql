-- A binary pays at most 1.9 times its stake: what a desk would pay from now on; those that are open keep their terms.
update desk
   set settings = jsonb_set(settings::jsonb, '{binaries,terms,payout}', '{"numerator": 19, "denominator": 10}')::text
 where (settings::jsonb #>> '{binaries,terms,payout,numerator}')::numeric * 10
     > (settings::jsonb #>> '{binaries,terms,payout,denominator}')::numeric * 19;
