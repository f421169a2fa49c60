-- What a phase came to is told to each of its collectors once: when it is settled, or on coming in (`account`). What
-- was settled before this counts as told.
alter table lottery_collector add column delivered_at timestamptz;
update lottery_collector set delivered_at = now();
create index lottery_collector_undelivered on lottery_collector (user_id, phase) where delivered_at is null;
grant update (delivered_at) on lottery_collector to croupier_app;
