-- The trading desk (S4-11 ... S4-24, S4-34 ... S4-45). A desk has two standing books: trades, whose margins are held,
-- and binaries, whose stakes lie in escrow. As elsewhere a row is there before any money moves. What a row says of its
-- end is durable before the wallet is asked to settle it; that it is settled says the ledger's closing of `seq`, so
-- that the end of a trade and its money are one transaction (S4-20, S4-39).

create table desk (
  id           text primary key,                                -- desk-main; also the id of its room
  currency     char(3) not null,
  settings     text not null,                                   -- what the operator has decided, as JSON
  trades       int8 not null unique default nextval('book_id'), -- books of the ledger
  binaries     int8 not null unique default nextval('book_id'),
  trades_ref   uuid not null unique,                            -- what these books are of
  binaries_ref uuid not null unique,
  opened_at    timestamptz,                                     -- the ledger has both
  paused       boolean not null default false,
  pause_reason text,
  marked_at    int8 not null default 0,   -- ticks up to here have ended what they end; a crash leads back to here
  created_at   timestamptz not null,
  check (paused = (pause_reason is not null))
);

create table trade (
  id           uuid primary key,
  desk         text not null references desk,
  user_id      uuid not null references users,
  key          uuid not null,                                   -- the player's; its margin is asked for under it
  request      text not null,                                   -- as it was asked for
  symbol       text not null,
  side         text not null check (side in ('LONG', 'SHORT')),
  price_scale  int2 not null,                                   -- decimals of prices, and of amounts
  amount_scale int2 not null,
  amount       int8 not null check (amount > 0),
  leverage     int2 not null check (leverage >= 1),
  margin       int8 not null check (margin > 0),
  liquidation  int8 not null,                                   -- prices; not above 0: there is none
  stop_loss    int8,
  take_profit  int8,
  entry_price  int8 not null check (entry_price > 0),           -- the tick it was opened at (S4-53)
  entry_at     int8 not null,
  entry_seq    int8 not null,
  entry_feed   text not null,
  -- REQUESTED: the wallet has not answered yet. An end is here before it is settled.
  status       text not null check (status in ('REQUESTED', 'REFUSED', 'OPEN', 'CLOSED', 'LIQUIDATED', 'VOID')),
  refusal      text,
  seq          int8 unique,                                     -- its position
  reason       text check (reason in ('OWNER', 'LIQUIDATION', 'STOP_LOSS', 'TAKE_PROFIT', 'HOUSE')),
  exit_price   int8 check (exit_price > 0),                     -- the tick it ended at
  exit_at      int8,
  exit_seq     int8,
  exit_feed    text,
  pnl          int8,
  payout       int8 check (payout >= 0),                        -- what comes back of the margin, with gain or loss
  close_key    uuid,                                            -- the player's, where they closed it
  opened_at    timestamptz not null,
  closed_at    timestamptz,
  unique (user_id, key),
  check ((status = 'REFUSED') = (refusal is not null)),
  check (status not in ('OPEN', 'CLOSED', 'LIQUIDATED', 'VOID') or seq is not null),
  check ((status in ('CLOSED', 'LIQUIDATED', 'VOID')) = (closed_at is not null)),
  check ((closed_at is null) = (pnl is null) and (closed_at is null) = (payout is null)),
  check ((closed_at is null) = (reason is null)),
  check ((status in ('CLOSED', 'LIQUIDATED')) = (exit_price is not null)),
  check ((exit_price is null) = (exit_at is null) and (exit_price is null) = (exit_seq is null)
         and (exit_price is null) = (exit_feed is null)),
  check (payout = margin + pnl and pnl >= -margin),
  check (close_key is null or reason = 'OWNER')
);
create index trade_user on trade (user_id, id);
create index trade_close_key on trade (user_id, close_key) where close_key is not null;
create index trade_unfinished on trade (desk, status, id) where status in ('REQUESTED', 'OPEN');

create table binary_trade (
  id                 uuid primary key,
  desk               text not null references desk,
  user_id            uuid not null references users,
  key                uuid not null,
  request            text not null,
  symbol             text not null,
  direction          text not null check (direction in ('UP', 'DOWN')),
  price_scale        int2 not null,
  stake              int8 not null check (stake > 0),
  payout_numerator   int4 not null,                             -- its terms, as they were: 18/10 (S4-38)
  payout_denominator int4 not null check (payout_denominator > 0),
  tie                text not null check (tie in ('LOSE', 'REFUND')),
  max_tick_age_ms    int4 not null,
  accepted_at        int8 not null,
  expires_at         int8 not null,
  status             text not null check (status in ('REQUESTED', 'REFUSED', 'OPEN', 'SETTLED')),
  refusal            text,
  seq                int8 unique,
  entry_price        int8 check (entry_price > 0),              -- the first tick after the acceptance
  entry_at           int8,
  entry_seq          int8,
  entry_feed         text,
  exit_price         int8 check (exit_price > 0),               -- the last at or before the expiry
  exit_at            int8,
  exit_seq           int8,
  exit_feed          text,
  result             text check (result in ('WIN', 'LOSS', 'VOID')),
  payout             int8 check (payout >= 0),
  settled_at         timestamptz,
  unique (user_id, key),
  check (expires_at > accepted_at),
  check ((status = 'REFUSED') = (refusal is not null)),
  check (status not in ('OPEN', 'SETTLED') or seq is not null),
  check ((status = 'SETTLED') = (result is not null) and (result is null) = (settled_at is null)),
  check ((result is null) = (payout is null)),
  check ((result = 'LOSS') = (payout = 0)),
  check (result not in ('WIN', 'LOSS') or (entry_price is not null and exit_price is not null)),
  check (entry_at > accepted_at and exit_at <= expires_at and (exit_at, exit_seq) > (entry_at, entry_seq))
);
create index binary_trade_user on binary_trade (user_id, id);
create index binary_trade_unfinished on binary_trade (desk, status, id) where status in ('REQUESTED', 'OPEN');

grant select, insert, update on desk, trade, binary_trade to croupier_app;
