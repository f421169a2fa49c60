-- Pools: books that take very many positions over days, as a phase of the lottery does (S3-02). Their positions are not
-- kept in memory, only what is staked on each selection and by each player. A player's lines that have not won are
-- closed together, by the row here, not one by one. Their transfers have window -1.
alter table book add column pooled boolean not null default false;

-- What is staked on each selection and not taken back, and the most that it can pay (S3-07). Part of the batch that
-- takes a stake, so it is always exact.
create table pool_total (
  book      int8 not null references book,
  selection int2 not null,
  stake     int8 not null check (stake >= 0),
  liability int8 not null check (liability >= 0),
  lines     int8 not null check (lines >= 0),
  primary key (book, selection)
) with (fillfactor = 50);

-- What each player has open in it. `played` is what these stakes took off what is to be staked of deposits: so much is
-- put back at the most where some are taken back.
create table pool_player (
  book         int8 not null references book,
  wallet       int8 not null,
  stake        int8 not null check (stake >= 0),
  lines        int8 not null check (lines >= 0),
  played       int8 not null check (played >= 0),
  closed_batch int8, -- set when what was open is lost; null before
  primary key (book, wallet)
) with (fillfactor = 50);

-- Only pools have it: a short book's positions are a range of the primary key, those of a pool lie far apart.
create index transfer_pool on transfer (book, selection, position) where "window" < 0;

create or replace view position as
select o.shard, o.position as id, min(o.debit) as wallet, min(o.book) as book, min(o.selection) as selection,
       min(o."window") as "window", sum(o.amount)::int8 as stake,
       coalesce(sum(o.amount) filter (where o.debit_bucket = 0), 0)::int8 as real,
       coalesce(sum(o.amount) filter (where o.debit_bucket = 1), 0)::int8 as bonus,
       max(o.liability) as liability,
       coalesce(min(c.payout), case when min(p.closed_batch) is not null then 0::int8 end) as payout,
       coalesce(min(c.outcome), case when min(p.closed_batch) is not null then 2::int2 end) as outcome,
       coalesce(min(c.batch), min(p.closed_batch)) as closing_batch
  from transfer o
  left join closing c on c.shard = o.shard and c.position = o.position
  left join pool_player p on o."window" < 0 and p.book = o.book and p.wallet = o.debit
 where o.book is not null
 group by o.shard, o.position;

grant select on pool_total, pool_player to croupier_app, croupier_wallet;
grant insert, update on pool_total, pool_player to croupier_wallet;
