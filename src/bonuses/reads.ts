import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { minor } from '../money.ts';
import { REFUSALS, type RefusalCode } from '../refusal.ts';
import type { Accepted } from '../wallet/command.ts';
import type { AwardId } from './award.ts';
import { CAMPAIGN_KINDS, type CampaignId } from './campaign.ts';
import { paired, TermsColumns } from './campaign-store.ts';

/** As players know them (S2-35). */
export const BONUS_STATUSES = ['PENDING', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'CANCELLED'] as const;
export type BonusStatus = (typeof BONUS_STATUSES)[number];

/**
 * What became of it: turned into real money, lost to the last unit, over its time, taken back by the house, given up by
 * its player, given up for a withdrawal; or never given: there was no room in time, or the wallet refused.
 */
export const OUTCOMES = [
  'completed',
  'spent',
  'expired',
  'cancelled',
  'declined',
  'forfeited',
  'lapsed',
  'refused',
] as const;

/** Out of a column or out of JSON: no amount of a bonus is too large to be exact there. */
const Whole = z.union([z.bigint(), z.int()]);
const Money = Whole.transform(minor);
const Integer = Whole.transform(Number);
const User = z.string().transform((id) => id as UserId);

/** A bonus with where it stands, read from its award and its grant. Times are epoch milliseconds. */
export const BonusRow = TermsColumns.extend({
  id: z.string().transform((id) => id as AwardId),
  userId: User,
  campaign: z.string().transform((id) => id as CampaignId),
  campaignName: z.string(),
  kind: z.enum(CAMPAIGN_KINDS),
  amount: Money,
  requirement: Money,
  maxStake: Money.nullable(),
  /** How much of the requirement is done. */
  wagered: Money,
  /** Of the wallet's bonus. */
  balance: Money,
  status: z.enum(BONUS_STATUSES),
  outcome: z.enum(OUTCOMES).nullable(),
  refusal: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]).nullable(),
  explanation: z.string().nullable(),
  /** Null while the wallet has not given it. */
  expiresAt: Integer.nullable(),
  createdAt: Integer,
  givenBy: User.nullable(),
  reason: z.string().nullable(),
  endingBy: User.nullable(),
  endingReason: z.string().nullable(),
}).transform(paired);
export type Bonus = z.output<typeof BonusRow>;

/**
 * Bonuses as they are at a time: one whose days are over is that, whether or not the wallet has been told. Aliases that
 * a condition may use: award `a`, campaign `c`, grant `g`, `s.status`.
 */
export function bonusesAt(nowMs: number) {
  return sql.fragment`
    select a.id, a.user_id as "userId", a.campaign, c.name as "campaignName", c.kind, a.amount, a.requirement,
           a.valid_days as "validDays", a.max_stake as "maxStake", a.games, a.contributions,
           coalesce(g.wagered, 0) as wagered, coalesce(g.balance, 0) as balance, s.status, o.outcome, a.refusal,
           a.explanation, g.expires_at as "expiresAt", (extract(epoch from a.created_at) * 1000)::int8 as "createdAt",
           a.given_by as "givenBy", a.reason, a.ending_by as "endingBy", a.ending_reason as "endingReason"
      from bonus_award a
      join bonus_campaign c on c.id = a.campaign
      left join bonus_grant g on g.shard = 0 and g.id = a.grant_id
     cross join lateral (
       select case when a.status = 'PENDING' then null
                   when a.status = 'REFUSED' then 'refused'
                   when a.status = 'CANCELLED' then coalesce(lower(a.ending), 'lapsed')
                   when g.status = 0 and g.expires_at <= ${nowMs} then 'expired'
                   else (array[null, 'completed', 'spent', 'expired', 'cancelled', 'declined',
                               'forfeited'])[1 + g.status]
              end) as o (outcome)
     cross join lateral (
       select case when a.status = 'PENDING' then 'PENDING'
                   when o.outcome is null then 'ACTIVE'
                   when o.outcome in ('completed', 'expired') then upper(o.outcome)
                   else 'CANCELLED'
              end) as s (status)`;
}

export interface BonusFilter {
  readonly userId?: UserId | undefined;
  readonly campaign?: CampaignId | undefined;
  readonly status?: BonusStatus | undefined;
  /** Those as well that never came about. */
  readonly refused: boolean;
  /** Only older ones than this. */
  readonly before?: AwardId | undefined;
}

/** Those that fit, newest first. */
export function newestBonuses(
  queries: Queries,
  { userId, campaign, status, refused, before }: BonusFilter,
  { limit, nowMs }: { readonly limit: number; readonly nowMs: number },
): Promise<readonly Bonus[]> {
  const conditions = [
    refused ? sql.fragment`true` : sql.fragment`a.status <> 'REFUSED'`,
    ...(userId === undefined ? [] : [sql.fragment`a.user_id = ${userId}::uuid`]),
    ...(campaign === undefined ? [] : [sql.fragment`a.campaign = ${campaign}::uuid`]),
    ...(status === undefined ? [] : [sql.fragment`s.status = ${status}`]),
    ...(before === undefined ? [] : [sql.fragment`a.id < ${before}::uuid`]),
  ];
  return queries.any(sql.type(BonusRow)`
    ${bonusesAt(nowMs)} where ${sql.join(conditions, sql.fragment` and `)} order by a.id desc limit ${limit}`);
}

export function findBonus(queries: Queries, id: AwardId, nowMs: number): Promise<Bonus | null> {
  return queries.maybeOne(sql.type(BonusRow)`${bonusesAt(nowMs)} where a.id = ${id}::uuid`);
}

const AmountRow = z.object({ amount: Money });

/** What the end of a bonus took from its player: the answer names the transfers. */
export async function forfeitedBy(queries: Queries, { seq, moves }: Pick<Accepted, 'seq' | 'moves'>) {
  const { amount } = await queries.one(sql.type(AmountRow)`
    select coalesce(sum(amount), 0)::int8 as amount from transfer
     where shard = 0 and seq >= ${seq} and seq < ${seq + moves}`);
  return amount;
}
