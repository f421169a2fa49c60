import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Key, PhaseId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import { REFUSALS, type RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';
import { type Said, SLIP_STATUSES, type SlipId, type SlipRow } from './slip-row.ts';

const Nothing = z.strictObject({});
const Id = z.string().transform((id) => id as SlipId);
const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const Code = z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]);
const Phase = z.string().transform((id) => id as PhaseId);

const Row = z.object({
  id: Id,
  phase: Phase,
  userId: User,
  key: z.string().transform((key) => key as Key),
  text: z.string(),
  status: z.enum(SLIP_STATUSES),
  ruling: Code.nullable(),
  refusal: Code.nullable(),
  said: z
    .string()
    .transform((text) => JSON.parse(text) as Said)
    .nullable(),
  seq: z
    .bigint()
    .transform((seq) => Number(seq) as PositionId)
    .nullable(),
  lines: z.int(),
  total: Money,
  payout: Money,
  voidBy: User.nullable(),
  voidReason: z.string().nullable(),
  voidAt: z.date().nullable(),
  receivedAt: z.date(),
}) satisfies z.ZodType<SlipRow>;

const COLUMNS = sql.fragment`
  id, phase, user_id as "userId", key, text, status, ruling, refusal, said, seq, lines, total, payout,
  void_by as "voidBy", void_reason as "voidReason", void_at as "voidAt", received_at as "receivedAt"`;

export type NewSlip = Pick<SlipRow, 'id' | 'phase' | 'userId' | 'key' | 'text' | 'ruling' | 'said' | 'receivedAt'>;

/** False where the collector has used the key for a slip before. */
export async function insertSlip(queries: Queries, slip: NewSlip): Promise<boolean> {
  const said = slip.said === null ? null : JSON.stringify(slip.said);
  const { rowCount } = await queries.query(sql.type(Nothing)`
    insert into lottery_slip (id, phase, user_id, key, text, status, ruling, said, lines, total, received_at)
    values (${slip.id}::uuid, ${slip.phase}::uuid, ${slip.userId}::uuid, ${slip.key}::uuid, ${slip.text}, 'REQUESTED',
            ${slip.ruling}, ${said}, 0, 0, ${sql.timestamp(slip.receivedAt)})
    on conflict (user_id, key) do nothing`);
  return rowCount > 0;
}

export function findSlip(queries: Queries, id: SlipId): Promise<SlipRow | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from lottery_slip where id = ${id}::uuid`);
}

export function findSlipByKey(queries: Queries, userId: UserId, key: Key): Promise<SlipRow | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from lottery_slip where user_id = ${userId}::uuid and key = ${key}::uuid`);
}

/** Nobody else decides on it until the transaction ends. */
export function lockSlip(tx: Queries, id: SlipId): Promise<SlipRow | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from lottery_slip where id = ${id}::uuid for no key update`);
}

const IdRow = z.object({ id: Id });

/** Those that wait for the wallet, oldest first, after the one named; of one phase or of all. */
export async function unfinishedSlips(
  queries: Queries,
  { phase, after }: { readonly phase?: PhaseId | undefined; readonly after: SlipId | null },
  limit: number,
): Promise<readonly SlipId[]> {
  const rows = await queries.any(sql.type(IdRow)`
    select id from lottery_slip
     where unfinished and (${after}::uuid is null or id > ${after}::uuid)
       and (${phase ?? null}::uuid is null or phase = ${phase ?? null}::uuid)
     order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

export interface Placed {
  readonly seq: PositionId;
  readonly lines: number;
  readonly total: Minor;
}

/** The wallet has taken it. True for the one who records it first. */
export async function recordPlaced(queries: Queries, id: SlipId, { seq, lines, total }: Placed): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update lottery_slip set status = 'ACCEPTED', seq = ${seq}::int8, lines = ${lines}, total = ${total}
     where id = ${id}::uuid and status = 'REQUESTED'`);
  return rowCount > 0;
}

/** The wallet has refused it, or put on record that the rules do. */
export async function recordRefused(queries: Queries, id: SlipId, refusal: RefusalCode, said: Said | null) {
  await queries.query(sql.type(Nothing)`
    update lottery_slip
       set status = 'REFUSED', refusal = ${refusal},
           said = ${said === null ? null : JSON.stringify(said)}
     where id = ${id}::uuid and status = 'REQUESTED'`);
}

/** On a row that is locked and accepted. */
export async function recordVoiding(
  tx: Queries,
  id: SlipId,
  { by, reason, at }: { readonly by: UserId; readonly reason: string; readonly at: Date },
): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update lottery_slip
       set status = 'VOIDING', void_by = ${by}::uuid, void_reason = ${reason}, void_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'ACCEPTED'`);
}

/** Its money is back. True for the one who records it first. */
export async function recordVoid(queries: Queries, id: SlipId): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update lottery_slip set status = 'VOID' where id = ${id}::uuid and status = 'VOIDING'`);
  return rowCount > 0;
}

/** The book was closed before: it stays what it was. True for the one who records it first. */
export async function recordVoidLate(queries: Queries, id: SlipId): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update lottery_slip set status = 'ACCEPTED', void_by = null, void_reason = null, void_at = null
     where id = ${id}::uuid and status = 'VOIDING'`);
  return rowCount > 0;
}

export interface SlipFilter {
  readonly userId?: UserId | undefined;
  readonly phase?: PhaseId | undefined;
  /** Only older ones than this. */
  readonly before?: SlipId | undefined;
}

/** The newest that came about and fit, newest first. */
export function newestSlips(
  queries: Queries,
  { userId, phase, before }: SlipFilter,
  limit: number,
): Promise<readonly SlipRow[]> {
  const conditions = [
    sql.fragment`status not in ('REQUESTED', 'REFUSED')`,
    ...(userId === undefined ? [] : [sql.fragment`user_id = ${userId}::uuid`]),
    ...(phase === undefined ? [] : [sql.fragment`phase = ${phase}::uuid`]),
    ...(before === undefined ? [] : [sql.fragment`id < ${before}::uuid`]),
  ];
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from lottery_slip
     where ${sql.join(conditions, sql.fragment` and `)}
     order by id desc limit ${limit}`);
}

const KeyRow = z.object({ key: Row.shape.key });

/** The keys of all slips that a phase has taken, those that are void since among them: the leaves of its draw. */
export async function takenKeys(queries: Queries, phase: PhaseId): Promise<readonly Key[]> {
  const rows = await queries.any(sql.type(KeyRow)`
    select key from lottery_slip where phase = ${phase}::uuid and seq is not null order by seq`);
  return rows.map(({ key }) => key);
}
