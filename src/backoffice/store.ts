import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { ROLES } from '../accounts/identity.ts';
import type { UserId } from '../ids.ts';
import type { AuditLine, Json } from './audit-line.ts';

const Count = z.bigint().transform(Number);
const Bytes = z.instanceof(Buffer);
const JsonText = z
  .string()
  .transform((text) => JSON.parse(text) as Json)
  .nullable();

const LineRow = z
  .object({
    seq: Count,
    at: z.string(),
    actor: z.string().transform((id) => id as UserId),
    role: z.enum(ROLES),
    action: z.string(),
    target: z.string(),
    before: JsonText,
    after: JsonText,
    reason: z.string().nullable(),
    amount: Count.nullable(),
    prev: Bytes,
    hash: Bytes,
  })
  .transform(({ before, after, reason, amount, ...line }) => ({
    ...line,
    ...(before !== null && { before }),
    ...(after !== null && { after }),
    ...(reason !== null && { reason }),
    ...(amount !== null && { amount }),
  }));

/** A line as it stands in the log. */
export type StoredLine = AuditLine & { readonly prev: Buffer; readonly hash: Buffer };

/** All six decimals, so that no part of the time can be changed unseen. */
const LINE = sql.fragment`
  seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor, role, action, target,
  before::text, after::text, reason, amount, prev, hash`;

/** Lines are written one after the other: the next needs the hash of the one before, committed. */
const APPEND_LOCK = 0x61_75_64_69;

const Nothing = z.strictObject({});
const HeadRow = z.object({ seq: Count, hash: Bytes });

/** Held until the transaction ends. Take it last: whoever has it waits for nothing else. */
export async function lockLog(tx: Queries): Promise<void> {
  await tx.query(sql.type(z.object({}))`select pg_advisory_xact_lock(${APPEND_LOCK})::text`);
}

/** The last line; null while there is none. */
export function findHead(database: Queries) {
  return database.maybeOne(sql.type(HeadRow)`select seq, hash from audit_log order by seq desc limit 1`);
}

export async function insertLine(tx: Queries, line: StoredLine): Promise<void> {
  const { before, after, reason, amount } = line;
  await tx.query(sql.type(Nothing)`
    insert into audit_log (seq, at, actor, role, action, target, before, after, reason, amount, prev, hash)
    values (${line.seq}, ${line.at}::timestamptz, ${line.actor}, ${line.role}, ${line.action}, ${line.target},
            ${jsonOrNull(before)}::jsonb, ${jsonOrNull(after)}::jsonb, ${reason ?? null}, ${amount ?? null}::int8,
            ${sql.binary(line.prev)}, ${sql.binary(line.hash)})`);
}

function jsonOrNull(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** Lines in the order they were written, from `from` on. */
export function linesFrom(database: Queries, from: number, limit: number): Promise<readonly StoredLine[]> {
  return database.any(sql.type(LineRow)`
    select ${LINE} from audit_log where seq >= ${from} order by seq limit ${limit}`);
}

export interface LineFilter {
  readonly actor?: UserId | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  /** From this moment on, and up to the other. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Only lines before this one. */
  readonly before?: number | undefined;
}

/** The newest lines that fit, the newest first. */
export function newestLines(
  database: Queries,
  { actor, action, target, from, to, before }: LineFilter,
  limit: number,
): Promise<readonly StoredLine[]> {
  return database.any(sql.type(LineRow)`
    select ${LINE}
      from audit_log
     where seq < ${before ?? Number.MAX_SAFE_INTEGER}
       and (${actor ?? null}::uuid is null or actor = ${actor ?? null}::uuid)
       and (${action ?? null}::text is null or action = ${action ?? null}::text)
       and (${target ?? null}::text is null or target = ${target ?? null}::text)
       and (${momentOf(from)} is null or at >= ${momentOf(from)})
       and (${momentOf(to)} is null or at < ${momentOf(to)})
     order by seq desc
     limit ${limit}`);
}

function momentOf(at: Date | undefined) {
  return sql.fragment`${at?.toISOString() ?? null}::timestamptz`;
}

/** The hash of one line; null where there is no such line. */
export function findLineHash(database: Queries, seq: number) {
  return database.maybeOne(sql.type(HeadRow)`select seq, hash from audit_log where seq = ${seq}`);
}
