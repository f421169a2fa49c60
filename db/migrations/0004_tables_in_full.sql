-- Tables as data with a history, rounds that can be voided, and what follows a settlement.

alter table game
  add column max_player_stake int8 check (max_player_stake > 0), -- of one player in one round; null: no such limit
  add column pause_reason text;

-- What a table's rules were, one row per change. Written when a round begins under rules that are not the last ones
-- here, so that a change made straight in the database is recorded too. A round names its row.
create table game_rules (
  game             text not null references game,
  version          int4 not null check (version > 0),
  pay_table        text not null,
  currency         char(3) not null,
  min_bet          int8 not null,
  max_bet          int8 not null,
  max_player_stake int8,
  exposure_cap     int8 not null,
  betting_ms       int4 not null,
  dealing_ms       int4 not null,
  pause_ms         int4 not null,
  since            timestamptz not null,
  primary key (game, version)
);
insert into game_rules
select id, 1, pay_table, currency, min_bet, max_bet, max_player_stake, exposure_cap, betting_ms, dealing_ms, pause_ms,
       created_at
  from game;

alter table round
  add column rules_version int4 not null default 1,
  add column followed int2 not null default 0 check (followed between 0 and 3), -- the cursor: what has followed so far
  alter column joker_card drop not null, -- null until it is turned: there may be bets on it
  add constraint round_rules foreign key (game, rules_version) references game_rules,
  add constraint round_joker check ((status in ('settling', 'settled')) <= (joker_card is not null));
alter table round alter column rules_version drop default;
comment on column round.followed is '1 commissions, 2 statistics, 3 history; advanced in the transaction of each';
-- Rounds that are settled already stay at 0: nothing has followed them, so statistics begin with those to come.

-- A void takes two people (DESIGN 5). It is carried out when voided_at is set; a request may also come to nothing.
create table round_void (
  round        uuid primary key references round,
  reason       text not null check (reason <> ''),
  requested_by uuid not null references users,
  requested_at timestamptz not null,
  approved_by  uuid references users,
  approved_at  timestamptz,
  voided_at    timestamptz,
  refunded     int8,        -- what was given back, and to how many bets
  bets         int4,
  constraint round_void_two_people check (approved_by <> requested_by),
  check ((approved_by is null) = (approved_at is null)),
  check (voided_at is null or approved_at is not null),
  check ((voided_at is null) = (refunded is null) and (voided_at is null) = (bets is null))
);

-- The player's total when the round was paid, for recall (null in rounds that were settled before there was this).
alter table round_player add column balance_after int8;

-- What the ledger lets one player have at stake in a book at once; null: anything.
alter table book add column player_cap int8 check (player_cap > 0);

-- Per player, over everything settled; undone bets are none. A streak counts wins upwards from 1, losses down from -1;
-- a stake that just comes back leaves it as it is (S0-43, S0-44, S0-74). No foreign key, as in round_player: the ledger
-- says who has bet.
create table user_statistics (
  user_id               uuid primary key,
  total_bets            int8 not null,
  total_wins            int8 not null,
  total_losses          int8 not null,
  total_refunds         int8 not null,
  total_bet_amount      int8 not null,
  total_win_amount      int8 not null, -- gross
  total_refund_amount   int8 not null,
  biggest_win           int8 not null, -- the largest gross payout of one bet that won
  current_streak        int4 not null,
  longest_streak        int4 not null, -- of wins
  longest_losing_streak int4 not null,
  last_bet_at           timestamptz not null, -- when it was accepted
  check (total_bets = total_wins + total_losses + total_refunds)
);

-- Per table and month, in UTC (S0-70 ... S0-72).
create table game_statistics (
  game           text not null references game,
  period_start   date not null,
  period_end     date not null,             -- the month's last day
  total_rounds   int8 not null default 0,   -- settled
  voided_rounds  int8 not null default 0,
  total_bets     int8 not null default 0,
  player_rounds  int8 not null default 0,   -- players per round, summed: not different players (S0-76)
  total_wagered  int8 not null default 0,
  total_payouts  int8 not null default 0,   -- gross, to bets that won
  total_refunds  int8 not null default 0,
  average_bet    int8 generated always as (total_wagered / nullif(total_bets, 0)) stored, -- minor units, rounded down
  average_payout int8 generated always as (total_payouts / nullif(total_rounds, 0)) stored, -- per round
  primary key (game, period_start),
  check (period_end = (period_start + interval '1 month' - interval '1 day')::date)
);

