-- The three-digit lottery (S3, DOMAIN 2). A phase is a pool of the ledger, the lines of its slips are positions in it.
-- As with the cashier a row is there first, and every command to the wallet follows from it: whatever a crash cuts off
-- is found by `unfinished` and carried on.

create table lottery_phase (
  id                     uuid primary key,
  name                   text not null check (length(name) between 1 and 20), -- Feb-01 (S3-02)
  book                   int8 not null unique default nextval('book_id'),
  currency               char(3) not null,
  status                 text not null check (status in ('OPEN', 'CLOSED', 'RESULT', 'SETTLED')),
  starts_at              timestamptz not null,
  ends_at                timestamptz not null,                 -- the cut-off: a slip that arrives then is late
  global_limit           int8 not null check (global_limit >= 0), -- on every number without one of its own (S3-09)
  over_limit             text not null check (over_limit in ('reject-slip', 'accept-to-limit', 'lay-off')),
  straight_multiplier    int4 not null check (straight_multiplier between 2 and 999),
  permutation_multiplier int4 not null check (permutation_multiplier = 0), -- the ledger reserves for one winner
  commission             int4 not null check (commission between 0 and 10000), -- hundredths of a percent of the stakes
  min_stake              int8 not null check (min_stake > 0),  -- of one line
  max_stake              int8 not null,
  exposure_cap           int8 not null check (exposure_cap > 0),
  draw                   text not null check (draw in ('manual', 'provable')),
  commitment             text check (commitment ~ '^[0-9a-f]{64}$'),
  algorithm_version      int2,
  root                   text check (root ~ '^[0-9a-f]{64}$'), -- over the keys of all slips, once it is closed
  opened_at              timestamptz,                          -- the ledger has its book; before that nobody sees it
  closed_at              timestamptz,
  closed_by              uuid references users,                -- null: its time was over
  shut_at                timestamptz,                          -- the book takes nothing more, every slip has its answer
  entered_number         char(3) check (entered_number ~ '^[0-9]{3}$'),
  entered_by             uuid references users,
  winning_number         char(3) check (winning_number ~ '^[0-9]{3}$'), -- (S3-20)
  confirmed_by           uuid references users,                -- null: drawn
  result_at              timestamptz,
  settling_at            timestamptz,                          -- somebody has asked for it
  settling_by            uuid references users,
  settled_at             timestamptz,
  created_by             uuid not null references users,
  created_at             timestamptz not null,
  unfinished             boolean not null generated always as (
    opened_at is null
    or (status = 'CLOSED' and (shut_at is null or draw = 'provable'))
    or (status = 'RESULT' and settling_at is not null)
  ) stored,
  check (ends_at > starts_at),
  check (max_stake >= min_stake),
  check (straight_multiplier * 10 + commission < 10000),        -- together a stake returns less than itself
  check ((draw = 'provable') = (commitment is not null) and (draw = 'provable') = (algorithm_version is not null)),
  check ((status = 'OPEN') = (closed_at is null)),
  check (shut_at is null or closed_at is not null),
  check ((entered_number is null) = (entered_by is null) and (entered_by is null or shut_at is not null)),
  check ((status in ('RESULT', 'SETTLED')) = (winning_number is not null)),
  check ((winning_number is null) = (result_at is null) and (winning_number is null or shut_at is not null)),
  check (draw = 'manual' or (entered_by is null and confirmed_by is null)),
  check (draw = 'manual' or (winning_number is null) = (root is null)),
  -- Two people, and what the first of them entered.
  check (draw = 'provable' or winning_number is null
         or (winning_number = entered_number and confirmed_by is not null and confirmed_by <> entered_by)),
  check ((settling_at is null) = (settling_by is null) and (settling_at is null or winning_number is not null)),
  check ((status = 'SETTLED') = (settled_at is not null) and (settled_at is null or settling_at is not null))
);
create unique index lottery_phase_open on lottery_phase ((true)) where status = 'OPEN'; -- one active (S3-19)
create index lottery_phase_unfinished on lottery_phase (id) where unfinished;

-- Seeds lie apart from everything that is read in public.
create table lottery_seed (
  phase    uuid primary key references lottery_phase,
  sealed   bytea not null,                                     -- AES-256-GCM, written before the first slip
  revealed text check (revealed ~ '^[0-9a-f]{64}$')            -- null until there is a result
);

