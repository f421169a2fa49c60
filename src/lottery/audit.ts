import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import { drawNumber } from '../fairness/lottery.ts';
import { keyHash, merkleRoot } from '../fairness/merkle.ts';
import { commitmentOf, serverSeed } from '../fairness/seed.ts';
import type { PhaseId } from '../ids.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';
import { takenKeys } from './slip-store.ts';

/** Whether the lottery's rows and the ledger say the same. Beside a live server too, where the money may lag behind. */
export function auditLottery(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, async (snapshot) => [
    ...(await runChecks(snapshot, CHECKS)),
    { check: 'numbers that were drawn', broken: await draws(snapshot) },
  ]);
}

/** A slip's lines are its collector's positions in its phase and add up to it; a void one's are taken back. */
const slips: Check = (database) =>
  database.any(sql.type(Row)`
    select format('slip %s is %s with %s lines of %s; its positions are %s of %s, %s of them taken back', s.id,
                  s.status, s.lines, s.total, t.lines, t.total, t.cancelled) as what
      from lottery_slip s
      join lottery_phase p on p.id = s.phase
      cross join lateral (
        select count(*) as lines, coalesce(sum(t.amount), 0) as total,
               count(*) filter (where c.outcome = 4) as cancelled
          from transfer t
          join wallet w on w.id = t.debit and w.owner = s.user_id
          left join closing c on c.shard = t.shard and c.position = t.position
         where t.shard = 0 and t.seq between s.seq and s.seq + s.lines - 1 and t.position = t.seq
           and t.book = p.book and t."window" < 0) t
     where s.seq is not null
       and ((s.lines, s.total) is distinct from (t.lines, t.total)
            or (s.status = 'VOID' and t.cancelled <> t.lines) or (s.status = 'ACCEPTED' and t.cancelled > 0))
     limit ${FINDINGS_MAX}`);

/** Nothing is staked on a phase but by a slip; one that has no answer yet may not know its positions. */
const strays: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select phase, sum(lines) as lines, bool_or(status = 'REQUESTED') as unanswered from lottery_slip group by phase
    ), staked as (
      select book, count(*) as lines from transfer where "window" < 0 group by book
    )
    select format('phase %s has %s lines in its slips and %s in the ledger', p.id, s.lines, t.lines) as what
      from lottery_phase p
      left join said s on s.phase = p.id
      left join staked t on t.book = p.book
     where coalesce(s.lines, 0) <> coalesce(t.lines, 0) and not coalesce(s.unanswered, false)
     limit ${FINDINGS_MAX}`);

/** What a settled phase says it took and paid is what its positions say (S3-05), and there is one for each. */
const settlements: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select book, sum(stake) as stake, sum(payout) as payout, count(*) as lines,
             count(*) filter (where outcome = 1) as won, count(distinct wallet) as collectors
        from position where "window" < 0 and outcome is distinct from 4 group by book
    )
    select format('phase %s is %s, its book %s; settled with %s in, %s out, %s lines (%s won) of %s collectors; its ' ||
                  'positions say %s, %s, %s (%s) of %s', p.id, p.status, b.state, l.total_in, l.total_out, l.lines,
                  l.winning_lines, l.collectors, s.stake, s.payout, s.lines, s.won, s.collectors) as what
      from lottery_phase p
      left join book b on b.id = p.book
      left join settlement_ledger l on l.phase = p.id
      left join said s on s.book = p.book
     where (p.status = 'SETTLED') <> (l.id is not null)
        or (p.status = 'SETTLED' and b.state is distinct from 'settled')
        or (l.id is not null and l.winning_number <> p.winning_number)
        or (l.id is not null and (l.total_in, l.total_out, l.lines, l.winning_lines, l.collectors) is distinct from
            (coalesce(s.stake, 0), coalesce(s.payout, 0), coalesce(s.lines, 0), coalesce(s.won, 0),
             coalesce(s.collectors, 0)))
     limit ${FINDINGS_MAX}`);

