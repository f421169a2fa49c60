import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import { REFUSALS, type RefusalCode } from '../refusal.ts';
import { type Adjustment, type AdjustmentId, STATUSES, type Status } from './adjustment.ts';

const Nothing = z.strictObject({});
const User = z.string().transform((id) => id as UserId);

const Row = z.object({
  id: z.string().transform((id) => id as AdjustmentId),
  userId: User,
  requestedBy: User,
  key: z.string().transform((key) => key as Key),
  amount: z.bigint().transform((amount) => amount as Minor),
  currency: z.string().transform((code) => code as Currency),
  reason: z.string(),
  status: z.enum(STATUSES),
  refusal: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]).nullable(),
  decidedBy: User.nullable(),
  decidedAt: z.date().nullable(),
  decisionReason: z.string().nullable(),
  moved: z.bigint().transform(Number).nullable(),
  createdAt: z.date(),
}) satisfies z.ZodType<Adjustment>;

const COLUMNS = sql.fragment`
  id, user_id as "userId", requested_by as "requestedBy", key, amount, currency, reason, status, refusal,
  decided_by as "decidedBy", decided_at as "decidedAt", decision_reason as "decisionReason", moved,
  created_at as "createdAt"`;

export type NewAdjustment = Pick<
  Adjustment,
  'id' | 'userId' | 'requestedBy' | 'key' | 'amount' | 'currency' | 'reason' | 'createdAt'
>;

/** False where its asker has used the key before. */
export async function insertAdjustment(tx: Queries, row: NewAdjustment): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    insert into adjustment (id, user_id, requested_by, key, amount, currency, reason, status, created_at)
    values (${row.id}::uuid, ${row.userId}::uuid, ${row.requestedBy}::uuid, ${row.key}::uuid, ${row.amount},
            ${row.currency}, ${row.reason}, 'PENDING', ${sql.timestamp(row.createdAt)})
    on conflict (requested_by, key) do nothing`);
  return rowCount > 0;
}

export function findAdjustment(queries: Queries, id: AdjustmentId): Promise<Adjustment | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from adjustment where id = ${id}::uuid`);
}

export function findByKey(queries: Queries, requestedBy: UserId, key: Key): Promise<Adjustment | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from adjustment where requested_by = ${requestedBy}::uuid and key = ${key}::uuid`);
}

/** Nobody else decides on it until the transaction ends. */
export function lockAdjustment(tx: Queries, id: AdjustmentId): Promise<Adjustment | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from adjustment where id = ${id}::uuid for update`);
}

export interface Decision {
  readonly status: 'APPROVED' | 'REJECTED';
  readonly by: UserId;
  readonly at: Date;
  /** Null where it was approved. */
  readonly reason: string | null;
}

/** On a row that is locked and pending. */
export async function recordDecision(tx: Queries, id: AdjustmentId, decision: Decision): Promise<void> {
  const { status, by, at, reason } = decision;
  await tx.query(sql.type(Nothing)`
    update adjustment
       set status = ${status}, decided_by = ${by}::uuid, decided_at = ${sql.timestamp(at)}, decision_reason = ${reason}
     where id = ${id}::uuid and status = 'PENDING'`);
}

/** The money has moved; true for the one who records it first. */
export async function recordMove(queries: Queries, id: AdjustmentId, seq: number, at: Date): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update adjustment set moved = ${seq}::int8, moved_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and unfinished`);
  return rowCount > 0;
}

/** The wallet has said no; true for the one who records it first. */
export async function recordRefusal(queries: Queries, id: AdjustmentId, refusal: RefusalCode): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update adjustment set status = 'REFUSED', refusal = ${refusal} where id = ${id}::uuid and unfinished`);
  return rowCount > 0;
}

const IdRow = Row.pick({ id: true });

/** Those that are approved and not done yet, oldest first, after the one named. */
export async function unfinishedAdjustments(
  queries: Queries,
  after: AdjustmentId | null,
  limit: number,
): Promise<readonly AdjustmentId[]> {
  const rows = await queries.any(sql.type(IdRow)`
    select id from adjustment
     where unfinished and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

const CountRow = z.object({ count: z.bigint().transform(Number) });

/** How many wait for a second person. */
export async function countPending(queries: Queries): Promise<number> {
  const { count } = await queries.one(sql.type(CountRow)`
    select count(*) from adjustment where status = 'PENDING'`);
  return count;
}

export interface AdjustmentFilter {
  readonly userId?: UserId | undefined;
  readonly status?: Status | undefined;
  /** Only older ones than this. */
  readonly before?: AdjustmentId | undefined;
}

/** The newest that fit, newest first. */
export function newestAdjustments(
  queries: Queries,
  { userId, status, before }: AdjustmentFilter,
  limit: number,
): Promise<readonly Adjustment[]> {
  const conditions = [
    sql.fragment`true`,
    ...(userId === undefined ? [] : [sql.fragment`user_id = ${userId}::uuid`]),
    ...(status === undefined ? [] : [sql.fragment`status = ${status}`]),
    ...(before === undefined ? [] : [sql.fragment`id < ${before}::uuid`]),
  ];
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from adjustment
     where ${sql.join(conditions, sql.fragment` and `)}
     order by id desc limit ${limit}`);
}
