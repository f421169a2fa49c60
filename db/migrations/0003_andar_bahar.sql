-- Tables to play at, and their rounds. Money is not here: a round is a book of the ledger, and its bets are positions.

-- A row per table (DESIGN 7: `games`).
create table game (
  id           text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,47}$'), -- also the id of its room
  name         text not null,
  pay_table    text not null,            -- src/games/andar-bahar/pay-tables.ts
  currency     char(3) not null,
  min_bet      int8 not null check (min_bet > 0),
  max_bet      int8 not null,
  exposure_cap int8 not null check (exposure_cap > 0), -- the largest worst-case loss on one round
  betting_ms   int4 not null check (betting_ms > 0),   -- how long each betting window stays open
  dealing_ms   int4 not null check (dealing_ms >= 0),  -- between the cards of one window and the opening of the next
  pause_ms     int4 not null check (pause_ms >= 0),    -- between a result and the next round
  enabled      bool not null default true,  -- has a room at all
  paused       bool not null default false, -- takes no bets for the moment
  created_at   timestamptz not null,
  check (max_bet >= min_bet)
);

-- A deal (DESIGN 7: `game_rounds`). What follows from the seed alone is here from the start, the rest with the result.
-- The rules it was played under are its pay table, whose id means the same rules for good.
create table round (
  id                uuid primary key,
  game              text not null references game,
  round_number      int8 not null,          -- of the table, running (S0-11); never the window within a deal (S0-47)
  book              int8 not null unique default nextval('book_id'),
  status            text not null
    check (status in ('betting', 'dealing', 'settling', 'settled', 'voided', 'abandoned')),
  betting_window    int2 not null,
  betting_ends_at   timestamptz not null,   -- of that window
  pay_table         text not null,
  joker_card        text not null,          -- K♠ (S0-09)
  commitment        text not null check (commitment ~ '^[0-9a-f]{64}$'),
  algorithm_version int2 not null,
  beacon            text,                   -- a public randomness round named with the commitment, once that is done
  andar_cards       text[],
  bahar_cards       text[],
  winning_side      text check (winning_side in ('andar', 'bahar')),
  cards_dealt       int2,
  total_andar_bets  int8,                   -- staked and not undone
  total_bahar_bets  int8,
  total_bets        int8,                   -- how many (S0-28)
  total_bet_amount  int8,                   -- how much, on all sides together
  total_payouts     int8,                   -- gross, to bets that won (S0-69)
  total_refunds     int8,                   -- to bets that just got their stake back
  total_players     int4,
  created_at        timestamptz not null,
  ended_at          timestamptz,
  unique (game, round_number),
  check ((status in ('settling', 'settled')) <= (winning_side is not null)),
  check ((status = 'settled') <= (ended_at is not null and total_bets is not null))
);
create index round_unfinished on round (game) where status in ('betting', 'dealing', 'settling');

-- Seeds lie apart from everything that is read in public.
create table round_seed (
  round    uuid primary key references round,
  sealed   bytea not null,                                   -- AES-256-GCM, written before the first bet
  revealed text check (revealed ~ '^[0-9a-f]{64}$')          -- null until there is a result
);

-- The players' part in the draw, written when a window has closed and before a card of its step exists.
create table round_window (
  round      uuid not null references round,
  "window"   int2 not null,
  root       text not null check (root ~ '^[0-9a-f]{64}$'),
  last_batch int8 not null,   -- of the ledger: no bet of this window lies in a later one
  closed_at  timestamptz not null,
  primary key (round, "window")
);

-- What a round came to for each player, made from the ledger when it is settled. It is how a player's bets are found
-- (the ledger has no index by wallet), and the outbox of results: a player who was away is told on coming back.
create table round_player (
  round        uuid not null references round,
  user_id      uuid not null,
  game         text not null references game,
  stake        int8 not null check (stake >= 0),  -- without undone bets; 0 where all were
  payout       int8 not null check (payout >= 0),
  result       text not null check (result in ('no_bet', 'refund', 'mixed', 'win', 'loss')),
  bets         int8[] not null,                   -- positions, undone ones among them
  delivered_at timestamptz,
  primary key (user_id, round),                   -- round ids sort by time
  check ((result = 'no_bet') = (stake = 0))
);
create index round_player_undelivered on round_player (user_id, game) where delivered_at is null;

grant select, insert, update on game, round, round_seed, round_player to croupier_app;
grant select, insert on round_window to croupier_app;
