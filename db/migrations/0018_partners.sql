-- Partners from their terms to their payout (S0-52 ... S0-68, DOMAIN 5). What their players do is counted from the
-- ledger, whatever the game is; money moves only by a statement of a month, which two people pay.

alter table partners
  -- How long a loss is remembered: set off against the rest of its day, of its month, or of all months to come.
  add column carry_over text not null default 'monthly-reset' check (carry_over in ('none', 'monthly-reset', 'carry')),
  -- What the ledger closed up to this batch is not theirs.
  add column from_batch int8 not null default 0 check (from_batch >= 0),
  add column postback_url    text,
  add column postback_nonce  uuid,                                         -- of its signing secret
  add column postback_since  timestamptz,                                  -- what happened before is not told
  add constraint partners_postback check ((postback_url is null) = (postback_nonce is null)
                                          and (postback_url is null) = (postback_since is null));

-- What was agreed, and since when: the start of a quarter of an hour, so that no row of a rollup has two.
create table partner_terms (
  partner_id       uuid not null references partners,
  since            timestamptz not null check (extract(epoch from since)::int8 % 900 = 0),
  share_percentage int4 not null check (share_percentage between 0 and 10000),
  commission_rate  int4 not null check (commission_rate between 0 and 10000), -- 0 while suspended
  primary key (partner_id, since)
);
insert into partner_terms
select id, 'epoch', share_percentage, case status when 'active' then commission_rate else 0 end from partners;

-- Up to which batch of the ledger everything is counted: moved in the transaction that counts.
create table partner_cursor (
  shard int2 primary key references shard,
  batch int8 not null
);
insert into partner_cursor select shard, 0 from shard;

-- Closed positions of referred players, by quarters of an hour: the offsets of all time zones are so many of them. Void
-- and undone ones are none. The game is that of the book, or `bonuses`: what these have turned into real money.
create table partner_rollup (
  partner_id  uuid not null references partners,
  user_id     uuid not null,
  slot        timestamptz not null,
  game        text not null,
  bets        int8 not null, -- how many
  staked      int8 not null,
  paid        int8 not null, -- gross
  real_staked int8 not null, -- of these the real money; what bonuses staked and won is not the house's result
  real_paid   int8 not null,
  converted   int8 not null, -- bonus money that became real
  primary key (partner_id, user_id, slot, game)
) with (fillfactor = 70);

-- The same of all players of a partner together, and when who was active, in each game and in any (`*`): of a month of
-- any time zone these are few rows, however many bets there were.
create table partner_slot (
  partner_id  uuid not null references partners,
  slot        timestamptz not null,
  game        text not null,
  bets        int8 not null,
  staked      int8 not null,
  paid        int8 not null,
  real_staked int8 not null,
  real_paid   int8 not null,
  converted   int8 not null,
  primary key (partner_id, slot, game)
) with (fillfactor = 70);

create table partner_active (
  partner_id uuid not null references partners,
  game       text not null,
  day        date not null,     -- in UTC
  user_id    uuid not null,
  slots      bit(96) not null,  -- the quarters of an hour in which a bet was closed
  primary key (partner_id, game, day, user_id)
) with (fillfactor = 70);

-- Who is settled is found by batch.
create index pool_player_closed on pool_player (closed_batch) where closed_batch is not null;

-- The result of a month, final when it is written. `earned` is the commission on the period's net, below zero where the
-- house has lost.
create table partner_statement (
  id               uuid primary key,
  partner_id       uuid not null references partners,
  period           date not null check (extract(day from period) = 1), -- the month's first day, in UTC
  currency         char(3) not null,
  bets             int8 not null,
  staked           int8 not null,
  paid             int8 not null,
  real_staked      int8 not null,
  real_paid        int8 not null,
  converted        int8 not null,
  shown_staked     int8 not null,
  shown_paid       int8 not null,
  shown_ggr        int8 not null,
  shown_ngr        int8 not null,
  share_percentage int4 not null, -- as they were at its end
  commission_rate  int4 not null,
  carry_over       text not null check (carry_over in ('none', 'monthly-reset', 'carry')),
  earned           int8 not null,
  carried_in       int8 not null check (carried_in <= 0),
  due              int8 not null check (due = greatest(earned + carried_in, 0)),
  carried_out      int8 not null
    check (carried_out = case carry_over when 'carry' then least(earned + carried_in, 0) else 0 end),
  -- PAYING: two people have decided, the money is on its way. NOTHING_DUE: there is nothing to decide.
  status           text not null check (status in ('CLOSED', 'NOTHING_DUE', 'APPROVED', 'PAYING', 'PAID')),
  closed_at        timestamptz not null,
  approved_by      uuid references users,
  approved_at      timestamptz,
  paid_by          uuid references users,
  paid_at          timestamptz,
  moved            int8 unique,   -- the transfer that credited it
  moved_at         timestamptz,
  unfinished       boolean not null generated always as (status = 'PAYING') stored,
  unique (partner_id, period),
  check ((status = 'NOTHING_DUE') = (due = 0)),
  check (carry_over = 'carry' or carried_in = 0),
  check ((approved_by is null) = (approved_at is null) and (paid_by is null) = (paid_at is null)),
  check ((status in ('APPROVED', 'PAYING', 'PAID')) = (approved_by is not null)),
  check ((status in ('PAYING', 'PAID')) = (paid_by is not null)),
  check (paid_by <> approved_by),
  check ((status = 'PAID') = (moved is not null) and (moved is null) = (moved_at is null))
);
create index partner_statement_unfinished on partner_statement (id) where unfinished;

-- `netted`: its month is closed and nothing was due, as other rounds were lost.
alter table partner_game_earnings
  drop constraint partner_game_earnings_status_check,
  add constraint partner_game_earnings_status_check check (status in ('pending', 'paid', 'netted'));

-- Keys are 256 random bits; only their SHA-256 is stored.
create table partner_api_key (
  id           uuid primary key,
  partner_id   uuid not null references partners,
  name         text not null check (name <> ''),
  prefix       text not null,                    -- what people tell it by
  hash         bytea not null unique check (octet_length(hash) = 32),
  scopes       text[] not null check (cardinality(scopes) > 0),
  addresses    text[] not null,                  -- from where it may be used; empty: from anywhere
  created_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create index partner_api_key_partner on partner_api_key (partner_id, id);

-- What partners are told, each once for what it is about. The id is what a receiver knows a repetition by.
create table partner_postback (
  id           uuid primary key,
  partner_id   uuid not null references partners,
  event        text not null check (event in ('registration', 'first_deposit', 'commission')),
  ref          text not null,
  body         text not null,
  status       text not null check (status in ('PENDING', 'DELIVERED', 'DEAD')),
  attempts     int4 not null default 0,
  next_at      timestamptz not null,
  answer       text,                             -- what came of the last attempt
  created_at   timestamptz not null,
  delivered_at timestamptz,
  unique (partner_id, event, ref),
  check ((status = 'DELIVERED') = (delivered_at is not null))
);
create index partner_postback_due on partner_postback (partner_id, next_at) where status = 'PENDING';
create index partner_postback_partner on partner_postback (partner_id, id);

grant select, insert, update on partner_terms, partner_rollup, partner_slot, partner_active, partner_statement,
   partner_api_key, partner_postback to croupier_app;
grant select, update on partner_cursor to croupier_app;
