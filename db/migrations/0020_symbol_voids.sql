-- A symbol whose prices have stopped for good would hold margins for ever. Two people give all of them back, of every
-- open trade of the symbol or of none: with a choice among trades they could choose outcomes.
create table desk_void (
  id           uuid primary key,
  desk         text not null references desk,
  symbol       text not null,
  reason       text not null,
  asked_by     uuid not null references users,
  asked_at     timestamptz not null,
  confirmed_by uuid references users,
  confirmed_at timestamptz,
  done_at      timestamptz,                       -- every margin is back
  check (confirmed_by <> asked_by),
  check ((confirmed_by is null) = (confirmed_at is null)),
  check (done_at is null or confirmed_at is not null)
);
create unique index desk_void_open on desk_void (desk, symbol) where done_at is null;

grant select, insert, update on desk_void to croupier_app;
