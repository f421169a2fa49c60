import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { PartnerId } from './commission.ts';
import type { Part, Sums } from './figures.ts';
import type { Partner, TermsSince } from './partner.ts';
import { type Range, type SlotMask, slotMasks } from './slots.ts';

/**
 * Questions to the rollups. Ranges begin and end with a quarter of an hour. By time and by game it is the partner's own
 * sums that are read, by player those of the players named.
 */

/**
 * All questions of a report are about one moment. Compiling them takes longer than answering them.
 */
export function ofOneMoment<T>(database: Database, ask: (queries: Queries) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query(sql.type(z.strictObject({}))`set transaction isolation level repeatable read, read only`);
    await tx.query(sql.type(z.strictObject({}))`set local jit = off`);
    return ask(tx);
  });
}

const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);

const SumsRow = z.object({
  /** Which terms counted, from 1. */
  terms: z.int(),
  bets: Integer,
  staked: Money,
  paid: Money,
  realStaked: Money,
  realPaid: Money,
  converted: Money,
});

const SUMS = sql.fragment`
  sum(bets)::int8 as bets, sum(staked)::int8 as staked, sum(paid)::int8 as paid,
  sum(real_staked)::int8 as "realStaked", sum(real_paid)::int8 as "realPaid", sum(converted)::int8 as converted`;

const times = (all: readonly (number | Date)[]) =>
  sql.array(
    all.map((at) => new Date(at).toISOString()),
    'timestamptz',
  );
const within = ({ from, to }: Range) =>
  sql.fragment`slot >= ${sql.timestamp(new Date(from))} and slot < ${sql.timestamp(new Date(to))}`;
const termsAt = (terms: readonly TermsSince[]) =>
  sql.fragment`width_bucket(slot, ${times(terms.map(({ since }) => since))})`;

function partOf({ terms, ...sums }: Sums & { readonly terms: number }, all: readonly TermsSince[]): Part {
  const agreed = all[terms - 1];
  if (agreed === undefined) throw new Error(`no terms ${terms}`);
  const { sharePercentage, commissionRate } = agreed;
  return { ...sums, sharePercentage, commissionRate };
}

/** By key; a key whose terms have changed has several parts. */
export type PartsBy<Key> = ReadonlyMap<Key, readonly Part[]>;

function partsBy<Key>(rows: readonly (Sums & { terms: number; key: Key })[], all: readonly TermsSince[]): PartsBy<Key> {
  const grouped = Map.groupBy(rows, ({ key }) => key);
  return new Map([...grouped].map(([key, of]) => [key, of.map(({ key: _, ...sums }) => partOf(sums, all))]));
}

/** Whose figures, and which terms there were. */
export interface Of {
  readonly partner: Pick<Partner, 'id' | 'userId'>;
  readonly terms: readonly TermsSince[];
}

/** Of ranges that follow one another, by their place among them. */
export async function sumsByRange(
  queries: Queries,
  { partner, terms }: Of,
  ranges: readonly Range[],
): Promise<PartsBy<number>> {
  const all = spanOf(ranges);
  const rows = await queries.any(sql.type(SumsRow.extend({ key: z.int() }))`
    select width_bucket(slot, ${times(ranges.map(({ from }) => from))}) - 1 as key, ${termsAt(terms)} as terms, ${SUMS}
      from partner_slot
     where partner_id = ${partner.id}::uuid and ${within(all)}
     group by 1, 2`);
  return partsBy(rows, terms);
}

export async function sumsByGame(queries: Queries, { partner, terms }: Of, range: Range): Promise<PartsBy<string>> {
  const rows = await queries.any(sql.type(SumsRow.extend({ key: z.string() }))`
    select game as key, ${termsAt(terms)} as terms, ${SUMS}
      from partner_slot
     where partner_id = ${partner.id}::uuid and ${within(range)}
     group by 1, 2`);
  return partsBy(rows, terms);
}

