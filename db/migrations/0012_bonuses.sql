-- Bonus money (DOMAIN 4, S2-04 ... S2-35). A grant is the transfer bonus-cost -> player's bonus that made it: that
-- transfer's seq is its id. Whatever happens to its money names it: stakes from it, what comes back, the conversion to
-- real money when its play-through is done, and what is forfeited. So the money of every grant follows from the ledger,
-- and a wallet's `bonus` is what its grants have, always.
alter table wallet
  add column net_loss          int8 not null default 0, -- real money that games have kept, of what is settled
  add column play_through      int8 not null default 0, -- of deposits, still to be staked before it can be withdrawn
  add column play_through_from int8 not null default 0, -- the last such deposit: earlier stakes do not count
  add column play_through_old      int8 not null default 0, -- the same of the deposits before it,
  add column play_through_old_from int8 not null default 0, -- and the first of these
  add constraint wallet_play_through check (play_through >= 0 and play_through_old >= 0);

alter table transfer
  add column bonus_grant int8,
  add constraint transfer_bonus check (book is null or (debit_bucket = 1) = (bonus_grant is not null));

-- What a grant promises stands here as it was given; what has become of it is updated with the batch that does it.
create table bonus_grant (
  id            int8 not null,
  wallet        int8 not null,
  amount        int8 not null check (amount > 0),
  requirement   int8 not null check (requirement >= 0), -- what has to be staked before it turns into real money
  wagered       int8 not null check (wagered between 0 and requirement),
  balance       int8 not null check (balance >= 0),     -- of the wallet's bonus
  at_stake      int8 not null check (at_stake >= 0),    -- taken from it by bets that are open
  expires_at    int8 not null,                          -- epoch milliseconds
  max_stake     int8 check (max_stake > 0),             -- at stake in one deal while it is active; null: any
  ended_at      int8 not null default 0,                -- epoch milliseconds; 0: it has not
  version       int8 not null,
  shard         int2 not null,
  status        int2 not null check (status between 0 and 6), -- src/wallet/bonus.ts: GRANT_STATUS
  games         text[] not null,                        -- where it can be staked and counts, '*' for all others,
  contributions int4[] not null,                        -- and how much of a stake counts there, hundredths of a percent
  primary key (shard, id),
  check ((status = 0) = (ended_at = 0)),
  check (status = 0 or balance = 0),
  check (status <> 1 or wagered = requirement),
  check (cardinality(games) = cardinality(contributions) and cardinality(games) > 0)
) with (fillfactor = 50);
create index bonus_grant_wallet on bonus_grant (wallet);
create index bonus_grant_expiry on bonus_grant (expires_at) where status = 0;

-- How many selections there are in each market of a book: who has bet on all of them has staked nothing on the outcome.
-- Where several markets hang on one draw, the selections that win together, one row for each way in which it can end.
alter table book
  add column market_sizes int2[] not null default '{}',
  add column outcomes     int2[] not null default '{}';

update shard set epoch = epoch + 1; -- whoever still writes the old way must not go on
with settled as (
  select p.wallet, sum(p.real - coalesce(w.real, 0)) as net_loss
    from position p
    left join (select position, sum(amount) as real from transfer where reason in (2, 4) and credit_bucket = 0
                group by position) w on w.position = p.id
   where p.outcome in (1, 2, 3)
   group by p.wallet
)
update wallet w set net_loss = s.net_loss from settled s where s.wallet = w.id;

-- What bonuses are given for. Terms are copied into each award: changing a campaign changes no promise already made.
create table bonus_campaign (
  id              uuid primary key,
  name            text not null unique check (name <> ''),
  kind            text not null check (kind in ('SIGN_UP', 'DEPOSIT', 'REFERRAL', 'MANUAL', 'CASHBACK')),
  enabled_at      timestamptz,                            -- null: it is off; what happened before is not for it
  fixed_amount    int8 check (fixed_amount between 1 and max_amount),
  percentage      int4 check (percentage between 1 and 100000),    -- of the deposit, hundredths of a percent
  max_amount      int8 not null check (max_amount > 0),            -- of one award
  min_deposit     int8 not null check (min_deposit >= 0),
  wagering        int4 not null check (wagering between 0 and 10000), -- hundredths of the amount: 3000 is 30 times
  valid_days      int4 not null check (valid_days between 1 and 365),
  max_stake       int8 check (max_stake > 0),
  games           text[] not null,
  contributions   int4[] not null,
  once_per_player boolean not null,
  starts_at       timestamptz not null check (extract(year from starts_at at time zone 'UTC') between 2000 and 2100),
  ends_at         timestamptz check (ends_at > starts_at)
                              check (extract(year from ends_at at time zone 'UTC') between 2000 and 2100),
  created_at      timestamptz not null,
  changed_by      uuid not null references users,                  -- who set its terms last
  changed_at      timestamptz not null,
  check (cardinality(games) = cardinality(contributions) and cardinality(games) > 0),
  check (case when kind = 'SIGN_UP' then fixed_amount is not null and percentage is null and once_per_player
              when kind in ('DEPOSIT', 'REFERRAL') then (fixed_amount is null) <> (percentage is null)
              else fixed_amount is null and percentage is null and not once_per_player end),
  check (kind in ('DEPOSIT', 'REFERRAL') or min_deposit = 0)
);
create unique index bonus_campaign_cashback on bonus_campaign (kind) where kind = 'CASHBACK' and enabled_at is not null;

