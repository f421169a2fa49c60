import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Word } from '../backoffice/house.ts';
import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import { REFUSALS, type RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';
import {
  ALL_STATUSES,
  METHODS,
  PAYOUT_STATUSES,
  type Status,
  type Transaction,
  type TransactionId,
  TYPES,
} from './transaction.ts';

const Nothing = z.strictObject({});
const Count = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);
const Code = z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]);

const Row = z.object({
  id: z.string().transform((id) => id as TransactionId),
  userId: User,
  key: z.string().transform((key) => key as Key),
  type: z.enum(TYPES),
  status: z.enum(ALL_STATUSES),
  refusal: Code.nullable(),
  amount: Money,
  currency: z.string().transform((code) => code as Currency),
  method: z.enum(METHODS),
  reference: z.string().nullable(),
  provider: z.string().nullable(),
  providerReference: z.string().nullable(),
  hold: Count.transform((seq) => seq as PositionId).nullable(),
  forfeitedBonus: Money,
  counted: z.boolean(),
  uncounted: z.boolean(),
  firstApprover: User.nullable(),
  firstApprovedAt: z.date().nullable(),
  decidedBy: User.nullable(),
  decidedAt: z.date().nullable(),
  reason: z.string().nullable(),
  moved: Count.nullable(),
  movedAt: z.date().nullable(),
  payoutStatus: z.enum(PAYOUT_STATUSES).nullable(),
  payoutReference: z.string().nullable(),
  returnFirstApprover: User.nullable(),
  returnFirstAt: z.date().nullable(),
  returnedBy: User.nullable(),
  returnedAt: z.date().nullable(),
  returnReason: z.string().nullable(),
  returned: Count.nullable(),
  createdAt: z.date(),
}) satisfies z.ZodType<Transaction>;

const COLUMNS = sql.fragment`
  id, user_id as "userId", key, type, status, refusal, amount, currency, method, reference, provider,
  provider_reference as "providerReference", hold, forfeited_bonus as "forfeitedBonus", counted, uncounted,
  first_approver as "firstApprover", first_approved_at as "firstApprovedAt", decided_by as "decidedBy",
  decided_at as "decidedAt", reason, moved, moved_at as "movedAt", payout_status as "payoutStatus",
  payout_reference as "payoutReference", return_first_approver as "returnFirstApprover",
  return_first_at as "returnFirstAt", returned_by as "returnedBy",
  returned_at as "returnedAt", return_reason as "returnReason", returned, created_at as "createdAt"`;

/** One player's requests wait for one another until the transaction ends. */
export async function lockPlayer(tx: Queries, userId: UserId): Promise<void> {
  await tx.query(sql.type(z.object({}))`select id from users where id = ${userId}::uuid for no key update`);
}

const CountRow = z.object({ count: Count });

/** Of this player, undecided. */
export async function countPending(tx: Queries, userId: UserId): Promise<number> {
  const { count } = await tx.one(sql.type(CountRow)`
    select count(*) from cashier_transaction
     where user_id = ${userId}::uuid and status in ('REQUESTED', 'PENDING')`);
  return count;
}

export function findByKey(queries: Queries, userId: UserId, key: Key): Promise<Transaction | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from cashier_transaction where user_id = ${userId}::uuid and key = ${key}::uuid`);
}

export type NewTransaction = Pick<
  Transaction,
  | 'id'
  | 'userId'
  | 'key'
  | 'type'
  | 'status'
  | 'refusal'
  | 'amount'
  | 'currency'
  | 'method'
  | 'reference'
  | 'provider'
  | 'createdAt'
>;

export async function insertTransaction(tx: Queries, row: NewTransaction): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into cashier_transaction
           (id, user_id, key, type, status, refusal, amount, currency, method, reference, provider, created_at)
    values (${row.id}::uuid, ${row.userId}::uuid, ${row.key}::uuid, ${row.type}, ${row.status}, ${row.refusal},
            ${row.amount}, ${row.currency}, ${row.method}, ${row.reference}, ${row.provider},
            ${sql.timestamp(row.createdAt)})`);
}

export function findTransaction(queries: Queries, id: TransactionId): Promise<Transaction | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from cashier_transaction where id = ${id}::uuid`);
}

/** Nobody else decides on it until the transaction ends. */
export function lockTransaction(tx: Queries, id: TransactionId): Promise<Transaction | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from cashier_transaction where id = ${id}::uuid for update`);
}

const IdRow = Row.pick({ id: true });

/** Those with a step that is due, oldest first, after the one named. */
export async function unfinishedTransactions(
  queries: Queries,
  after: TransactionId | null,
  limit: number,
): Promise<readonly TransactionId[]> {
  const rows = await queries.any(sql.type(IdRow)`
    select id from cashier_transaction
     where unfinished and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** What the wallet has said to the hold; true for the one who records it first. */
export async function recordHold(
  queries: Queries,
  id: TransactionId,
  said: { readonly hold: PositionId; readonly forfeited: Minor } | { readonly refusal: RefusalCode },
): Promise<boolean> {
  const refusal = 'refusal' in said ? said.refusal : null;
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update cashier_transaction
       set status = ${refusal === null ? 'PENDING' : 'REFUSED'}, refusal = ${refusal},
           hold = ${'hold' in said ? said.hold : null}::int8,
           forfeited_bonus = ${'forfeited' in said ? said.forfeited : 0}::int8
     where id = ${id}::uuid and status = 'REQUESTED'`);
  return rowCount > 0;
}

