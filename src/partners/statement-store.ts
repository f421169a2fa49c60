import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor, Percentage } from '../money.ts';
import { CARRY_OVERS, type PartnerId } from './commission.ts';
import type { StatementId } from './statement.ts';

const Nothing = z.strictObject({});
const Id = z.string().transform((id) => id as StatementId);
const Partner = z.string().transform((id) => id as PartnerId);
const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const Count = z.bigint().transform(Number);
const Hundredths = z.int().transform((percentage) => percentage as Percentage);

export const STATEMENT_STATUSES = ['CLOSED', 'NOTHING_DUE', 'APPROVED', 'PAYING', 'PAID'] as const;

const StatementRow = z.object({
  id: Id,
  partnerId: Partner,
  userId: User,
  /** The month's first day, in UTC. */
  period: z.string(),
  currency: z.string().transform((currency) => currency as Currency),
  bets: Count,
  staked: Money,
  paid: Money,
  realStaked: Money,
  realPaid: Money,
  converted: Money,
  shownStaked: Money,
  shownPaid: Money,
  shownGgr: Money,
  shownNgr: Money,
  /** Those under which it was counted, null where there were several; of an empty month those at its end. */
  sharePercentage: Hundredths.nullable(),
  commissionRate: Hundredths.nullable(),
  carryOver: z.enum(CARRY_OVERS),
  earned: Money,
  carriedIn: Money,
  due: Money,
  carriedOut: Money,
  status: z.enum(STATEMENT_STATUSES),
  closedAt: z.date(),
  approvedBy: User.nullable(),
  approvedAt: z.date().nullable(),
  paidBy: User.nullable(),
  paidAt: z.date().nullable(),
  /** The transfer that credited it. */
  moved: Count.nullable(),
});
/** What a month came to for a partner: final, only its payment is to come. */
export type Statement = Readonly<z.output<typeof StatementRow>>;

const STATEMENT = sql.fragment`
  s.id, s.partner_id as "partnerId", p.user_id as "userId", s.period, s.currency, s.bets, s.staked, s.paid,
  s.real_staked as "realStaked", s.real_paid as "realPaid", s.converted, s.shown_staked as "shownStaked",
  s.shown_paid as "shownPaid", s.shown_ggr as "shownGgr", s.shown_ngr as "shownNgr",
  s.share_percentage as "sharePercentage", s.commission_rate as "commissionRate", s.carry_over as "carryOver",
  s.earned, s.carried_in as "carriedIn", s.due, s.carried_out as "carriedOut", s.status, s.closed_at as "closedAt",
  s.approved_by as "approvedBy", s.approved_at as "approvedAt", s.paid_by as "paidBy", s.paid_at as "paidAt", s.moved`;
const FROM = sql.fragment`from partner_statement s join partners p on p.id = s.partner_id`;

export type NewStatement = Omit<Statement, 'userId' | 'approvedBy' | 'approvedAt' | 'paidBy' | 'paidAt' | 'moved'>;

