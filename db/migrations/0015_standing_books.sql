-- Standing books: a trading desk's. They stay open for years, and each position in them ends by itself (S4-20).
-- `stake`: what is at stake lies in escrow, as everywhere. `margin`: it stays the player's, in their own held money, as
-- it is only what a trade may lose (S4-17): its opening transfer is real -> held of one wallet. Real money only.
alter table book add column standing text check (standing in ('stake', 'margin'));
alter table book add constraint book_kind check (not pooled or standing is null);

-- Which of their positions are open. All of it follows from transfer and closing; it is here because those of a
-- standing book lie anywhere in the ledger, and a new owner of the shard has to find the few that are open.
create table open_position (
  position int8 not null,
  book     int8 not null references book,
  shard    int2 not null,
  primary key (shard, position)
) with (fillfactor = 70);

-- A margin that is lost goes from the player's held money to the house: reason 13.
create or replace view transactions as
select t.shard, t.seq as id, w.owner as user_id,
       (array['bet', 'win', 'house', 'refund', 'credit', 'debit', 'hold', 'withdrawal', 'release', 'bonus',
              'bonus_conversion', 'bonus_forfeit', 'loss'])[t.reason] as type,
       l.amount, (array['real', 'bonus', 'held'])[1 + l.bucket] as bucket,
       nullif(t.position, 0) as bet_id, 'completed'::text as status
  from transfer t
  cross join lateral (values (t.debit, -t.amount, t.debit_bucket), (t.credit, t.amount, t.credit_bucket))
          as l (wallet, amount, bucket)
  join wallet w on w.id = l.wallet and w.owner is not null;

grant select on open_position to croupier_app, croupier_wallet;
grant insert, delete on open_position to croupier_wallet;