/** What the wallet has said to a deposit: null where the player's limits allow it. True for the one who records it. */
export async function recordCount(queries: Queries, id: TransactionId, refusal: RefusalCode | null): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update cashier_transaction
       set status = ${refusal === null ? 'PENDING' : 'REFUSED'}, refusal = ${refusal}, counted = ${refusal === null}
     where id = ${id}::uuid and status = 'REQUESTED'`);
  return rowCount > 0;
}

export async function recordUncount(queries: Queries, id: TransactionId): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update cashier_transaction set uncounted = true where id = ${id}::uuid and counted`);
}

export async function recordProviderReference(queries: Queries, id: TransactionId, reference: string): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update cashier_transaction set provider_reference = ${reference}
     where id = ${id}::uuid and provider_reference is null`);
}

/** On a row that is locked. */
export async function recordFirstApproval(tx: Queries, id: TransactionId, { by, at }: Word): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update cashier_transaction set first_approver = ${by}::uuid, first_approved_at = ${sql.timestamp(at)}
     where id = ${id}::uuid`);
}

export interface Decision {
  readonly status: 'APPROVED' | 'REJECTED' | 'CANCELLED';
  /** Null: the provider. */
  readonly by: UserId | null;
  readonly reason: string | null;
  readonly at: Date;
}

/** On a row that is locked and pending. */
export async function recordDecision(tx: Queries, id: TransactionId, decision: Decision): Promise<void> {
  const { status, by, reason, at } = decision;
  await tx.query(sql.type(Nothing)`
    update cashier_transaction
       set status = ${status}, decided_by = ${by}::uuid, decided_at = ${sql.timestamp(at)}, reason = ${reason}
     where id = ${id}::uuid and status = 'PENDING'`);
}

/** The money has moved; true for the one who records it first. */
export async function recordMove(queries: Queries, id: TransactionId, seq: number, at: Date): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update cashier_transaction set moved = ${seq}::int8, moved_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and moved is null`);
  return rowCount > 0;
}

export interface Payout {
  readonly status: 'SENT' | 'PAID' | 'FAILED';
  readonly reference: string | null;
}

/** What came of a payout: what is final stays as it is. */
export async function recordPayout(queries: Queries, id: TransactionId, { status, reference }: Payout, at: Date) {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update cashier_transaction
       set payout_status = ${status}, payout_reference = coalesce(${reference}, payout_reference),
           payout_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and (payout_status is null or (payout_status = 'SENT' and ${status} <> 'SENT'))`);
  return rowCount > 0;
}

/** On a row that is locked. */
export async function recordFirstReturn(tx: Queries, id: TransactionId, { by, at }: Word): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update cashier_transaction set return_first_approver = ${by}::uuid, return_first_at = ${sql.timestamp(at)}
     where id = ${id}::uuid`);
}

/** On a row that is locked and whose payout has failed. */
export async function recordReturn(
  tx: Queries,
  id: TransactionId,
  { by, at, reason }: { readonly by: UserId; readonly at: Date; readonly reason: string },
): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update cashier_transaction
       set payout_status = 'RETURNED', returned_by = ${by}::uuid, returned_at = ${sql.timestamp(at)},
           return_reason = ${reason}
     where id = ${id}::uuid and payout_status = 'FAILED'`);
}

/** The money is back; true for the one who records it first. */
export async function recordReturned(queries: Queries, id: TransactionId, seq: number): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update cashier_transaction set returned = ${seq}::int8 where id = ${id}::uuid and returned is null`);
  return rowCount > 0;
}

export interface TransactionFilter {
  readonly userId?: UserId | undefined;
  readonly type?: Transaction['type'] | undefined;
  readonly status?: Status | undefined;
  /** Only older ones than this. */
  readonly before?: TransactionId | undefined;
}

/** The newest that came about and fit, newest first. */
export function newestTransactions(
  queries: Queries,
  { userId, type, status, before }: TransactionFilter,
  limit: number,
): Promise<readonly Transaction[]> {
  const conditions = [
    status === undefined ? sql.fragment`status not in ('REQUESTED', 'REFUSED')` : sql.fragment`status = ${status}`,
    ...(userId === undefined ? [] : [sql.fragment`user_id = ${userId}::uuid`]),
    ...(type === undefined ? [] : [sql.fragment`type = ${type}`]),
    ...(before === undefined ? [] : [sql.fragment`id < ${before}::uuid`]),
  ];
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from cashier_transaction
     where ${sql.join(conditions, sql.fragment` and `)}
     order by id desc limit ${limit}`);
}

/** True for the first time that this event is told. */
export async function insertEvent(
  tx: Queries,
  event: {
    readonly provider: string;
    readonly eventId: string;
    readonly transaction: TransactionId;
    readonly type: string;
    readonly outcome: string;
    readonly body: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    insert into payment_event (provider, event_id, transaction, type, outcome, body, received_at)
    values (${event.provider}, ${event.eventId}, ${event.transaction}::uuid, ${event.type}, ${event.outcome},
            ${event.body}, ${sql.timestamp(event.at)})
    on conflict do nothing`);
  return rowCount > 0;
}