-- Percentages are hundredths of a percent: 5000 is 50.00 %.
create table partners (
  id                 uuid primary key,
  user_id            uuid not null unique references users,
  status             text not null default 'active' check (status in ('active', 'suspended')),
  share_percentage   int4 not null default 5000 check (share_percentage between 0 and 10000),
  commission_rate    int4 not null default 1000 check (commission_rate between 0 and 10000),
  total_commission   int8 not null default 0,
  pending_commission int8 not null default 0,
  created_at         timestamptz not null
);

-- A partner's part in one round in which the house won from the partner's players (S0-52 ... S0-62). No money moves by
-- it: that happens when a statement is closed.
create table partner_game_earnings (
  id                  uuid primary key,
  partner_id          uuid not null references partners,
  game_id             text not null references game,
  round_id            uuid not null references round,
  real_profit         int8 not null check (real_profit > 0),
  real_total_bets     int8 not null,
  real_total_payouts  int8 not null,
  shown_profit        int8 not null,
  shown_total_bets    int8 not null,
  shown_total_payouts int8 not null,
  share_percentage    int4 not null, -- as they were
  commission_rate     int4 not null,
  earned_amount       int8 not null check (earned_amount >= 0),
  player_count        int4 not null check (player_count > 0),
  status              text not null default 'pending' check (status in ('pending', 'paid')),
  created_at          timestamptz not null,
  paid_at             timestamptz,
  unique (round_id, partner_id),
  check (real_profit = real_total_bets - real_total_payouts),
  check ((status = 'paid') = (paid_at is not null))
);
create index partner_game_earnings_partner_id_idx on partner_game_earnings (partner_id, created_at);

-- A settled round is its own history (S0-69): nothing is copied, so nothing can differ.
create view game_history as
select r.game as game_id, r.id as round_id, r.round_number, r.joker_card, r.winning_side, r.cards_dealt, r.total_bets,
       r.total_players, r.total_bet_amount as total_bets_amount, r.total_payouts, r.ended_at as played_at
  from round r
 where r.status = 'settled';

-- The documents' names for bets and money movements, for whoever reads the database by hand or in a report. Both read
-- the ledger itself. A selection's name is in src/games/<game>/selection.ts.
create view bets as
select p.shard, p.id, w.owner as user_id, b.game as game_id, b.ref as round_id, p.selection,
       p."window" as betting_window, p.stake as amount, p.real as amount_from_main, p.bonus as amount_from_bonus,
       coalesce(p.payout, 0) as payout,
       (array['pending', 'won', 'lost', 'refunded', 'cancelled'])[coalesce(p.outcome, 0) + 1] as status,
       k.at as settled_at
  from position p
  join wallet w on w.id = p.wallet
  join book b on b.id = p.book
  left join link k on k.shard = p.shard and k.batch = p.closing_batch;

-- A player's side of every transfer: what came (+) and what went (-).
create view transactions as
select t.shard, t.seq as id, w.owner as user_id,
       (array['bet', 'win', 'house', 'refund', 'credit', 'debit'])[t.reason] as type,
       case when w.id = t.credit then t.amount else -t.amount end as amount,
       (array['real', 'bonus', 'held'])[1 + case when w.id = t.credit then t.credit_bucket else t.debit_bucket end]
         as bucket,
       nullif(t.position, 0) as bet_id, 'completed'::text as status
  from transfer t
  join wallet w on w.id in (t.debit, t.credit) and w.owner is not null;

-- What people of the house did: append-only, each line bound to the one before by its hash (src/backoffice).
create table audit_log (
  seq    int8 primary key check (seq > 0), -- gapless
  at     timestamptz not null,
  actor  uuid not null references users,
  role   text not null,
  action text not null check (action <> ''),
  target text not null,
  before jsonb,
  after  jsonb,
  reason text,
  amount int8, -- minor units, where money is what it is about
  prev   bytea not null check (octet_length(prev) = 32),
  hash   bytea not null check (octet_length(hash) = 32)
);
create index audit_log_target on audit_log (target, seq);
create index audit_log_actor on audit_log (actor, seq);

grant select, insert, update on round_void, user_statistics, game_statistics, partners, partner_game_earnings
   to croupier_app;
grant select, insert on game_rules, audit_log to croupier_app;
grant select on game_history, bets, transactions to croupier_app;