export async function sumsByPlayer(
  queries: Queries,
  { partner, terms }: Of,
  range: Range,
  players: readonly UserId[],
): Promise<PartsBy<UserId>> {
  const rows = await queries.any(sql.type(SumsRow.extend({ key: User }))`
    select user_id as key, ${termsAt(terms)} as terms, ${SUMS}
      from partner_rollup
     where partner_id = ${partner.id}::uuid and user_id = any(${sql.array([...players], 'uuid')}) and ${within(range)}
     group by 1, 2`);
  return partsBy(rows, terms);
}

function spanOf(ranges: readonly Range[]): Range {
  return { from: ranges[0]?.from ?? 0, to: ranges.at(-1)?.to ?? 0 };
}

/** The quarters of an hour of each range by day in UTC, with its place among them as a bit. */
function masksOf(ranges: readonly Range[]) {
  const masks = slotMasks(ranges);
  const column = (of: (mask: SlotMask) => string) => sql.array(masks.map(of), 'text');
  const bitOf = ({ range }: SlotMask) => `${'0'.repeat(range)}1${'0'.repeat(ranges.length - range - 1)}`;
  return sql.fragment`
    (select unnest(${column(({ day }) => day)})::date as day, unnest(${column(({ slots }) => slots)})::bit(96) as slots,
            unnest(${column(bitOf)})::varbit as range) m`;
}
const ACTIVE_IN = sql.fragment`a.day = m.day and (a.slots & m.slots) <> repeat('0', 96)::bit(96)`;

/**
 * How many different players had bets closed in each of these ranges. Each player has a bit for every range: to tell
 * them apart one by one, range by range, takes twice as long.
 */
export async function activeByRange(queries: Queries, partner: PartnerId, ranges: readonly Range[]) {
  const rows = await queries.any(sql.type(z.object({ key: z.int(), players: Integer }))`
    with active as materialized (
      select bit_or(m.range) as ranges
        from ${masksOf(ranges)}
        join partner_active a on a.partner_id = ${partner}::uuid and a.game = '*' and ${ACTIVE_IN}
       group by a.user_id
    )
    select n.key, sum(get_bit(a.ranges, n.key)) as players
      from active a cross join generate_series(0, ${ranges.length - 1}::int4) as n (key)
     group by n.key`);
  return new Map(rows.map(({ key, players }) => [key, players]));
}

/** The same of one range for each game. */
export async function activeByGame(queries: Queries, partner: PartnerId, range: Range) {
  const rows = await queries.any(sql.type(z.object({ key: z.string(), players: Integer }))`
    select key, count(*) as players
      from (select distinct a.game as key, a.user_id
              from ${masksOf([range])}
              join partner_active a on a.partner_id = ${partner}::uuid and a.game <> '*' and ${ACTIVE_IN}) active
     group by key`);
  return new Map(rows.map(({ key, players }) => [key, players]));
}

const CountedRow = z.object({ key: z.int(), players: Integer });

/** How many registered with the partner's code in each of these ranges. */
export async function registeredByRange(queries: Queries, userId: UserId, ranges: readonly Range[]) {
  const { from, to } = spanOf(ranges);
  const rows = await queries.any(sql.type(CountedRow)`
    select width_bucket(created_at, ${times(ranges.map((range) => range.from))}) - 1 as key, count(*) as players
      from users
     where referred_by = ${userId}::uuid and created_at >= ${sql.timestamp(new Date(from))}
       and created_at < ${sql.timestamp(new Date(to))}
     group by 1`);
  return new Map(rows.map(({ key, players }) => [key, players]));
}

/** How many had their first deposit credited in each of these ranges. */
export async function firstDepositsByRange(queries: Queries, userId: UserId, ranges: readonly Range[]) {
  const { from, to } = spanOf(ranges);
  const rows = await queries.any(sql.type(CountedRow)`
    select width_bucket(d.at, ${times(ranges.map((range) => range.from))}) - 1 as key, count(*) as players
      from users u
     cross join lateral (select c.moved_at as at from cashier_transaction c
                          where c.user_id = u.id and c.type = 'DEPOSIT' and c.moved is not null
                          order by c.moved limit 1) d
     where u.referred_by = ${userId}::uuid and d.at >= ${sql.timestamp(new Date(from))}
       and d.at < ${sql.timestamp(new Date(to))}
     group by 1`);
  return new Map(rows.map(({ key, players }) => [key, players]));
}
