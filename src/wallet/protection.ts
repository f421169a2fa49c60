import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { type Counted, type HourSums, LIMIT_DAYS, LIMIT_KINDS, NO_SUMS, oldestHour } from './limits.ts';

/** What the books say about a player's protection: what is counted, in the form in which the wallet counts. */
export interface PlayerProtection {
  readonly counted: Counted;
  /** What is open on standing books, by the hour in which it was staked. Read with the rest: no hour has it as lost. */
  readonly standing: ReadonlyMap<number, bigint>;
  /** Epoch milliseconds, 0: never excluded. Play is possible again from then on. */
  readonly excludedUntil: number;
}

const Integer = z.bigint().transform(Number);
const Money = z.bigint();
/** Inside JSON money is text: a number there would be a float. */
const MoneyText = z.string().transform(BigInt);

const Hours = z.array(
  z.object({ hour: z.int(), wagered: MoneyText, lost: MoneyText, deposited: MoneyText }),
) satisfies z.ZodType<readonly (HourSums & { hour: number })[]>;
const Standing = z.array(z.object({ hour: z.int(), stake: MoneyText }));
const Limits = z.array(
  z.object({
    kind: z.enum(LIMIT_KINDS),
    days: z.literal(LIMIT_DAYS),
    amount: MoneyText.nullable(),
    nextAmount: MoneyText.nullable(),
    nextFrom: z.int(),
  }),
);
const ProtectionRow = z.object({
  excludedUntil: Integer,
  hour: Integer,
  wagered: Money,
  lost: Money,
  deposited: Money,
  hours: z.string().transform((text) => Hours.parse(JSON.parse(text))),
  standing: z.string().transform((text) => Standing.parse(JSON.parse(text))),
  limits: z.string().transform((text) => Limits.parse(JSON.parse(text))),
});

const NOBODY: PlayerProtection = {
  counted: { limits: [], hour: 0, current: NO_SUMS, hours: new Map(), knowsHours: true },
  standing: new Map(),
  excludedUntil: 0,
};

/**
 * All of it at one moment, in one query: an hour that is just over is in the wallet's row or in a row of its own, never
 * in both. `nowMs` decides how far back the hours go.
 */
export async function findProtection(
  database: Queries,
  owner: UserId,
  currency: Currency,
  nowMs: number,
): Promise<PlayerProtection> {
  const row = await database.maybeOne(sql.type(ProtectionRow)`
    select w.excluded_until as "excludedUntil", w.hour, w.hour_wagered as wagered, w.hour_lost as lost,
           w.hour_deposited as deposited,
           coalesce((select json_agg(json_build_object('hour', h.hour, 'wagered', h.wagered::text,
                                                       'lost', h.lost::text, 'deposited', h.deposited::text))
                       from limit_hour h
                      where h.wallet = w.id and h.hour >= ${oldestHour(nowMs)}), '[]')::text as hours,
           coalesce((select json_agg(json_build_object('hour', o.hour, 'stake', o.stake::text))
                       from (select hour, sum(stake) as stake from open_position
                              where wallet = w.id group by hour) o), '[]')::text as standing,
           coalesce((select json_agg(json_build_object('kind', l.kind, 'days', l.days, 'amount', l.amount::text,
                                                       'nextAmount', l.next_amount::text, 'nextFrom', l.next_from))
                       from player_limit l where l.wallet = w.id), '[]')::text as limits
      from wallet w
     where w.owner = ${owner}::uuid and w.currency = ${currency}`);
  if (row === null) return NOBODY;
  const { excludedUntil, hour, wagered, lost, deposited, limits } = row;
  const hours = new Map(row.hours.map(({ hour: of, ...sums }) => [of, sums]));
  const standing = new Map(row.standing.map(({ hour: of, stake }) => [of, stake]));
  const counted = { limits, hour, current: { wagered, lost, deposited }, hours, knowsHours: true };
  return { counted, standing, excludedUntil };
}

const OwnerRow = z.object({ owner: z.string().transform((id) => id as UserId) });

/** Those of these people who have excluded themselves from play now. */
export async function excludedAmong(
  database: Queries,
  owners: readonly UserId[],
  nowMs: number,
): Promise<ReadonlySet<UserId>> {
  const rows = await database.any(sql.type(OwnerRow)`
    select owner from wallet where owner = any(${sql.array([...owners], 'uuid')}) and excluded_until > ${nowMs}`);
  return new Set(rows.map(({ owner }) => owner));
}
