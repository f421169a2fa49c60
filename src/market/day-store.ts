import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import type { PublishedDay, RevealedDay } from './simulated-day.ts';
import type { Day, WalkTerms } from './walk.ts';

const Nothing = z.strictObject({});

/** In the database a price is its digits: JSON's numbers are floats to some. */
const Walk = z.object({
  symbol: z.string().transform((id) => id as SymbolId),
  openingPrice: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform((digits) => BigInt(digits) as Price),
  annualVolatility: z.int(),
  annualDrift: z.int(),
  intervalMs: z.int(),
}) satisfies z.ZodType<WalkTerms>;

const Row = z.object({
  day: z.string().transform((day) => day as Day),
  commitment: z.string(),
  algorithmVersion: z.int(),
  walks: z.array(Walk).nullable(),
  openedAt: z.date().nullable(),
  revealed: z.string().nullable(),
});

/** What is public of a day, from days before it to for ever. */
export type DayRow = Readonly<z.output<typeof Row>>;

const COLUMNS = sql.fragment`
  day, commitment, algorithm_version as "algorithmVersion", walks, opened_at as "openedAt", revealed`;

/** Unless there is one: then that one stays. */
export async function insertSeed(
  queries: Queries,
  seed: {
    readonly day: Day;
    readonly commitment: string;
    readonly algorithmVersion: number;
    readonly sealed: Uint8Array;
  },
): Promise<void> {
  await queries.query(sql.type(Nothing)`
    insert into market_day (day, commitment, algorithm_version, sealed)
    values (${seed.day}::date, ${seed.commitment}, ${seed.algorithmVersion}, ${sql.binary(Buffer.from(seed.sealed))})
    on conflict (day) do nothing`);
}

const Sealed = z.object({ day: z.string().transform((day) => day as Day), sealed: z.instanceof(Buffer) });

export function sealedSeeds(queries: Queries, days: readonly Day[]): Promise<readonly z.output<typeof Sealed>[]> {
  return queries.any(sql.type(Sealed)`
    select day, sealed from market_day where day = any(${sql.array([...days], 'date')})`);
}

/** Throws where the day was opened before, or has no seed. */
export async function recordOpened(tx: Queries, { day, commitment, walks }: PublishedDay, at: Date): Promise<void> {
  const stored = walks.map((walk) => ({ ...walk, openingPrice: walk.openingPrice.toString() }));
  const { rowCount } = await tx.query(sql.type(Nothing)`
    update market_day set walks = ${sql.jsonb(stored)}, opened_at = ${sql.timestamp(at)}
     where day = ${day}::date and commitment = ${commitment} and opened_at is null`);
  if (rowCount !== 1) throw new Error(`the day ${day} cannot be opened`);
}

/** Once; told again it stays. */
export async function recordRevealed(tx: Queries, { day, seed }: Pick<RevealedDay, 'day' | 'seed'>): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update market_day set revealed = ${seed}
     where day = ${day}::date and opened_at is not null and revealed is null`);
}

export function findDay(queries: Queries, day: Day): Promise<DayRow | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from market_day where day = ${day}::date`);
}

export function newestDays(queries: Queries, before: Day | undefined, limit: number): Promise<readonly DayRow[]> {
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from market_day
     where ${before ?? null}::date is null or day < ${before ?? null}::date
     order by day desc limit ${limit}`);
}

export function lastOpenedDay(queries: Queries): Promise<DayRow | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from market_day where opened_at is not null order by day desc limit 1`);
}

/** Days before this one that were opened, and of which nobody has revealed the seed. */
export function hiddenDaysBefore(queries: Queries, before: Day): Promise<readonly DayRow[]> {
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from market_day
     where opened_at is not null and revealed is null and day < ${before}::date order by day`);
}

/** What a day that was opened has published; throws for another. */
export function publishedDay({ day, commitment, walks }: DayRow): PublishedDay {
  if (walks === null) throw new Error(`the day ${day} was not opened`);
  return { day, commitment, walks };
}
