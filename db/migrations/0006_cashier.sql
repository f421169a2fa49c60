-- Deposits and withdrawals (DOMAIN 6, S4-25 ... S4-33). A row is there before any money moves, and every command to the
-- wallet follows from it: whatever a crash cuts off is found by `unfinished` and carried on.

create table cashier_transaction (
  id                 uuid primary key,
  user_id            uuid not null references users,
  key                uuid not null,                -- the player's; a withdrawal's hold is asked for under it
  type               text not null check (type in ('DEPOSIT', 'WITHDRAWAL')),
  -- REQUESTED: a withdrawal whose hold is not known yet. REFUSED: it never came about, `refusal` says why.
  status             text not null
    check (status in ('REQUESTED', 'REFUSED', 'PENDING', 'APPROVED', 'REJECTED', 'CANCELLED')),
  refusal            text,
  amount             int8 not null check (amount > 0),
  currency           char(3) not null,
  method             text not null,
  reference          text,                         -- the player's words: where the money comes from or goes to
  provider           text,                         -- null: the house pays and looks for payments itself
  provider_reference text,                         -- the provider's name for the payment of a deposit
  hold               int8 unique,                  -- seq of the transfer that set a withdrawal's money aside
  first_approver     uuid references users,        -- the first of two people
  decided_by         uuid references users,        -- who cancelled, too; null: the provider
  decided_at         timestamptz,
  reason             text,
  moved              int8 unique,                  -- seq of the transfer that credited, captured or released
  moved_at           timestamptz,
  payout_status      text check (payout_status in ('SENT', 'PAID', 'FAILED')),
  payout_reference   text,
  payout_at          timestamptz,
  created_at         timestamptz not null,
  unfinished         boolean not null generated always as (
    status = 'REQUESTED'
    or (type = 'DEPOSIT' and status = 'PENDING' and provider is not null and provider_reference is null)
    or (type = 'DEPOSIT' and status = 'APPROVED' and moved is null)
    or (type = 'WITHDRAWAL' and status in ('APPROVED', 'REJECTED', 'CANCELLED') and moved is null)
    or (type = 'WITHDRAWAL' and status = 'APPROVED' and provider is not null and payout_status is null)
  ) stored,
  unique (user_id, key),
  check ((status = 'REFUSED') = (refusal is not null)),
  check ((status in ('APPROVED', 'REJECTED', 'CANCELLED')) = (decided_at is not null)),
  check (decided_by is null or decided_at is not null),
  check (decided_by is not null or provider is not null or decided_at is null),
  check ((status = 'CANCELLED') <= (decided_by = user_id)),
  check (status in ('CANCELLED', 'REQUESTED', 'REFUSED', 'PENDING') or decided_by is distinct from user_id),
  check (first_approver <> user_id),
  check (status <> 'APPROVED' or first_approver <> decided_by),
  check (status <> 'REJECTED' or reason is not null),
  check (type = 'WITHDRAWAL' or (hold is null and payout_status is null)),
  check (type = 'DEPOSIT' or status in ('REQUESTED', 'REFUSED') or hold is not null),
  check ((moved is null) = (moved_at is null) and (moved is null or decided_at is not null)),
  check ((payout_status is null) = (payout_at is null) and (payout_status is null or moved is not null))
);
create index cashier_transaction_user on cashier_transaction (user_id, id);
create index cashier_transaction_pending on cashier_transaction (id) where status = 'PENDING';
create index cashier_transaction_unfinished on cashier_transaction (id) where unfinished;

-- What payment providers have told, each event once; the body is what they signed.
create table payment_event (
  provider    text not null,
  event_id    text not null,
  transaction uuid not null references cashier_transaction,
  type        text not null,
  outcome     text not null,                       -- APPLIED, or why nothing came of it
  body        text not null,
  received_at timestamptz not null,
  primary key (provider, event_id)
);
create index payment_event_transaction on payment_event (transaction);

grant select, insert, update on cashier_transaction to croupier_app;
grant select, insert on payment_event to croupier_app;