-- Who gets a bonus, and why; there before any money moves. Every command to the wallet follows from the row, as with
-- the cashier: whatever a crash cuts off is found by `unfinished` and carried on.
create table bonus_award (
  id            uuid primary key,
  campaign      uuid not null references bonus_campaign,
  user_id       uuid not null references users,
  ref           text not null,                  -- what it is for: once each
  amount        int8 not null check (amount > 0),
  currency      char(3) not null,
  requirement   int8 not null check (requirement >= 0),
  valid_days    int4 not null,
  max_stake     int8,
  games         text[] not null,
  contributions int4[] not null,
  -- PENDING: the wallet has not given it yet. CANCELLED: it never was asked to.
  status        text not null check (status in ('PENDING', 'GRANTED', 'REFUSED', 'CANCELLED')),
  refusal       text,
  explanation   text,                           -- what the giver was told with it
  given_by      uuid references users,          -- null: it follows from the campaign's rules
  reason        text,                           -- why that person gave it
  asked_at      timestamptz,                    -- the wallet may know of it since; its days are counted from here
  grant_id      int8 unique,
  ending        text check (ending in ('DECLINED', 'CANCELLED')), -- somebody wants it over: its player, or the house
  ending_by     uuid references users,
  ending_at     timestamptz,
  ending_reason text,
  ended         boolean not null default false, -- and the wallet has answered to that
  created_at    timestamptz not null,
  decided_at    timestamptz,
  unfinished    boolean not null generated always as (
    status = 'PENDING' or (status = 'GRANTED' and ending is not null and not ended)
  ) stored,
  unique (campaign, user_id, ref),
  check ((status = 'GRANTED') = (grant_id is not null)),
  check ((status = 'REFUSED') = (refusal is not null)),
  check (explanation is null or refusal is not null),
  check ((status = 'PENDING') = (decided_at is null)),
  check (status <> 'GRANTED' or asked_at is not null),
  check (status <> 'CANCELLED' or asked_at is null),
  check ((given_by is null) = (reason is null) and given_by <> user_id),
  check ((ending is null) = (ending_by is null) and (ending is null) = (ending_at is null)),
  check ((ending = 'DECLINED') = (ending_by = user_id) and (ending = 'CANCELLED') = (ending_reason is not null)),
  check (not ended or (status = 'GRANTED' and ending is not null))
);
create index bonus_award_unfinished on bonus_award (id) where unfinished;
create index bonus_award_pending on bonus_award (user_id, id) where status = 'PENDING';
create index bonus_award_user on bonus_award (user_id, id);
create unique index bonus_award_given on bonus_award (given_by, ref) where given_by is not null; -- by the giver's key

-- What is credited now may have been asked for long ago.
create index cashier_transaction_credited on cashier_transaction (moved_at)
 where type = 'DEPOSIT' and moved is not null;

-- Weeks whose cashback is settled, by their first day: each once, for everybody in one transaction.
create table cashback_period (
  period     date primary key,
  settled_at timestamptz not null
);

-- What a player's losses of one period came to, and the cashback for it (S2-36). Losses are counted from where the row
-- before it ends, so each counts once, whenever this is done.
create table cashback (
  user_id    uuid not null references users,
  period     date not null references cashback_period,
  net_loss   int8 not null,             -- wallet.net_loss at its end
  loss       int8 not null,             -- in it; negative where the player has won
  level      int2 not null,
  rate       int4 not null,             -- hundredths of a percent
  amount     int8 not null check (amount >= 0), -- 0 as well where there was no campaign for it
  award      uuid unique references bonus_award,
  primary key (user_id, period),
  check ((amount > 0) = (award is not null))
);

-- The names that the documents use (S2-04, S2-35).
create view player_bonuses as
select a.id, a.user_id as player_id, a.campaign as bonus_id, a.amount, coalesce(g.wagered, 0) as process_amount,
       a.requirement as goal_amount,
       case a.status when 'GRANTED'
            then (array['ACTIVE', 'COMPLETED', 'CANCELLED', 'EXPIRED', 'CANCELLED', 'CANCELLED',
                        'CANCELLED'])[1 + g.status]
            when 'PENDING' then 'PENDING' else 'CANCELLED' end as status,
       coalesce(g.balance, 0) as balance, a.created_at, to_timestamp(g.expires_at / 1000.0) as expires_at
  from bonus_award a
  left join bonus_grant g on g.id = a.grant_id;

