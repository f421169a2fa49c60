-- Player protection, decided with the bet itself (DOMAIN 7). What a player does is counted by the hour: the present one
-- in the wallet's own row, which every bet updates anyway, the hours before it in rows of their own.
alter table wallet
  add column excluded_until int8 not null default 0, -- epoch milliseconds; no stakes before
  add column hour           int8 not null default 0, -- since the epoch: what the next three are of
  add column hour_wagered   int8 not null default 0,
  add column hour_lost      int8 not null default 0, -- open stakes count; wins take away, below zero too
  add column hour_deposited int8 not null default 0; -- asked for, and not rejected

-- Written when an hour is over; what came to nothing later is taken out of it.
create table limit_hour (
  wallet    int8 not null,
  hour      int8 not null,
  wagered   int8 not null,
  lost      int8 not null,
  deposited int8 not null,
  primary key (wallet, hour)
);

-- What players have set. A limit that grows does so later: until then both are here.
create table player_limit (
  wallet      int8 not null,
  kind        text not null check (kind in ('deposit', 'loss', 'wager')),
  days        int2 not null check (days in (1, 7, 30)),
  amount      int8 check (amount >= 0),      -- null: none
  next_amount int8 check (next_amount >= 0),
  next_from   int8 not null,                 -- epoch milliseconds; 0: nothing is coming
  primary key (wallet, kind, days)
);

update shard set epoch = epoch + 1; -- whoever still writes the old way must not go on
-- What was played before is known by no hour: it stands in hour 0, which is in no limit's days any more.
update wallet w
   set hour_wagered = w.turnover,
       hour_lost = w.turnover - (select coalesce(sum(p.payout), 0) from position p
                                  where p.wallet = w.id and p.outcome in (1, 3))
 where w.owner is not null and w.turnover > 0;

grant select on limit_hour, player_limit to croupier_app, croupier_wallet;
grant insert, update on limit_hour, player_limit to croupier_wallet;
