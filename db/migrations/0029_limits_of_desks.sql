-- What is at stake on a standing book may be open for longer than a limit looks back. So it is in no hour as lost: it
-- counts as lost for as long as it is open, whenever it was staked, and what it came to counts in the hour in which it
-- ends. A player's own are found here, to be shown with the limits; the hour is the one that has the stake as wagered.
update shard set epoch = epoch + 1; -- whoever still counts the old way must not go on

alter table open_position add column wallet int8, add column stake int8, add column hour int8;
update open_position o
   set wallet = t.debit, stake = t.amount,
       hour = (select floor(extract(epoch from l.at) / 3600)::int8 from link l
                where l.shard = o.shard and l.last_seq >= o.position order by l.last_seq, l.batch limit 1)
  from transfer t
 where t.shard = o.shard and t.seq = o.position;
alter table open_position alter column wallet set not null, alter column stake set not null,
                          alter column hour set not null;
create index open_position_wallet on open_position (wallet);

-- Hours before: stakes that are open go out of theirs, those that have ended move to the hour of their end, as far back
-- as any limit looks. An hour behind a wallet's last is counted into that: it may not have a row of its own yet.
with recent as (
  select shard, min(batch) as batch from link where at > now() - interval '31 days' group by shard
), ended as (
  select t.debit as wallet, t.amount as stake,
         (select floor(extract(epoch from l.at) / 3600)::int8 from link l
           where l.shard = t.shard and l.last_seq >= t.seq order by l.last_seq, l.batch limit 1) as opened,
         floor(extract(epoch from k.at) / 3600)::int8 as closed
    from recent r
    join closing c on c.shard = r.shard and c.batch >= r.batch
    join link k on k.shard = c.shard and k.batch = c.batch
    join transfer t on t.shard = c.shard and t.seq = c.position
    join book b on b.id = t.book and b.standing is not null
), moved as (
  select m.wallet, least(m.hour, w.hour) as hour, m.hour >= w.hour as is_last, sum(m.lost)::int8 as lost
    from (select wallet, hour, -stake as lost from open_position
          union all
          select wallet, opened, -stake from ended where opened <> closed
          union all
          select wallet, closed, stake from ended where opened <> closed) m
    join wallet w on w.id = m.wallet
   group by 1, 2, 3
), last_hours as (
  update wallet w set hour_lost = w.hour_lost + m.lost from moved m where m.is_last and m.wallet = w.id
)
insert into limit_hour (wallet, hour, wagered, lost, deposited)
select wallet, hour, 0, lost, 0 from moved where not is_last
on conflict (wallet, hour) do update set lost = limit_hour.lost + excluded.lost;

-- A trade that pays anything is `won` on the ledger, where only what pays nothing is lost. Whoever reads it as a bet is
-- told what has become of its margin: with less of it back it has lost, with just that it was given back.
create or replace view bets as
select p.shard, p.id, w.owner as user_id, b.game as game_id, b.ref as round_id, p.selection,
       p."window" as betting_window, p.stake as amount, p.real as amount_from_main, p.bonus as amount_from_bonus,
       coalesce(p.payout, 0) as payout,
       case when b.standing = 'margin' and p.outcome = 1 and p.payout < p.stake then 'lost'
            when b.standing = 'margin' and p.outcome = 1 and p.payout = p.stake then 'refunded'
            else (array['pending', 'won', 'lost', 'refunded', 'cancelled'])[coalesce(p.outcome, 0) + 1] end as status,
       k.at as settled_at
  from position p
  join wallet w on w.id = p.wallet
  join book b on b.id = p.book
  left join link k on k.shard = p.shard and k.batch = p.closing_batch;