create table lottery_number_limit (
  phase      uuid not null references lottery_phase,
  number     char(3) not null check (number ~ '^[0-9]{3}$'),
  max_amount int8 not null check (max_amount >= 0),
  primary key (phase, number)
);

-- What a collector has handed in (S3-22). Its lines are positions `seq` to `seq + lines - 1`.
create table lottery_slip (
  id          uuid primary key,
  phase       uuid not null references lottery_phase,
  user_id     uuid not null references users,
  key         uuid not null,                                   -- the collector's; its stake is asked for under it
  text        text not null,                                   -- as it was typed
  -- REQUESTED: the wallet has not answered yet. VOIDING: its money is on the way back.
  status      text not null check (status in ('REQUESTED', 'REFUSED', 'ACCEPTED', 'VOIDING', 'VOID')),
  ruling      text,                                            -- the rules refuse it, before the wallet is asked
  refusal     text,
  said        text,                                            -- with which words and details, as JSON
  seq         int8 unique,
  lines       int4 not null check (lines between 0 and 1000),  -- accepted ones
  total       int8 not null check (total >= 0),                -- of them
  payout      int8 not null default 0 check (payout >= 0),     -- set with the settlement of its phase
  void_by     uuid references users,
  void_reason text,
  void_at     timestamptz,
  received_at timestamptz not null,
  unfinished  boolean not null generated always as (status in ('REQUESTED', 'VOIDING')) stored,
  unique (user_id, key),
  check ((status = 'REFUSED') = (refusal is not null)),
  check ((status in ('REQUESTED', 'REFUSED')) = (seq is null)),
  check ((seq is null) = (lines = 0) and (seq is null) = (total = 0)),
  check ((status in ('VOIDING', 'VOID')) = (void_by is not null)),
  check ((void_by is null) = (void_reason is null) and (void_by is null) = (void_at is null)),
  check (void_by <> user_id),
  check (payout = 0 or status = 'ACCEPTED')
);
create index lottery_slip_user on lottery_slip (user_id, id);
create index lottery_slip_phase on lottery_slip (phase, seq);
create index lottery_slip_unfinished on lottery_slip (id) where unfinished;

-- What a settled phase came to for each of its collectors (S3-21).
create table lottery_collector (
  phase           uuid not null references lottery_phase,
  user_id         uuid not null references users,
  slips           int4 not null,
  lines           int8 not null,
  winning_lines   int8 not null,
  stake           int8 not null check (stake > 0),
  payout          int8 not null check (payout >= 0),
  commission      int8 not null check (commission >= 0),
  commission_seq  int8 unique,                                 -- the transfer that credited it
  primary key (phase, user_id),
  check (commission_seq is null or commission > 0)
);
create index lottery_collector_user on lottery_collector (user_id, phase);

-- One row for each phase, final (S3-05).
create table settlement_ledger (
  id             uuid primary key,
  phase          uuid not null unique references lottery_phase,
  winning_number char(3) not null,
  total_in       int8 not null,                                -- stakes, those of void slips left out
  total_out      int8 not null,                                -- payouts, gross
  commission     int8 not null,
  net_profit     int8 not null,
  slips          int4 not null,
  lines          int8 not null,
  winning_lines  int8 not null,
  collectors     int4 not null,
  settled_at     timestamptz not null,
  settled_by     uuid not null references users,
  check (net_profit = total_in - total_out - commission)
);

-- The names that the documents use (S3-02 ... S3-04). Amounts are minor units everywhere.
create view game_phases as
select id, name, status = 'OPEN' as active, starts_at as start_date, ends_at as end_date, global_limit, winning_number
  from lottery_phase where opened_at is not null;
create view number_limits as select phase as phase_id, number, max_amount from lottery_number_limit;
create view lottery_bets as
select t.position as id, s.user_id, s.phase as phase_id, lpad(t.selection::text, 3, '0')::char(3) as number, t.amount,
       s.received_at as "timestamp", s.id as bet_slip_id
  from lottery_slip s
  join transfer t on t.shard = 0 and t.seq >= s.seq and t.seq < s.seq + s.lines
 where s.status in ('ACCEPTED', 'VOIDING');

grant select, insert, update on lottery_phase, lottery_seed, lottery_slip to croupier_app;
grant select, insert, update, delete on lottery_number_limit to croupier_app;
grant select, insert, update (commission_seq) on lottery_collector to croupier_app;
grant select, insert on settlement_ledger to croupier_app;
grant select on game_phases, number_limits, lottery_bets to croupier_app;
