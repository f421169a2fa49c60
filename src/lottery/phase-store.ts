import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { LotteryNumber } from '../games/lottery/number.ts';
import type { PhaseId, UserId } from '../ids.ts';
import type { Currency, Minor, Percentage } from '../money.ts';
import type { BookId } from '../wallet/command.ts';
import {
  DRAWS,
  OVER_LIMIT_POLICIES,
  PHASE_STATUSES,
  type PhaseRow,
  type PhaseStatus,
  type PhaseTerms,
} from './phase-row.ts';

const Nothing = z.strictObject({});
const Id = z.string().transform((id) => id as PhaseId);
const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const Digits = z.string().transform((number) => number as LotteryNumber);

const Row = z.object({
  id: Id,
  name: z.string(),
  book: z.bigint().transform((id) => Number(id) as BookId),
  currency: z.string().transform((code) => code as Currency),
  status: z.enum(PHASE_STATUSES),
  startsAt: z.date(),
  endsAt: z.date(),
  globalLimit: Money,
  overLimit: z.enum(OVER_LIMIT_POLICIES),
  straightMultiplier: z.int(),
  permutationMultiplier: z.int(),
  commission: z.int().transform((hundredths) => hundredths as Percentage),
  minStake: Money,
  maxStake: Money,
  exposureCap: Money,
  draw: z.enum(DRAWS),
  commitment: z.string().nullable(),
  root: z.string().nullable(),
  revealedSeed: z.string().nullable(),
  openedAt: z.date().nullable(),
  closedAt: z.date().nullable(),
  shutAt: z.date().nullable(),
  enteredNumber: Digits.nullable(),
  enteredBy: User.nullable(),
  winningNumber: Digits.nullable(),
  confirmedBy: User.nullable(),
  settlingBy: User.nullable(),
  settledAt: z.date().nullable(),
}) satisfies z.ZodType<PhaseRow>;

const COLUMNS = sql.fragment`
  id, name, book, currency, status, starts_at as "startsAt", ends_at as "endsAt", global_limit as "globalLimit",
  over_limit as "overLimit", straight_multiplier as "straightMultiplier",
  permutation_multiplier as "permutationMultiplier", commission, min_stake as "minStake", max_stake as "maxStake",
  exposure_cap as "exposureCap", draw, commitment, root,
  (select revealed from lottery_seed s where s.phase = p.id) as "revealedSeed", opened_at as "openedAt",
  closed_at as "closedAt", shut_at as "shutAt", entered_number as "enteredNumber", entered_by as "enteredBy",
  winning_number as "winningNumber", confirmed_by as "confirmedBy", settling_by as "settlingBy",
  settled_at as "settledAt"`;

export interface NewPhase extends PhaseTerms {
  readonly id: PhaseId;
  readonly currency: Currency;
  readonly startsAt: Date;
  readonly createdBy: UserId;
  /** Of a provable draw. */
  readonly seed: { readonly commitment: string; readonly sealed: Uint8Array; readonly algorithmVersion: number } | null;
}

/** Open from now on; its book is asked for next. */
export async function insertPhase(tx: Queries, phase: NewPhase): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into lottery_phase (id, name, currency, status, starts_at, ends_at, global_limit, over_limit,
                               straight_multiplier, permutation_multiplier, commission, min_stake, max_stake,
                               exposure_cap, draw, commitment, algorithm_version, created_by, created_at)
    values (${phase.id}::uuid, ${phase.name}, ${phase.currency}, 'OPEN', ${sql.timestamp(phase.startsAt)},
            ${sql.timestamp(phase.endsAt)}, ${phase.globalLimit}, ${phase.overLimit}, ${phase.straightMultiplier}, 0,
            ${phase.commission}, ${phase.minStake}, ${phase.maxStake}, ${phase.exposureCap}, ${phase.draw},
            ${phase.seed?.commitment ?? null}, ${phase.seed?.algorithmVersion ?? null}::int2,
            ${phase.createdBy}::uuid, ${sql.timestamp(phase.startsAt)})`);
  if (phase.seed === null) return;
  const sealed = Buffer.from(phase.seed.sealed);
  await tx.query(sql.type(Nothing)`
    insert into lottery_seed (phase, sealed) values (${phase.id}::uuid, ${sql.binary(sealed)})`);
}

export function findPhase(queries: Queries, id: PhaseId): Promise<PhaseRow | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from lottery_phase p where id = ${id}::uuid`);
}

/** Nobody else changes it until the transaction ends. */
export function lockPhase(tx: Queries, id: PhaseId): Promise<PhaseRow | null> {
  return tx.maybeOne(sql.type(Row)`
    select ${COLUMNS} from lottery_phase p where id = ${id}::uuid for no key update`);
}

