import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import { BONUS_CHECKS } from './audit-bonus.ts';
import { walkChain } from './audit-chain.ts';
import { type Check, FINDINGS_MAX, Row } from './audit-check.ts';
import { POOL_CHECKS } from './audit-pool.ts';

/** What one check found. `broken` is empty when the books are right. */
export interface Finding {
  readonly check: string;
  readonly broken: readonly string[];
}

/**
 * Re-walks everything from the rows themselves, on one snapshot: it may run beside a live server. `chain: false` leaves
 * out the hash chain (for ledgers the actor did not write).
 */
export function auditBooks(database: Database, { chain = true } = {}): Promise<readonly Finding[]> {
  return onSnapshot(database, async (snapshot) => {
    const findings = await runChecks(snapshot, CHECKS);
    if (!chain) return findings;
    const strays = await runChecks(snapshot, [['rows beside the chain', chained]]);
    return [...findings, ...strays, { check: 'hash chain', broken: await walkChain(snapshot) }];
  });
}

/** Asks everything of one moment, and can write nothing. */
export function onSnapshot<T>(database: Database, ask: (snapshot: Queries) => Promise<T>): Promise<T> {
  return database.transaction(async (snapshot) => {
    await snapshot.query(sql.type(z.strictObject({}))`set transaction isolation level repeatable read, read only`);
    // A long history takes its time.
    await snapshot.query(sql.type(z.strictObject({}))`set local statement_timeout = 0`);
    // Everything is read anyway; a loop planned by guesses about tables that have just grown would read it many times.
    await snapshot.query(sql.type(z.strictObject({}))`set local enable_nestloop = off`);
    return ask(snapshot);
  });
}

export async function runChecks(
  snapshot: Queries,
  checks: readonly (readonly [string, Check])[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, find] of checks) {
    const rows = await find(snapshot);
    findings.push({ check, broken: rows.map(({ what }) => what) });
  }
  return findings;
}

/** Double entry: whatever one wallet has, another owes. */
const trialBalance: Check = (database) =>
  database.any(sql.type(Row)`
    select format('%s sums to %s', currency, sum(real + bonus + held)) as what
      from wallet
     group by currency
    having sum(real + bonus + held) <> 0`);

/** The ledger, replayed from nothing, gives every wallet's buckets and its version (S2-27). */
const replay: Check = (database) =>
  database.any(sql.type(Row)`
    with leg as (
      select debit as wallet, debit_bucket as bucket, -amount as amount from transfer
      union all
      select credit, credit_bucket, amount from transfer
    ), total as (
      select wallet, count(*) as version,
             coalesce(sum(amount) filter (where bucket = 0), 0) as real,
             coalesce(sum(amount) filter (where bucket = 1), 0) as bonus,
             coalesce(sum(amount) filter (where bucket = 2), 0) as held
        from leg group by wallet
    )
    select format('wallet %s holds %s/%s/%s at version %s, its ledger says %s/%s/%s at %s', coalesce(w.id, t.wallet),
                  w.real, w.bonus, w.held, w.version, t.real, t.bonus, t.held, t.version) as what
      from wallet w
      full join total t on t.wallet = w.id
     where (coalesce(w.real, 0), coalesce(w.bonus, 0), coalesce(w.held, 0), coalesce(w.version, 0)) is distinct from
           (coalesce(t.real, 0), coalesce(t.bonus, 0), coalesce(t.held, 0), coalesce(t.version, 0))
     limit ${FINDINGS_MAX}`);

/** The pre-computed aggregates are what the positions say (S2-12, S2-30). */
const aggregates: Check = (database) =>
  database.any(sql.type(Row)`
    with won as (
      select position, coalesce(sum(amount) filter (where debit_bucket in (0, 2)), 0) as real,
             coalesce(sum(amount) filter (where debit_bucket = 1), 0) as bonus
        from transfer where reason in (2, 4) or (reason = 12 and position > 0) group by position
    ), total as (
      select p.wallet, sum(p.stake) as turnover, count(*) as bets,
             -- Stakes on a standing book count what they have won or lost, up to themselves; margins nothing.
             sum(case when b.standing is null then p.stake
                      when p.payout is null or b.standing = 'margin' then 0
                      else least(abs(p.payout - p.stake), p.stake) end / 100) as xp,
             coalesce(sum(greatest(p.real - coalesce(w.real, 0), 0)) filter (where p.outcome is not null), 0)
               as real_losses,
             coalesce(sum(p.real - coalesce(w.real, 0))
               filter (where p.outcome is not null and b.standing is distinct from 'margin'), 0) as net_loss,
             coalesce(sum(greatest(p.bonus - coalesce(w.bonus, 0), 0)) filter (where p.outcome is not null), 0)
               as bonus_losses
        from position p
        join book b on b.id = p.book
        left join won w on w.position = p.id
       where p.outcome is distinct from 4
       group by p.wallet
    )
    select format('wallet %s: turnover %s, bets %s, xp %s, losses %s/%s (%s); its positions say %s, %s, %s, %s/%s (%s)',
                  w.id, w.turnover, w.bets, w.xp, w.real_losses, w.bonus_losses, w.net_loss,
                  t.turnover, t.bets, t.xp, t.real_losses, t.bonus_losses, t.net_loss) as what
      from wallet w
      left join total t on t.wallet = w.id
     where (w.turnover, w.bets, w.xp, w.real_losses, w.bonus_losses, w.net_loss) is distinct from
           (coalesce(t.turnover, 0), coalesce(t.bets, 0), coalesce(t.xp, 0),
            coalesce(t.real_losses, 0), coalesce(t.bonus_losses, 0), coalesce(t.net_loss, 0))
     limit ${FINDINGS_MAX}`);

