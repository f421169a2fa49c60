import { sql } from 'slonik';
import type { Database } from '../../db/pool.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';
import { ROLLUP_CHECKS } from './audit-rollups.ts';
import { STATEMENT_CHECKS } from './audit-statements.ts';

/** Whether what partners are owed, and what is counted for them, follows from the ledger. Beside a live server too. */
export function auditEarnings(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, (snapshot) => runChecks(snapshot, CHECKS));
}

/** A partner's totals are the sums of the rows (S0-61). */
const totals: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select partner_id, sum(earned_amount) as total,
             coalesce(sum(earned_amount) filter (where status = 'pending'), 0) as pending
        from partner_game_earnings group by partner_id
    )
    select format('partner %s has %s, %s of it pending; the rows say %s and %s', p.id, p.total_commission,
                  p.pending_commission, s.total, s.pending) as what
      from partners p
      left join said s on s.partner_id = p.id
     where (p.total_commission, p.pending_commission) is distinct from
           (coalesce(s.total, 0), coalesce(s.pending, 0))
     limit ${FINDINGS_MAX}`);

/** Every row follows from its round's positions and the percentages in it (S0-54 … S0-59). */
const rows: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select e.id, coalesce(sum(b.stake), 0) as bets, coalesce(sum(b.payout), 0) as payouts,
             count(distinct b.wallet) as players
        from partner_game_earnings e
        join round r on r.id = e.round_id and r.game = e.game_id and r.followed >= 1
        join partners p on p.id = e.partner_id
        left join (select q.book, q.stake, q.payout, q.wallet, u.referred_by
                     from position q
                     join wallet w on w.id = q.wallet
                     join users u on u.id = w.owner
                    where q.outcome <> 4) b on b.book = r.book and b.referred_by = p.user_id
       group by e.id
    ), figures as (
      select e.*, s.bets, s.payouts, s.players, div((s.bets - s.payouts) * e.share_percentage, 10000) as profit
        from partner_game_earnings e
        left join said s on s.id = e.id
    )
    select format('round %s earns partner %s %s on %s bets, %s payouts, %s players; its positions say %s on %s, %s, %s',
                  round_id, partner_id, earned_amount, real_total_bets, real_total_payouts, player_count,
                  div(profit * commission_rate, 10000), bets, payouts, players) as what
      from figures
     where (real_total_bets, real_total_payouts, player_count, shown_profit, shown_total_bets, shown_total_payouts,
            earned_amount) is distinct from
           (bets, payouts, players, profit, div(bets * share_percentage, 10000),
            div(payouts * share_percentage, 10000), div(profit * commission_rate, 10000))
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['totals of partners', totals],
  ['earnings of partners', rows],
  ...ROLLUP_CHECKS,
  ...STATEMENT_CHECKS,
];