drop view balances;
create view balances as
select w.id, w.id as wallet_id, w.owner as player_id, w.currency as currency_id,
       w.real as amount, w.bonus, w.real as real_balance, w.bonus as bonus_balance, w.real + w.bonus as total_balance,
       w.held as pending, greatest(w.real - w.play_through - w.play_through_old, 0) as withdrawable, w.turnover,
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

create or replace view transactions as
select t.shard, t.seq as id, w.owner as user_id,
       (array['bet', 'win', 'house', 'refund', 'credit', 'debit', 'hold', 'withdrawal', 'release', 'bonus',
              'bonus_conversion', 'bonus_forfeit'])[t.reason] as type,
       l.amount, (array['real', 'bonus', 'held'])[1 + l.bucket] as bucket,
       nullif(t.position, 0) as bet_id, 'completed'::text as status
  from transfer t
  cross join lateral (values (t.debit, -t.amount, t.debit_bucket), (t.credit, t.amount, t.credit_bucket))
          as l (wallet, amount, bucket)
  join wallet w on w.id = l.wallet and w.owner is not null;

-- A line for every change of a player's balance (S4-48): read off the ledger, it cannot be changed either.
create view balance_audit as
select t.shard, t.seq, 'SYSTEM'::text as actor,
       format('%s:%s:%s:%s', case when l.amount < 0 then 'DEBIT' else 'CREDIT' end, w.owner, abs(l.amount),
              (array['STAKE', 'PAYOUT', 'HOUSE', 'REFUND', 'CREDIT', 'DEBIT', 'HOLD', 'WITHDRAWAL', 'RELEASE', 'BONUS',
                     'BONUS_CONVERSION', 'BONUS_FORFEIT'])[t.reason]) as action,
       w.owner as user_id, l.amount, (array['real', 'bonus', 'held'])[1 + l.bucket] as bucket
  from transfer t
  cross join lateral (values (t.debit, -t.amount, t.debit_bucket), (t.credit, t.amount, t.credit_bucket))
          as l (wallet, amount, bucket)
  join wallet w on w.id = l.wallet and w.owner is not null;

grant select on balance_audit to croupier_app;
grant select on bonus_grant to croupier_app, croupier_wallet;
grant insert, update on bonus_grant to croupier_wallet;
grant select, insert, update on bonus_campaign, bonus_award to croupier_app;
grant select, insert on cashback_period, cashback to croupier_app;
grant select on player_bonuses, balances to croupier_app, croupier_wallet;

-- A payout that has failed: people give its money back to the player (RETURN_PAYOUT), large amounts by two of them.
-- The credit follows from the row, as everything the cashier does.
alter table cashier_transaction
  drop column unfinished,
  add column forfeited_bonus       int8 not null default 0 check (forfeited_bonus >= 0), -- lost by asking for it
  add column return_first_approver uuid references users,
  add column returned_by           uuid references users,
  add column returned_at           timestamptz,
  add column return_reason         text,
  add column returned              int8 unique,           -- seq of the transfer that gave it back
  drop constraint cashier_transaction_payout_status_check,
  add constraint cashier_transaction_payout_status_check
    check (payout_status in ('SENT', 'PAID', 'FAILED', 'RETURNED')),
  add check ((coalesce(payout_status, '') = 'RETURNED') = (returned_by is not null)),
  add check ((returned_by is null) = (returned_at is null) and (returned_by is null) = (return_reason is null)),
  add check (forfeited_bonus = 0 or hold is not null),
  add check (return_first_approver is null or coalesce(payout_status, '') in ('FAILED', 'RETURNED')),
  add check (return_first_approver <> user_id and returned_by <> user_id and return_first_approver <> returned_by),
  add check (returned is null or returned_by is not null);
alter table cashier_transaction
  add column unfinished boolean not null generated always as (
    status = 'REQUESTED'
    or (type = 'DEPOSIT' and status = 'PENDING' and provider is not null and provider_reference is null)
    or (type = 'DEPOSIT' and status = 'APPROVED' and moved is null)
    or (type = 'DEPOSIT' and status in ('REJECTED', 'CANCELLED') and counted and not uncounted)
    or (type = 'WITHDRAWAL' and status in ('APPROVED', 'REJECTED', 'CANCELLED') and moved is null)
    or (type = 'WITHDRAWAL' and status = 'APPROVED' and provider is not null and payout_status is null)
    or (returned_by is not null and returned is null)
  ) stored;
create index cashier_transaction_unfinished on cashier_transaction (id) where unfinished;
