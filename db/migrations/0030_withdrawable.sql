-- What can be withdrawn of a wallet whose owner can stake nowhere (any more): all of its real money. Play-through does
-- not bind them, as nothing would ever lower it.

create or replace view balances as
select w.id, w.id as wallet_id, w.owner as player_id, w.currency as currency_id,
       w.real as amount, w.bonus, w.real as real_balance, w.bonus as bonus_balance, w.real + w.bonus as total_balance,
       w.held as pending,
       case when exists (select from users u where u.id = w.owner and u.role not in ('PLAYER', 'COLLECTOR')) then w.real
            else greatest(w.real - w.play_through - w.play_through_old, 0) end as withdrawable, w.turnover,
       w.real as total_real_balance, w.bonus as total_bonus_balance,
       w.real_losses as total_real_losses, w.bonus_losses as total_bonus_losses,
       nullif(w.last_seq, 0)::text as last_update_transaction_id,
       w.xp, w.bets as count_balance, w.version,
       (select l.at::timestamptz(3) from link l
         where l.shard = w.shard and l.last_seq >= w.last_seq and w.last_seq > 0
         order by l.last_seq limit 1) as updated_at,
       (select u.created_at::timestamptz(3) from users u where u.id = w.owner) as created_at,
       (select coalesce(jsonb_agg(jsonb_build_object('id', g.id::text, 'amount', g.amount, 'wageringRequirement',
                                                     g.requirement, 'wageredAmount', g.wagered, 'expiryDate',
                                                     to_timestamp(g.expires_at / 1000.0), 'gameRestrictions', g.games)
                                  order by g.id), '[]')
          from bonus_grant g where g.wallet = w.id and g.status = 0) as bonuses, -- a read model, never an authority
       -- What the documents count (S2-26), as far as there is such a thing here.
       coalesce((select s.total_refunds from user_statistics s where s.user_id = w.owner), 0) as count_refunds,
       (select count(*) from bonus_grant g where g.wallet = w.id and g.status = 1) as count_progress,
       (select count(*) from users u where u.referred_by = w.owner) as count_invite,
       (select count(*) from bonus_award a join bonus_campaign c on c.id = a.campaign and c.kind = 'SIGN_UP'
         where a.user_id = w.owner and a.grant_id is not null) as count_welcomebonus,
       0::int8 as count_tournaments, 0::int8 as count_happyhours, 0::int8 as count_daily_entries,
       0::int8 as count_smsbonus, 0::int8 as count_wheelfortune
  from wallet w
 where w.owner is not null;
