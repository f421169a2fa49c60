-- What ended while its player was away is told on coming back (`account`). An end is untold in the write that records
-- it, so that a crash on the way to its player loses nothing; who was reached is noted after the telling. What ended
-- before this counts as told, and so does what its owner closed.
alter table trade add column untold boolean not null default false;
alter table binary_trade add column untold boolean not null default false;
create index trade_untold on trade (user_id, closed_at, id) where untold;
create index binary_trade_untold on binary_trade (user_id, settled_at, id) where untold;

-- All that a player has open is shown at once: more than 1,000 cannot be allowed any more.
update desk
   set settings = jsonb_set(settings::jsonb, '{limits,openPerPlayer}', '1000')::text
 where (settings::jsonb #>> '{limits,openPerPlayer}')::int8 > 1000;
