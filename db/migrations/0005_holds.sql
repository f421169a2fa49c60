-- Money of a player that is set aside (DOMAIN 6). A hold is the transfer real → held that made it (reason 7): its seq
-- is the hold's number, which also stands in `position`. It is ended by exactly one transfer, out to the cashier (8,
-- captured) or back to real (9, released), that names it in `position`. Only these few rows are in the indexes.
create index transfer_hold on transfer (debit) where reason = 7;
create unique index transfer_hold_end on transfer (shard, position) where reason in (8, 9);

create view hold as
select h.shard, h.seq as id, h.debit as wallet, h.amount,
       case e.reason when 8 then 'captured' when 9 then 'released' else 'open' end as status, e.seq as ended_by
  from transfer h
  left join transfer e on e.shard = h.shard and e.position = h.seq and e.reason in (8, 9)
 where h.reason = 7;

grant select on hold to croupier_app, croupier_wallet;

-- A hold has both its legs in one wallet: what went and what came are two lines of it.
create or replace view transactions as
select t.shard, t.seq as id, w.owner as user_id,
       (array['bet', 'win', 'house', 'refund', 'credit', 'debit', 'hold', 'withdrawal', 'release'])[t.reason] as type,
       l.amount, (array['real', 'bonus', 'held'])[1 + l.bucket] as bucket,
       nullif(t.position, 0) as bet_id, 'completed'::text as status
  from transfer t
  cross join lateral (values (t.debit, -t.amount, t.debit_bucket), (t.credit, t.amount, t.credit_bucket))
          as l (wallet, amount, bucket)
  join wallet w on w.id = l.wallet and w.owner is not null;
