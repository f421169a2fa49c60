-- What players asked for with PUT /wallets/me/limits, each under its key, for good. The limits themselves are the
-- wallet's; the reminder of how long one has played is here: that of the last request that set it and was carried out.
create table limit_request (
  user_id         uuid not null references users,
  key             uuid not null,
  seq             int8 not null generated always as identity,
  request         text not null,                 -- in a canonical form: the same key must ask the same
  sets_session    boolean not null,
  session_minutes int2 check (session_minutes between 10 and 240), -- null: none
  asked_at        timestamptz not null,
  done_at         timestamptz,                   -- null: the wallet has not answered yet
  primary key (user_id, key),
  check (sets_session or session_minutes is null)
);
create index limit_request_session on limit_request (user_id, seq) where sets_session;

grant select, insert, update (done_at) on limit_request to croupier_app;
