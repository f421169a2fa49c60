-- A deposit counts against its player's own limits from when it is asked for until it comes to nothing (DOMAIN 7).
-- REQUESTED is now also a deposit of which the wallet has not said whether the limits allow it.
alter table cashier_transaction
  drop column unfinished,
  add column counted   boolean not null default false, -- against the limits; deposits from before never were
  add column uncounted boolean not null default false, -- and taken out of them
  add check (type = 'DEPOSIT' or not counted),
  add check (uncounted <= counted),
  add check (not uncounted or status in ('REJECTED', 'CANCELLED'));
alter table cashier_transaction
  add column unfinished boolean not null generated always as (
    status = 'REQUESTED'
    or (type = 'DEPOSIT' and status = 'PENDING' and provider is not null and provider_reference is null)
    or (type = 'DEPOSIT' and status = 'APPROVED' and moved is null)
    or (type = 'DEPOSIT' and status in ('REJECTED', 'CANCELLED') and counted and not uncounted)
    or (type = 'WITHDRAWAL' and status in ('APPROVED', 'REJECTED', 'CANCELLED') and moved is null)
    or (type = 'WITHDRAWAL' and status = 'APPROVED' and provider is not null and payout_status is null)
  ) stored;
create index cashier_transaction_unfinished on cashier_transaction (id) where unfinished;
