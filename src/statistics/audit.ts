import { sql } from 'slonik';
import type { Database } from '../../db/pool.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';

/** Whether what was counted of the rounds is what the ledger says of them. Beside a live server too. */
export function auditStatistics(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, (snapshot) => runChecks(snapshot, CHECKS));
}

/** The bets of rounds that statistics have counted; an undone bet is none. */
const countedBets = sql.fragment`
  select r.id as round, r.game, r.ended_at, w.owner as user_id, p.stake, p.payout, p.outcome
    from round r
    join position p on p.book = r.book
    join wallet w on w.id = p.wallet
   where r.followed >= 2 and r.status <> 'voided' and p.outcome <> 4`;

/** What a settled round says of itself. */
const rounds: Check = (database) =>
  database.any(sql.type(Row)`
    with bet as (${countedBets}), said as (
      select round, count(*) as bets, sum(stake) as wagered, count(distinct user_id) as players,
             coalesce(sum(payout) filter (where outcome = 1), 0) as payouts,
             coalesce(sum(payout) filter (where outcome = 3), 0) as refunds
        from bet group by round
    )
    select format('round %s has %s bets of %s by %s players, %s paid and %s refunded; its positions say %s of %s by ' ||
                  '%s, %s and %s', r.id, r.total_bets, r.total_bet_amount, r.total_players, r.total_payouts,
                  r.total_refunds, s.bets, s.wagered, s.players, s.payouts, s.refunds) as what
      from round r
      left join said s on s.round = r.id
     where r.followed = 3 and r.status = 'settled'
       and (r.total_bets, r.total_bet_amount, r.total_players, r.total_payouts, r.total_refunds) is distinct from
           (coalesce(s.bets, 0), coalesce(s.wagered, 0), coalesce(s.players, 0), coalesce(s.payouts, 0),
            coalesce(s.refunds, 0))
     limit ${FINDINGS_MAX}`);

/** What it says of each of its players. */
const players: Check = (database) =>
  database.any(sql.type(Row)`
    with bet as (${countedBets}), said as (
      select round, user_id, sum(stake) as stake, sum(payout) as payout from bet group by round, user_id
    ), kept as (
      select p.round, p.user_id, p.stake, p.payout
        from round_player p join round r on r.id = p.round and r.followed = 3
    )
    select format('round %s: player %s staked %s and got %s, the positions say %s and %s',
                  coalesce(k.round, s.round), coalesce(k.user_id, s.user_id), k.stake, k.payout, s.stake, s.payout)
             as what
      from kept k
      full join said s on s.round = k.round and s.user_id = k.user_id
      join round r on r.id = coalesce(k.round, s.round) and r.followed = 3
     where (k.stake, k.payout) is distinct from (coalesce(s.stake, 0), coalesce(s.payout, 0))
     limit ${FINDINGS_MAX}`);

/** What a player had after a round is what the ledger, replayed up to the end of its book, says (S1-17). */
const balances: Check = (database) =>
  database.any(sql.type(Row)`
    with entry as (
      select credit as wallet, seq, amount, null::uuid as round, null::int8 as balance from transfer
      union all
      select debit, seq, -amount, null, null from transfer
      union all
      select w.id, b.last_seq, 0, p.round, p.balance_after
        from round_player p
        join round r on r.id = p.round
        join book b on b.id = r.book
        join wallet w on w.owner = p.user_id and w.currency = b.currency
       where p.balance_after is not null
    ), replayed as (
      select wallet, round, balance, sum(amount) over (partition by wallet order by seq, round is not null) as total
        from entry
    )
    select format('round %s left wallet %s with %s, its ledger says %s', round, wallet, balance, total) as what
      from replayed
     where round is not null and balance <> total
     limit ${FINDINGS_MAX}`);

/** Every table's months are the sums of its rounds (S0-70). */
const months: Check = (database) =>
  database.any(sql.type(Row)`
    with bet as (${countedBets}), of_round as (
      select round, count(*) as bets, sum(stake) as wagered, count(distinct user_id) as players,
             coalesce(sum(payout) filter (where outcome = 1), 0) as payouts,
             coalesce(sum(payout) filter (where outcome = 3), 0) as refunds
        from bet group by round
    ), said as (
      select r.game, date_trunc('month', r.ended_at at time zone 'UTC')::date as period_start,
             count(*) filter (where r.status <> 'voided') as rounds,
             count(*) filter (where r.status = 'voided') as voided,
             coalesce(sum(o.bets), 0) as bets, coalesce(sum(o.players), 0) as players,
             coalesce(sum(o.wagered), 0) as wagered, coalesce(sum(o.payouts), 0) as payouts,
             coalesce(sum(o.refunds), 0) as refunds
        from round r
        left join of_round o on o.round = r.id
       where r.followed >= 2 or r.status = 'voided'
       group by 1, 2
    )
    select format('%s in %s: %s rounds, %s voided, %s bets, %s players, %s wagered, %s paid, %s refunded; its ' ||
                  'rounds say %s, %s, %s, %s, %s, %s, %s', coalesce(g.game, s.game),
                  to_char(coalesce(g.period_start, s.period_start), 'YYYY-MM'), g.total_rounds, g.voided_rounds,
                  g.total_bets, g.player_rounds, g.total_wagered, g.total_payouts, g.total_refunds,
                  s.rounds, s.voided, s.bets, s.players, s.wagered, s.payouts, s.refunds) as what
      from game_statistics g
      full join said s on s.game = g.game and s.period_start = g.period_start
     where (g.total_rounds, g.voided_rounds, g.total_bets, g.player_rounds, g.total_wagered, g.total_payouts,
            g.total_refunds) is distinct from
           (s.rounds, s.voided, s.bets, s.players, s.wagered, s.payouts, s.refunds)
     limit ${FINDINGS_MAX}`);

/** A player's totals are the sums over all bets that were settled (S0-74). */
const users: Check = (database) =>
  database.any(sql.type(Row)`
    with bet as (${countedBets}), said as (
      select user_id, count(*) as bets, count(*) filter (where outcome = 1) as wins,
             count(*) filter (where outcome = 2) as losses, count(*) filter (where outcome = 3) as refunds,
             sum(stake) as bet_amount, coalesce(sum(payout) filter (where outcome = 1), 0) as win_amount,
             coalesce(sum(payout) filter (where outcome = 3), 0) as refund_amount,
             coalesce(max(payout) filter (where outcome = 1), 0) as biggest
        from bet group by user_id
    )
    select format('user %s: %s bets, %s won, %s lost, %s refunded, %s staked, %s won, %s refunded, %s at best; the ' ||
                  'positions say %s, %s, %s, %s, %s, %s, %s, %s', coalesce(u.user_id, s.user_id),
                  u.total_bets, u.total_wins, u.total_losses, u.total_refunds, u.total_bet_amount,
                  u.total_win_amount, u.total_refund_amount, u.biggest_win,
                  s.bets, s.wins, s.losses, s.refunds, s.bet_amount, s.win_amount, s.refund_amount, s.biggest) as what
      from user_statistics u
      full join said s on s.user_id = u.user_id
     where (u.total_bets, u.total_wins, u.total_losses, u.total_refunds, u.total_bet_amount, u.total_win_amount,
            u.total_refund_amount, u.biggest_win) is distinct from
           (s.bets, s.wins, s.losses, s.refunds, s.bet_amount, s.win_amount, s.refund_amount, s.biggest)
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['sums of rounds', rounds],
  ['results of players', players],
  ['balances after rounds', balances],
  ['statistics of tables', months],
  ['statistics of players', users],
];