/** It stays as it is until the transaction ends. */
export function holdPhase(tx: Queries, id: PhaseId): Promise<PhaseRow | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from lottery_phase p where id = ${id}::uuid for share`);
}

/** The one that takes slips, for whoever makes the next one; null where there is none. */
export function lockOpenPhase(tx: Queries): Promise<PhaseRow | null> {
  return tx.maybeOne(sql.type(Row)`
    select ${COLUMNS} from lottery_phase p where status = 'OPEN' for no key update`);
}

export interface PhaseFilter {
  readonly status?: PhaseStatus | undefined;
  /** Only older ones than this. */
  readonly before?: PhaseId | undefined;
}

/** Those that anybody may see, newest first. */
export function newestPhases(
  queries: Queries,
  { status, before }: PhaseFilter,
  limit: number,
): Promise<readonly PhaseRow[]> {
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from lottery_phase p
     where opened_at is not null
       and (${status ?? null}::text is null or status = ${status ?? null}::text)
       and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
     order by id desc limit ${limit}`);
}

/** Those that are not settled yet, oldest first: each has a room. */
export function livingPhases(queries: Queries): Promise<readonly PhaseRow[]> {
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from lottery_phase p where status <> 'SETTLED' and opened_at is not null order by id`);
}

const IdRow = z.object({ id: Id });

/** Those with a step that is due, oldest first. */
export async function unfinishedPhases(queries: Queries): Promise<readonly PhaseId[]> {
  const rows = await queries.any(sql.type(IdRow)`select id from lottery_phase where unfinished order by id`);
  return rows.map(({ id }) => id);
}

export async function recordOpened(queries: Queries, id: PhaseId, at: Date): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update lottery_phase set opened_at = ${sql.timestamp(at)} where id = ${id}::uuid and opened_at is null`);
}

/** From now on it takes no slips; `by` nobody where its time was over. */
export async function recordClosed(tx: Queries, id: PhaseId, by: UserId | null, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update lottery_phase set status = 'CLOSED', closed_at = ${sql.timestamp(at)}, closed_by = ${by}::uuid
     where id = ${id}::uuid and status = 'OPEN'`);
}

/** Closes what is due at `now`. */
export async function closeDue(queries: Queries, now: Date): Promise<readonly PhaseId[]> {
  const rows = await queries.any(sql.type(IdRow)`
    update lottery_phase set status = 'CLOSED', closed_at = ${sql.timestamp(now)}
     where status = 'OPEN' and ends_at <= ${sql.timestamp(now)} and opened_at is not null
    returning id`);
  return rows.map(({ id }) => id);
}

/** True for the one who records it first. */
export async function recordShut(queries: Queries, id: PhaseId, at: Date): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update lottery_phase set shut_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'CLOSED' and shut_at is null`);
  return rowCount > 0;
}

/** On a row that is locked: what one person entered waits for a second. */
export async function recordEntered(tx: Queries, id: PhaseId, { number, by, at }: Entry): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update lottery_phase set entered_number = ${number}, entered_by = ${by}::uuid
     where id = ${id}::uuid and status = 'CLOSED'`);
  await tx.query(sql.type(Nothing)`
    insert into lottery_entry (phase, number, by, at)
    values (${id}::uuid, ${number}, ${by}::uuid, ${sql.timestamp(at)})`);
}

const EntryRow = z.object({
  number: z.string().transform((number) => number as LotteryNumber),
  by: z.string().transform((id) => id as UserId),
  at: z.date(),
});
/** A winning number that somebody has entered. */
export type Entry = z.infer<typeof EntryRow>;

/** All that were entered, oldest first, also those that another has taken the place of. */
export function entriesOf(queries: Queries, id: PhaseId): Promise<readonly Entry[]> {
  return queries.any(sql.type(EntryRow)`
    select number, by, at from lottery_entry where phase = ${id}::uuid order by id`);
}

/** On a row that is locked: a second person entered the same. */
export async function recordConfirmed(tx: Queries, id: PhaseId, by: UserId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update lottery_phase
       set status = 'RESULT', winning_number = entered_number, confirmed_by = ${by}::uuid,
           result_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'CLOSED'`);
}

/** On a row that is locked. */
export async function recordSettling(tx: Queries, id: PhaseId, by: UserId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update lottery_phase set settling_at = ${sql.timestamp(at)}, settling_by = ${by}::uuid
     where id = ${id}::uuid and status = 'RESULT' and settling_at is null`);
}

/** True for the one who records it first: all that follows from it belongs to the same transaction. */
export async function recordSettled(tx: Queries, id: PhaseId, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    update lottery_phase set status = 'SETTLED', settled_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'RESULT' and settling_at is not null`);
  return rowCount > 0;
}

const SealedRow = z.object({ sealed: z.instanceof(Buffer) });

export async function sealedSeedOf(queries: Queries, id: PhaseId): Promise<Uint8Array> {
  const { sealed } = await queries.one(sql.type(SealedRow)`select sealed from lottery_seed where phase = ${id}::uuid`);
  return sealed;
}

export interface Drawn {
  readonly root: string;
  readonly winningNumber: LotteryNumber;
  readonly revealed: string;
}

/** The number that was drawn, with all that it follows from; once. */
export async function recordDrawn(tx: Queries, id: PhaseId, { root, winningNumber, revealed }: Drawn, at: Date) {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    update lottery_phase
       set status = 'RESULT', root = ${root}, winning_number = ${winningNumber}, result_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'CLOSED' and shut_at is not null and draw = 'provable'`);
  if (rowCount === 0) return;
  await tx.query(sql.type(Nothing)`update lottery_seed set revealed = ${revealed} where phase = ${id}::uuid`);
}
