import { sql } from 'slonik';
import { type Check, FINDINGS_MAX, Row } from './audit-check.ts';

/** Every bonus has what the ledger says it has, and what bets that were made with it have at stake. */
const balances: Check = (database) =>
  database.any(sql.type(Row)`
    with moved as (
      select t.bonus_grant as id,
             sum(case when t.credit = g.wallet and t.credit_bucket = 1 then t.amount else 0 end
               - case when t.debit = g.wallet and t.debit_bucket = 1 then t.amount else 0 end) as balance,
             coalesce(sum(t.amount) filter (where t.book is not null and c.position is null), 0) as at_stake
        from transfer t
        join bonus_grant g on g.shard = t.shard and g.id = t.bonus_grant
        left join closing c on c.shard = t.shard and c.position = t.position
       where t.bonus_grant is not null
       group by t.bonus_grant
    )
    select format('bonus %s has %s and %s at stake, its ledger says %s and %s', g.id, g.balance, g.at_stake,
                  coalesce(m.balance, 0), coalesce(m.at_stake, 0)) as what
      from bonus_grant g
      left join moved m on m.id = g.id
     where (g.balance, g.at_stake) is distinct from (coalesce(m.balance, 0), coalesce(m.at_stake, 0))
     limit ${FINDINGS_MAX}`);

/** A wallet's bonus money is that of its bonuses, all of it. */
const wallets: Check = (database) =>
  database.any(sql.type(Row)`
    select format('wallet %s has a bonus of %s, its bonuses have %s', w.id, w.bonus, coalesce(g.balance, 0)) as what
      from wallet w
      left join (select wallet, sum(balance) as balance from bonus_grant group by wallet) g on g.wallet = w.id
     where w.owner is not null and w.bonus <> coalesce(g.balance, 0)
     limit ${FINDINGS_MAX}`);

/** Each was given by the transfer that it is named for, and no other transfer gives one or moves one of a stranger. */
const gifts: Check = (database) =>
  database.any(sql.type(Row)`
    select format('bonus %s of wallet %s over %s is not what transfer %s gave', g.id, g.wallet, g.amount, g.id) as what
      from bonus_grant g
      left join transfer t on t.shard = g.shard and t.seq = g.id
     where (t.reason, t.credit, t.credit_bucket, t.amount, t.bonus_grant) is distinct from
           (10::int2, g.wallet, 1::int2, g.amount, g.id)
    union all
    select format('transfer %s moves bonus money of wallets %s and %s, but bonus %s is not theirs', t.seq, t.debit,
                  t.credit, coalesce(t.bonus_grant::text, 'none'))
      from transfer t
      join wallet d on d.id = t.debit
      join wallet c on c.id = t.credit
      left join bonus_grant g on g.shard = t.shard and g.id = t.bonus_grant
      left join position p on p.shard = t.shard and p.id = t.position and t.position > 0
     where (t.reason in (10, 11, 12) or (t.debit_bucket = 1 and d.owner is not null)
            or (t.credit_bucket = 1 and c.owner is not null))
       and (g.id is null or g.wallet not in (t.debit, t.credit, coalesce(p.wallet, 0)))
     limit ${FINDINGS_MAX}`);

/** No bonus has come further than by what its player has staked since and not taken back. */
const playThrough: Check = (database) =>
  database.any(sql.type(Row)`
    with staked as (
      select g.id, coalesce(sum(p.stake), 0) as stake
        from bonus_grant g
        left join position p on p.wallet = g.wallet and p.id > g.id and p.outcome is distinct from 4
       where g.wagered > 0
       group by g.id
    )
    select format('bonus %s counts %s of play, its player has staked %s since', g.id, g.wagered, s.stake) as what
      from bonus_grant g
      join staked s on s.id = g.id
     where g.wagered > s.stake
     limit ${FINDINGS_MAX}`);

export const BONUS_CHECKS: readonly (readonly [string, Check])[] = [
  ['bonuses against the ledger', balances],
  ['bonus money against bonuses', wallets],
  ['where bonuses come from', gifts],
  ['play-through against stakes', playThrough],
];
