-- The money kernel (DESIGN 3). Every choice of layout was measured; the reasons stand beside it.
-- Only the wallet actor writes these tables: the application's role may read them, nothing more.

-- Who may write a shard. Every batch updates this one row, so it is tiny and its page almost empty (HOT updates).
-- (epoch, owner) fences off an old owner; (batch, seq) must be exactly what the writer believes: a batch that was sent
-- behind a failed one refuses itself on the server.
create table shard (
  shard int2 primary key,
  epoch int8 not null default 0,
  owner uuid,
  batch int8 not null default 0,
  seq   int8 not null default 0
) with (fillfactor = 10);
insert into shard (shard) values (0);

-- Liveness only: whose backend holds the shard's advisory lock, and when it last said so. Safety is shard.epoch.
create table shard_lease (
  shard   int2 primary key references shard,
  backend int4,
  beat    timestamptz not null default '-infinity'
) with (fillfactor = 10);
insert into shard_lease (shard) values (0);

-- One row per owner and currency (X-02): players, and system wallets by name: cashier (the outside world),
-- house:<game>, escrow:<game>. Buckets are disjoint, their sum is the total. Everything in minor units.
-- Eight-byte columns first: no padding. Half-empty pages and no index on an updated column: every update is HOT.
create table wallet (
  id           int8 primary key generated always as identity,
  real         int8 not null default 0,
  bonus        int8 not null default 0,
  held         int8 not null default 0,
  version      int8 not null default 0, -- counts changes; clients ignore a balance older than the one they have
  turnover     int8 not null default 0, -- everything ever staked and not cancelled
  real_losses  int8 not null default 0, -- stake lost, net of what came back, per bucket
  bonus_losses int8 not null default 0,
  xp           int8 not null default 0, -- one point per 100 minor units staked, whatever the result (S2-36)
  bets         int8 not null default 0, -- positions opened and not cancelled
  owner        uuid,                    -- the player; null for a system wallet
  shard        int2 not null default 0 references shard,
  overdraft    bool not null default false, -- the cashier and the houses may be negative, nobody else (S3-14)
  currency     char(3) not null,
  name         text,                    -- a system wallet's name; null for a player's
  constraint wallet_funds check (overdraft or (real >= 0 and bonus >= 0 and held >= 0)),
  constraint wallet_identity check ((owner is null) <> (name is null)),
  constraint wallet_owner unique (owner, currency),
  constraint wallet_name unique (name, currency, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1);

-- The idempotency record of every command the wallet gave a verdict on, refusals included. The key stands first in the
-- index: client keys are UUIDv7, so inserts land on the last page. The answer is plain columns. The time is the link's.
create table command (
  hash    int8 not null,  -- first 64 bits of SHA-256 over the request as the caller made it
  seq     int8 not null,  -- first transfer written, which is the first position opened; 0 where nothing moved
  batch   int8 not null,
  version int8 not null,  -- the answer: the origin's wallet after this command
  real    int8 not null,
  bonus   int8 not null,
  held    int8 not null,
  key     uuid not null,
  origin  uuid not null,  -- the user, or the nil UUID for the system
  moves   int2 not null,  -- transfers written
  verdict int2 not null,  -- 0 accepted, otherwise the refusal (src/wallet/verdict.ts)
  ord     int2 not null,  -- place in the batch: the hash chain needs an order
  shard   int2 not null,
  primary key (key, origin)
);
-- Rows lie in batch order on disk, so a few bytes per megabyte answer "which commands were in this batch".
create index command_batch on command using brin (batch) with (pages_per_range = 16, autosummarize = on);

-- Double entry, append-only: one row moves an amount from one leg (wallet, bucket) to another, so everything sums to
-- zero. A row with a book opens a position: its seq is the position's id, and what is at stake is what moved. A stake
-- paid from two buckets is two rows that share one position.
create table transfer (
  seq           int8 not null,  -- gapless per shard, assigned by the actor
  debit         int8 not null,  -- wallets; no foreign key: a check per row costs more than the audit that proves it
  credit        int8 not null,
  amount        int8 not null check (amount > 0),
  position      int8 not null,  -- 0 where there is none
  book          int8,
  liability     int8,           -- the largest gross payout this position can have; 0 on the second row of a split stake
  shard         int2 not null,
  debit_bucket  int2 not null,  -- 0 real, 1 bonus, 2 held
  credit_bucket int2 not null,
  reason        int2 not null,  -- src/wallet/state.ts: REASON
  selection     int2,           -- what was bet on, in the game's own numbers
  "window"      int2,           -- the betting window it was accepted in
  primary key (shard, seq),
  constraint transfer_moves check (debit <> credit or debit_bucket <> credit_bucket),
  constraint transfer_opens check ((book is null) = (reason <> 1) and (book is null) = (selection is null))
);

-- A position is closed exactly once: the primary key says so (S1-20, S1-28). The opening row is never touched.
create table closing (
  position int8 not null,
  payout   int8 not null check (payout >= 0), -- gross: what came back, stake included
  batch    int8 not null,
  shard    int2 not null,
  ord      int2 not null,
  outcome  int2 not null check (outcome between 1 and 4), -- 1 won, 2 lost, 3 refunded, 4 cancelled
  primary key (shard, position),
  constraint closing_payout check ((outcome = 2) = (payout = 0))
);
create index closing_batch on closing using brin (batch) with (pages_per_range = 16, autosummarize = on);

-- What takes positions: a round, a phase, a desk. Few rows, so no care for their size. first_seq bounds where its
-- positions can be: a short book's are a range of transfer's primary key.
create sequence book_id;
create table book (
  id          int8 primary key,
  ref         uuid not null unique,  -- the round, phase or desk
  game        text not null,         -- names the wallets house:<game> and escrow:<game>
  currency    char(3) not null,
  shard       int2 not null references shard,
  epoch       int8 not null,         -- bumped by each room that claims the book: an old room's commands are refused
  state       text not null check (state in ('open', 'closed', 'settling', 'settled', 'voiding', 'voided')),
  "window"    int2 not null,
  cap         int8 not null,         -- the largest loss the house accepts on it, worst case
  first_seq   int8 not null,
  first_batch int8 not null,
  last_seq    int8                   -- set when the book is finished: its positions lie between first_seq and this
);
create index book_unfinished on book (shard) where state not in ('settled', 'voided');

-- One link per batch: a SHA-256 over the previous one and the bytes of the batch's command, transfer and closing
-- columns (src/wallet/batch.ts), rebuildable from the rows (src/wallet/audit-chain.ts).
create table link (
  batch     int8 not null,
  first_seq int8 not null,
  last_seq  int8 not null,
  at        timestamptz not null,
  shard     int2 not null,
  prev      bytea not null,
  hash      bytea not null,
  primary key (shard, batch)
);
create index link_seq on link (shard, last_seq);

-- No index by wallet: it costs a third of the server's time per bet. A player's bets are found through the books that
-- the player took part in, whose positions lie in a range of the primary key.

create view position as
select o.shard, o.position as id, min(o.debit) as wallet, min(o.book) as book, min(o.selection) as selection,
       min(o."window") as "window", sum(o.amount)::int8 as stake,
       coalesce(sum(o.amount) filter (where o.debit_bucket = 0), 0)::int8 as real,
       coalesce(sum(o.amount) filter (where o.debit_bucket = 1), 0)::int8 as bonus,
       max(o.liability) as liability, min(c.payout) as payout, min(c.outcome) as outcome, min(c.batch) as closing_batch
  from transfer o
  left join closing c on c.shard = o.shard and c.position = o.position
 where o.book is not null
 group by o.shard, o.position;

-- The names the documents use for a player's money (S2-20 … S2-24).
create view balances as
select w.id, w.owner as player_id, w.currency as currency_id, w.real as real_balance, w.bonus as bonus_balance,
       w.real + w.bonus + w.held as total_balance, w.held as pending, w.turnover, w.real as withdrawable,
       w.real_losses as total_real_losses, w.bonus_losses as total_bonus_losses, w.xp, w.bets as count_balance,
       w.version
  from wallet w
 where w.owner is not null;

grant select on shard, shard_lease, wallet, command, transfer, closing, book, link, position, balances
   to croupier_app, croupier_wallet;
grant usage on sequence book_id to croupier_app;
grant insert, update on wallet, book to croupier_wallet;
grant update on shard, shard_lease to croupier_wallet;
grant insert on command, transfer, closing, link to croupier_wallet;
