-- Corrections of a wallet by hand: asked for by one person of the house, approved by another. A row is there before any
-- money moves, and the command to the wallet follows from it: what a crash cuts off is found by `unfinished`.

create table adjustment (
  id              uuid primary key,
  user_id         uuid not null references users,      -- whose wallet
  requested_by    uuid not null references users,
  key             uuid not null,                       -- of who asked
  amount          int8 not null check (amount <> 0),   -- below zero: taken from the wallet
  currency        char(3) not null,
  reason          text not null,
  -- REFUSED: it was approved, and the wallet said no; `refusal` says why.
  status          text not null check (status in ('PENDING', 'APPROVED', 'REJECTED', 'REFUSED')),
  refusal         text,
  decided_by      uuid references users,
  decided_at      timestamptz,
  decision_reason text,
  moved           int8 unique,                         -- seq of the transfer
  moved_at        timestamptz,
  created_at      timestamptz not null,
  unfinished      boolean not null generated always as (status = 'APPROVED' and moved is null) stored,
  unique (requested_by, key),
  check (requested_by <> user_id and decided_by <> user_id),
  check (status not in ('APPROVED', 'REFUSED') or decided_by <> requested_by),
  check ((status = 'PENDING') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  check ((status = 'REJECTED') = (decision_reason is not null)),
  check ((status = 'REFUSED') = (refusal is not null)),
  check ((moved is null) = (moved_at is null) and (moved is null or status = 'APPROVED'))
);
create index adjustment_user on adjustment (user_id, id);
create index adjustment_pending on adjustment (id) where status = 'PENDING';
create index adjustment_unfinished on adjustment (id) where unfinished;

grant select, insert, update on adjustment to croupier_app;
