-- Prices (S4-12, S4-53). A tick does not exist until it is here: it is shown, passed on and traded at after the commit.
create table tick (
  symbol text not null check (symbol <> ''),
  at     int8 not null check (at > 0),                         -- epoch milliseconds
  seq    int8 not null check (seq >= 0),                       -- of two ticks of one time the higher is the later
  price  int8 not null check (price > 0),                      -- a count of the symbol's smallest step
  feed   text not null check (feed <> ''),
  primary key (symbol, at, seq)
);

-- Candles of a minute, each written with the tick that completes it. Longer ones are put together from these; minutes
-- without a tick have none.
create table candle (
  symbol text not null,
  at     int8 not null check (at % 60000 = 0),                 -- its beginning, epoch milliseconds
  open   int8 not null,
  high   int8 not null,
  low    int8 not null check (low > 0),
  close  int8 not null,
  ticks  int8 not null check (ticks > 0),
  primary key (symbol, at),
  check (low <= least(open, close) and high >= greatest(open, close))
);

-- Days of simulated prices. The seed is there days ahead, and with it what is committed to; the terms of the day's
-- walks come with its opening, and the seed is revealed when the day is over.
create table market_day (
  day               date primary key,                          -- UTC
  commitment        text not null unique check (commitment ~ '^[0-9a-f]{64}$'),
  algorithm_version int2 not null,
  sealed            bytea not null,                            -- AES-256-GCM, as in src/fairness/sealed-seed.ts
  walks             jsonb,
  opened_at         timestamptz,
  revealed          text check (revealed ~ '^[0-9a-f]{64}$'),
  check ((walks is null) = (opened_at is null)),
  check (revealed is null or (opened_at is not null and encode(sha256(decode(revealed, 'hex')), 'hex') = commitment))
);

-- The one row says who writes the log and how far it has come: a batch counts up from the one before, or its writer was
-- replaced by another and must not write.
create table market_log (
  id    boolean primary key default true check (id),
  epoch int8 not null,
  batch int8 not null
);
insert into market_log (epoch, batch) values (0, 0);

grant select, insert on tick, candle to croupier_app;
grant select, insert, update (walks, opened_at, revealed) on market_day to croupier_app;
grant select, update (epoch, batch) on market_log to croupier_app;
