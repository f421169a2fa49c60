-- What ended while its player was away is told on coming back (`account`). An end is untold in the write that records
-- it, so that a crash on the way to its player loses nothing; who was reached is noted after the telling. What ended
-- before this counts as told, and so does what its owner closed.
alter table trade add column untold boolean not null default false;
alter table binary_trade add column untold boolean not null default false;
create index trade_untold on trade (user_id, id) where untold;
create index binary_trade_untold on binary_trade (user_id, id) where untold;

-- The balance as its owner was told when they closed a trade: the same key gets the same answer, whatever has moved
-- since.
alter table trade
  add column told_version int8,
  add column told_real    int8,
  add column told_bonus   int8,
  add column told_held    int8,
  add check (num_nulls(told_version, told_real, told_bonus, told_held) in (0, 4)),
  add check (told_version is null or close_key is not null);

-- All that a player has open is shown at once: more than 1,000 cannot be allowed any more.
update desk
   set settings = jsonb_set(settings::jsonb, '{limits,openPerPlayer}', '1000')::text
 where (settings::jsonb #>> '{limits,openPerPlayer}')::int8 > 1000;
