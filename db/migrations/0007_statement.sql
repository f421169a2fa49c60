-- A wallet's statement without an index by wallet, which would cost a third of the whole: every transfer names the one
-- before it of either wallet, and a wallet its last one. A page of a statement is as many probes of the primary key.
-- Not part of the hash chain, because it follows from the rows that are; the audit makes it anew.
alter table wallet add column last_seq int8 not null default 0;
alter table transfer
  add column debit_prev  int8 not null default 0,
  add column credit_prev int8 not null default 0;

update shard set epoch = epoch + 1; -- whoever still writes the old way must not go on
with leg as (
  select shard, seq, debit as wallet from transfer
  union
  select shard, seq, credit from transfer
), linked as (
  select shard, seq, wallet, lag(seq, 1, 0::int8) over (partition by wallet order by seq) as prev from leg
)
update transfer t
   set debit_prev = d.prev, credit_prev = c.prev
  from linked d, linked c
 where d.shard = t.shard and d.seq = t.seq and d.wallet = t.debit
   and c.shard = t.shard and c.seq = t.seq and c.wallet = t.credit;
update wallet w
   set last_seq = l.seq
  from (select wallet, max(seq) as seq
          from (select debit as wallet, seq from transfer union all select credit, seq from transfer) leg
         group by wallet) l
 where l.wallet = w.id;
