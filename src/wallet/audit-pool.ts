import { sql } from 'slonik';
import { type Check, FINDINGS_MAX, Row } from './audit-check.ts';

/** What stands on each selection of a pool is what its lines say, those taken back left out. */
const totals: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select t.book, t.selection, sum(t.amount) as stake, sum(t.liability) as liability, count(*) as lines
        from transfer t
        left join closing c on c.shard = t.shard and c.position = t.position
       where t."window" < 0 and c.outcome is distinct from 4
       group by t.book, t.selection
    )
    select format('pool %s has %s/%s of %s lines on %s, its lines say %s/%s of %s', coalesce(p.book, s.book), p.stake,
                  p.liability, p.lines, coalesce(p.selection, s.selection), s.stake, s.liability, s.lines) as what
      from pool_total p
      full join said s on s.book = p.book and s.selection = p.selection
     where (coalesce(p.stake, 0), coalesce(p.liability, 0), coalesce(p.lines, 0)) is distinct from
           (coalesce(s.stake, 0), coalesce(s.liability, 0), coalesce(s.lines, 0))
     limit ${FINDINGS_MAX}`);

/** What each player has open in a pool is what their lines say; once it is closed, nothing. */
const players: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select t.book, t.debit as wallet, sum(t.amount) filter (where c.position is null) as stake,
             count(*) filter (where c.position is null) as lines
        from transfer t
        left join closing c on c.shard = t.shard and c.position = t.position
       where t."window" < 0
       group by t.book, t.debit
    )
    select format('wallet %s has %s in %s lines of pool %s, its lines say %s in %s', coalesce(p.wallet, s.wallet),
                  p.stake, p.lines, coalesce(p.book, s.book), s.stake, s.lines) as what
      from pool_player p
      full join said s on s.book = p.book and s.wallet = p.wallet
     where p.wallet is null or s.wallet is null
        or (p.stake, p.lines) is distinct from
           (case when p.closed_batch is null then coalesce(s.stake, 0) else 0 end,
            case when p.closed_batch is null then s.lines else 0 end)
     limit ${FINDINGS_MAX}`);

export const POOL_CHECKS: readonly (readonly [string, Check])[] = [
  ['totals of pools', totals],
  ['players of pools', players],
];