/** What lies in escrow is what is at stake, game by game, bucket by bucket. */
const escrow: Check = (database) =>
  database.any(sql.type(Row)`
    with at_stake as (
      select 'escrow:' || b.game as name, b.currency, sum(p.real) as real, sum(p.bonus) as bonus
        from position p join book b on b.id = p.book
       where p.outcome is null and b.standing is distinct from 'margin'
       group by b.game, b.currency
    )
    select format('%s %s holds %s/%s, at stake are %s/%s', w.name, w.currency, w.real, w.bonus, s.real, s.bonus) as what
      from wallet w
      left join at_stake s on s.name = w.name and s.currency = w.currency
     where w.name like 'escrow:%'
       and (w.real, w.bonus, w.held) is distinct from (coalesce(s.real, 0), coalesce(s.bonus, 0), 0)`);

/**
 * Every closing pays exactly its payout, to the position's owner, or what was forfeited of it to where bonuses come
 * from; nothing is paid without a closing.
 */
const payouts: Check = (database) =>
  database.any(sql.type(Row)`
    with paid as (
      select shard, position, sum(amount) as amount, min(credit) filter (where reason <> 12) as wallet,
             max(credit) filter (where reason <> 12) as other
        from transfer where reason in (2, 4) or (reason = 12 and position > 0) group by shard, position
    )
    select format('position %s: closed with %s, paid %s', coalesce(c.position, p.position), c.payout, p.amount) as what
      from closing c
      full join paid p on p.shard = c.shard and p.position = c.position
      left join position o on o.shard = coalesce(c.shard, p.shard) and o.id = coalesce(c.position, p.position)
     where coalesce(c.payout, -1) <> coalesce(p.amount, 0) or o.id is null
        or (p.position is not null and (p.wallet <> o.wallet or p.other <> o.wallet))
     limit ${FINDINGS_MAX}`);

/** Held is what holds and margins are open; each hold was ended once at most, whole, and from the wallet it is in. */
const holds: Check = (database) =>
  database.any(sql.type(Row)`
    with open as (
      select wallet, sum(amount) as held
        from (select wallet, amount from hold where status = 'open'
              union all
              select p.wallet, p.stake from position p
                join book b on b.id = p.book and b.standing = 'margin'
               where p.outcome is null) h
       group by wallet
    )
    select format('wallet %s holds %s, its open holds and margins are %s', w.id, w.held, coalesce(o.held, 0)) as what
      from wallet w left join open o on o.wallet = w.id
     where w.held <> coalesce(o.held, 0)
    union all
    select format('transfer %s ends hold %s, which is not one of wallet %s over %s', e.seq, e.position, e.debit,
                  e.amount)
      from transfer e
      left join transfer h on h.shard = e.shard and h.seq = e.position and h.reason = 7
     where e.reason in (8, 9)
       and (h.debit, h.credit, h.amount, h.seq, 2::int2) is distinct from
           (e.debit, e.debit, e.amount, h.position, e.debit_bucket)
     limit ${FINDINGS_MAX}`);

/** The links of a statement are those that the transfers themselves have. */
const statements: Check = (database) =>
  database.any(sql.type(Row)`
    with leg as (
      select shard, seq, debit as wallet, debit_prev as said from transfer
      union
      select shard, seq, credit, credit_prev from transfer
    ), linked as (
      select seq, wallet, said, lag(seq, 1, 0::int8) over (partition by wallet order by seq) as prev from leg
    )
    select format('transfer %s of wallet %s follows %s, not %s', seq, wallet, prev, said) as what
      from linked where said <> prev
    union all
    select format('the last transfer of wallet %s is %s, not %s', w.id, coalesce(l.seq, 0), w.last_seq)
      from wallet w
      left join (select wallet, max(seq) as seq from leg group by wallet) l on l.wallet = w.id
     where w.last_seq <> coalesce(l.seq, 0)
     limit ${FINDINGS_MAX}`);