/** Every line on the winning number is paid by the multiplier of its phase, and no other is paid anything (S3-08). */
const payouts: Check = (database) =>
  database.any(sql.type(Row)`
    select format('position %s of %s on %s of phase %s, which %s won, was paid %s', q.id, q.stake, q.selection, p.id,
                  p.winning_number, q.payout) as what
      from lottery_phase p
      join position q on q.book = p.book
     where p.status = 'SETTLED' and q.outcome is distinct from 4
       and q.payout is distinct from
           case when q.selection = p.winning_number::int then q.stake * p.straight_multiplier else 0 end
     limit ${FINDINGS_MAX}`);

/** What each collector came to follows from the slips (S3-21), and the commission was credited to that collector. */
const collectors: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select phase, user_id, count(*) as slips, sum(lines) as lines, sum(total) as stake, sum(payout) as payout
        from lottery_slip where status = 'ACCEPTED' group by phase, user_id
    ), paid as (
      select p.id as phase, w.owner as user_id, sum(q.payout) as payout
        from lottery_phase p
        join position q on q.book = p.book and q.outcome = 1
        join wallet w on w.id = q.wallet
       group by p.id, w.owner
    )
    select format('phase %s came to %s/%s/%s, %s paid, %s commission (%s) for collector %s; the slips say %s/%s/%s, ' ||
                  '%s paid, and the ledger %s', c.phase, c.slips, c.lines, c.stake, c.payout, c.commission, t.amount,
                  c.user_id, s.slips, s.lines, s.stake, s.payout, d.payout) as what
      from lottery_collector c
      join lottery_phase p on p.id = c.phase and p.status = 'SETTLED'
      full join (select said.* from said join lottery_phase p on p.id = said.phase and p.status = 'SETTLED') s
        on s.phase = c.phase and s.user_id = c.user_id
      left join paid d on d.phase = c.phase and d.user_id = c.user_id
      left join transfer t on t.shard = 0 and t.seq = c.commission_seq and t.reason = 5
      left join wallet w on w.id = t.credit
     where (c.slips, c.lines, c.stake, c.payout, c.payout, c.commission) is distinct from
           (s.slips, s.lines, s.stake, s.payout, coalesce(d.payout, 0), div(c.stake * p.commission, 10000))
        or coalesce(t.amount, 0) <> c.commission or (t.seq is not null and w.owner is distinct from c.user_id)
     limit ${FINDINGS_MAX}`);

const Drawn = z.object({
  id: z.string().transform((id) => id as PhaseId),
  commitment: z.string(),
  root: z.string(),
  number: z.string(),
  revealed: z.string().nullable(),
});

/** The number follows from the seed that was committed to and the keys of the slips (DESIGN 6). */
async function draws(snapshot: Queries): Promise<readonly string[]> {
  const drawn = await snapshot.any(sql.type(Drawn)`
    select p.id, p.commitment, p.root, p.winning_number as number, s.revealed
      from lottery_phase p join lottery_seed s on s.phase = p.id
     where p.draw = 'provable' and p.winning_number is not null
     order by p.id`);
  const broken: string[] = [];
  for (const { id, commitment, root, number, revealed } of drawn) {
    const seed = serverSeed(Buffer.from(revealed ?? '', 'hex'));
    const said = merkleRoot((await takenKeys(snapshot, id)).map(keyHash));
    if (commitmentOf(seed) !== commitment) broken.push(`phase ${id}: its seed is not the one committed to`);
    if (said !== root) broken.push(`phase ${id} was drawn with root ${root}, its slips say ${said}`);
    if (drawNumber(seed, id, root) !== number) broken.push(`phase ${id}: ${number} is not what was drawn`);
  }
  return broken;
}

const CHECKS: readonly (readonly [string, Check])[] = [
  ['slips against positions', slips],
  ['positions against slips', strays],
  ['settlements of phases', settlements],
  ['payouts of phases', payouts],
  ['collectors of phases', collectors],
];
