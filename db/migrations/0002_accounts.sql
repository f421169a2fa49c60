-- Who may sign in, and the sign-ins that are alive (S4-08, X-06).

create table users (
  id            uuid primary key,
  username      text not null unique,      -- lower case: Ann and ANN are one person
  display_name  text not null,             -- the username as its owner wrote it
  email         text unique,               -- lower case
  password_hash text not null,             -- argon2id, with its parameters, so that they can be raised later
  role          text not null default 'PLAYER'
    check (role in ('PLAYER', 'COLLECTOR', 'PARTNER', 'ADMIN', 'MASTER')),
  status        text not null default 'active' check (status in ('active', 'frozen')),
  referred_by   uuid references users,
  referral_code text unique,               -- partners have one
  created_at    timestamptz not null,
  check (username = lower(username) and username = lower(display_name)),
  check (email = lower(email)),
  check (referred_by <> id)
);

create index users_referred_by on users (referred_by) where referred_by is not null;

-- One row per sign-in. It is the family of every refresh token that descends from it: ending the row ends them all.
create table session (
  id            uuid primary key,
  user_id       uuid not null references users,
  user_agent    text not null,
  ip            text not null,
  created_at    timestamptz not null,
  last_used_at  timestamptz not null,
  expires_at    timestamptz not null,
  revoked_at    timestamptz,
  revoke_reason text,
  check ((revoked_at is null) = (revoke_reason is null))
);

create index session_by_user on session (user_id, id);
create index session_expiry on session (expires_at);

-- Refresh tokens are 256 random bits; only their SHA-256 is stored. A used one stays until its session is deleted:
-- seeing it again means that somebody copied it.
create table refresh_token (
  hash       bytea primary key check (octet_length(hash) = 32),
  session_id uuid not null references session on delete cascade,
  issued_at  timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);

create index refresh_token_session on refresh_token (session_id);

grant select, insert, update, delete on users, session, refresh_token to croupier_app;