/**
 * What was counted by the hour, for players' limits, is what the positions say: stakes, and these less what came; of
 * standing books only what is closed.
 */
const hours: Check = (database) =>
  database.any(sql.type(Row)`
    with counted as (
      select wallet, sum(wagered) as wagered, sum(lost) as lost
        from (select wallet, wagered, lost from limit_hour
              union all
              select id, hour_wagered, hour_lost from wallet) h
       group by wallet
    ), forfeited as (
      select position, sum(amount) as amount from transfer where reason = 12 and position > 0 group by position
    ), said as (
      select p.wallet, sum(p.stake) as wagered,
             sum(case when b.standing is not null and p.outcome is null then 0
                      else p.stake - coalesce(p.payout, 0) + coalesce(f.amount, 0) end) as lost
        from position p
        join book b on b.id = p.book
        left join forfeited f on f.position = p.id
       where p.outcome is distinct from 4
       group by p.wallet
    )
    select format('wallet %s has counted stakes of %s and losses of %s, its positions say %s and %s', c.wallet,
                  c.wagered, c.lost, coalesce(s.wagered, 0), coalesce(s.lost, 0)) as what
      from counted c left join said s on s.wallet = c.wallet
     where (c.wagered, c.lost) is distinct from (coalesce(s.wagered, 0), coalesce(s.lost, 0))
     limit ${FINDINGS_MAX}`);

/** Sequence numbers have no gap, and the accepted commands account for every transfer. */
const gapless: Check = (database) =>
  database.any(sql.type(Row)`
    select format('shard %s is at %s, has %s transfers up to %s, its commands made %s',
                  s.shard, s.seq, t.count, t.last, c.moves) as what
      from shard s,
           lateral (select count(*), coalesce(max(seq), 0) as last from transfer t where t.shard = s.shard) t,
           lateral (select coalesce(sum(moves), 0) as moves from command c where c.shard = s.shard and c.verdict = 0) c
     where t.count <> s.seq or t.last <> s.seq or c.moves <> s.seq`);

/** Every answer and every closing belongs to a batch of the chain: none was slipped in beside it. */
const chained: Check = (database) =>
  database.any(sql.type(Row)`
    select format('%s names batch %s of shard %s, which the chain does not have', r.what, r.batch, r.shard) as what
      from (select 'command ' || key as what, shard, batch from command
            union all
            select 'closing of position ' || position, shard, batch from closing) r
      left join link l on l.shard = r.shard and l.batch = r.batch
     where l.batch is null
     limit ${FINDINGS_MAX}`);

/** The positions on record as open are those of standing books that are not closed, with whose they are and of what. */
const standing: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select t.shard, t.position, t.book, t.debit as wallet, t.amount as stake
        from transfer t
        join book b on b.id = t.book and b.standing is not null
        left join closing c on c.shard = t.shard and c.position = t.position
       where c.position is null
    )
    select format('position %s of book %s: on record as open %s with %s of wallet %s, open %s with %s of %s',
                  coalesce(o.position, s.position), coalesce(o.book, s.book), o.position is not null, o.stake, o.wallet,
                  s.position is not null, s.stake, s.wallet) as what
      from open_position o
      full join said s on s.shard = o.shard and s.position = o.position
     where (o.book, o.wallet, o.stake) is distinct from (s.book, s.wallet, s.stake)
     limit ${FINDINGS_MAX}`);

/** A finished book has nothing open. */
const finished: Check = (database) =>
  database.any(sql.type(Row)`
    select format('book %s is %s, but position %s is open', b.id, b.state, p.id) as what
      from book b
      join position p on p.book = b.id and p.outcome is null
     where b.state in ('settled', 'voided')
     limit ${FINDINGS_MAX}`);

const CHECKS: readonly (readonly [string, Check])[] = [
  ['trial balance', trialBalance],
  ['ledger replay', replay],
  ['wallet aggregates', aggregates],
  ['escrow against open positions', escrow],
  ['payouts against closings', payouts],
  ['held money against holds', holds],
  ...BONUS_CHECKS,
  ...POOL_CHECKS,
  ['statements', statements],
  ['hours of the limits', hours],
  ['gapless ledger', gapless],
  ['open positions of standing books', standing],
  ['finished books', finished],
];
