-- Ranks of players by the points they have collected in `wallet.xp` (S2-03, S2-36). They are data: the whole list is
-- replaced at once, in one transaction with its line in the audit log. Levels follow each other from 0.
create table vip_rank (
  level    int2 primary key check (level >= 0),
  name     text not null unique check (name <> ''),
  xp_from  int8 not null unique check (xp_from >= 0),
  cashback int4 not null check (cashback between 0 and 10000), -- hundredths of a percent
  check ((level = 0) = (xp_from = 0)) -- everybody has a rank
);
insert into vip_rank (level, name, xp_from, cashback)
values (0, 'Bronze', 0, 0), (1, 'Silver', 1000, 500), (2, 'Gold', 5000, 1000), (3, 'Platinum', 20000, 1500),
       (4, 'Diamond', 100000, 2000);

-- The names that the documents use for a player's money (S2-19 ... S2-26). Each is read from the one column that has
-- it, so no two can differ (S2-27). Money that is pending is not in the balances: with it, it is everything there is.
drop view balances;
create view balances as
select w.id, w.id as wallet_id, w.owner as player_id, w.currency as currency_id,
       w.real as amount, w.bonus, w.real as real_balance, w.bonus as bonus_balance, w.real + w.bonus as total_balance,
       w.held as pending, w.real as withdrawable, w.turnover,
       w.real as total_real_balance, w.bonus as total_bonus_balance,
       w.real_losses as total_real_losses, w.bonus_losses as total_bonus_losses,
       nullif(w.last_seq, 0)::text as last_update_transaction_id,
       w.xp, w.bets as count_balance, w.version,
       (select l.at::timestamptz(3) from link l
         where l.shard = w.shard and l.last_seq >= w.last_seq and w.last_seq > 0
         order by l.last_seq limit 1) as updated_at,
       (select u.created_at::timestamptz(3) from users u where u.id = w.owner) as created_at
  from wallet w
 where w.owner is not null;

grant select, insert, delete on vip_rank to croupier_app;
grant select on balances to croupier_app, croupier_wallet;