/** False where the month is closed. */
export async function insertStatement(tx: Queries, row: NewStatement): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    insert into partner_statement (id, partner_id, period, currency, bets, staked, paid, real_staked, real_paid,
                                   converted, shown_staked, shown_paid, shown_ggr, shown_ngr, share_percentage,
                                   commission_rate, carry_over, earned, carried_in, due, carried_out, status, closed_at)
    values (${row.id}::uuid, ${row.partnerId}::uuid, ${row.period}::date, ${row.currency}, ${row.bets}, ${row.staked},
            ${row.paid}, ${row.realStaked}, ${row.realPaid}, ${row.converted}, ${row.shownStaked}, ${row.shownPaid},
            ${row.shownGgr}, ${row.shownNgr}, ${row.sharePercentage}, ${row.commissionRate}, ${row.carryOver},
            ${row.earned}, ${row.carriedIn}, ${row.due}, ${row.carriedOut}, ${row.status},
            ${sql.timestamp(row.closedAt)})
    on conflict (partner_id, period) do nothing`);
  return rowCount > 0;
}

/** The last month that is closed. */
export function lastStatement(queries: Queries, partner: PartnerId): Promise<Statement | null> {
  return queries.maybeOne(sql.type(StatementRow)`
    select ${STATEMENT} ${FROM} where s.partner_id = ${partner}::uuid order by s.period desc limit 1`);
}

const FirstRow = z.object({ at: z.date() });

/** When the first thing was counted for a partner, or they became one, whichever was before. */
export async function firstCounted(queries: Queries, partner: PartnerId): Promise<Date> {
  const { at } = await queries.one(sql.type(FirstRow)`
    select least(p.created_at, (select min(slot) from partner_slot s where s.partner_id = p.id)) as at
      from partners p where p.id = ${partner}::uuid`);
  return at;
}

/** Of all partners, in this status or in any, the newest first. */
export function allStatements(
  queries: Queries,
  {
    status,
    before,
    limit,
  }: { status: Statement['status'] | undefined; before: StatementId | undefined; limit: number },
): Promise<readonly Statement[]> {
  return queries.any(sql.type(StatementRow)`
    select ${STATEMENT} ${FROM}
     where (${status ?? null}::text is null or s.status = ${status ?? null}::text)
       and (${before ?? null}::uuid is null or s.id < ${before ?? null}::uuid)
     order by s.id desc limit ${limit}`);
}

/** A partner's, the newest month first. */
export function newestStatements(
  queries: Queries,
  partner: PartnerId,
  before: string | undefined,
  limit: number,
): Promise<readonly Statement[]> {
  return queries.any(sql.type(StatementRow)`
    select ${STATEMENT} ${FROM}
     where s.partner_id = ${partner}::uuid and (${before ?? null}::date is null or s.period < ${before ?? null}::date)
     order by s.period desc limit ${limit}`);
}

export function findStatement(queries: Queries, id: StatementId): Promise<Statement | null> {
  return queries.maybeOne(sql.type(StatementRow)`select ${STATEMENT} ${FROM} where s.id = ${id}::uuid`);
}

/** Nobody else decides on it until the transaction ends. */
export function lockStatement(tx: Queries, id: StatementId): Promise<Statement | null> {
  return tx.maybeOne(sql.type(StatementRow)`
    select ${STATEMENT} ${FROM} where s.id = ${id}::uuid for no key update of s`);
}

export async function recordApproval(tx: Queries, id: StatementId, by: UserId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update partner_statement set status = 'APPROVED', approved_by = ${by}::uuid, approved_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status in ('CLOSED', 'APPROVED')`);
}

export async function recordPaying(tx: Queries, id: StatementId, by: UserId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update partner_statement set status = 'PAYING', paid_by = ${by}::uuid, paid_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'APPROVED'`);
}

/** False where that is on record already. */
export async function recordPaid(tx: Queries, id: StatementId, moved: number, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    update partner_statement set status = 'PAID', moved = ${moved}, moved_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'PAYING'`);
  return rowCount > 0;
}

/** What has become of a month's rounds, and as much less that is pending. Lock the partner before. */
export async function settleRounds(
  tx: Queries,
  { partnerId, period }: Pick<Statement, 'partnerId' | 'period'>,
  status: 'paid' | 'netted',
  at: Date,
): Promise<void> {
  await tx.query(sql.type(Nothing)`
    with settled as (
      update partner_game_earnings
         set status = ${status}, paid_at = case when ${status} = 'paid' then ${sql.timestamp(at)}::timestamptz end
       where partner_id = ${partnerId}::uuid and status = 'pending'
         and created_at >= (${period}::date)::timestamp at time zone 'UTC'
         and created_at < (${period}::date + interval '1 month') at time zone 'UTC'
      returning earned_amount
    )
    update partners set pending_commission = pending_commission - (select coalesce(sum(earned_amount), 0) from settled)
     where id = ${partnerId}::uuid`);
}

const SettledRow = z.object({ settled: Money, paid: Money });

/** What all closed months of a partner came to, and how much of it is paid. */
export function settledOf(queries: Queries, partner: PartnerId) {
  return queries.one(sql.type(SettledRow)`
    select coalesce(sum(due), 0)::int8 as settled, coalesce(sum(due) filter (where status = 'PAID'), 0)::int8 as paid
      from partner_statement where partner_id = ${partner}::uuid`);
}

const IdRow = z.object({ id: Id });

/** Those whose money is on its way. */
export async function unfinishedStatements(queries: Queries): Promise<readonly StatementId[]> {
  const rows = await queries.any(sql.type(IdRow)`
    select id from partner_statement where unfinished order by id limit 1000`);
  return rows.map(({ id }) => id);
}
