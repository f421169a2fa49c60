import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import { REFUSALS, type RefusalCode } from '../refusal.ts';
import type { GrantId } from '../wallet/bonus.ts';
import { AWARD_STATUSES, type Award, type AwardId, ENDINGS, type Ending } from './award.ts';
import type { CampaignId } from './campaign.ts';
import { paired, TermsColumns } from './campaign-store.ts';

const Nothing = z.strictObject({});
const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);
const Id = z.string().transform((id) => id as AwardId);
const Code = z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]);

const Row = TermsColumns.extend({
  id: Id,
  campaign: z.string().transform((id) => id as CampaignId),
  userId: User,
  ref: z.string(),
  amount: Money,
  currency: z.string().transform((code) => code as Currency),
  requirement: Money,
  status: z.enum(AWARD_STATUSES),
  refusal: Code.nullable(),
  explanation: z.string().nullable(),
  givenBy: User.nullable(),
  reason: z.string().nullable(),
  askedAt: z.date().nullable(),
  grant: Integer.transform((seq) => seq as GrantId).nullable(),
  ending: z.enum(ENDINGS).nullable(),
  ended: z.boolean(),
  createdAt: z.date(),
}).transform(paired) satisfies z.ZodType<Award>;

const COLUMNS = sql.fragment`
  id, campaign, user_id as "userId", ref, amount, currency, requirement, valid_days as "validDays",
  max_stake as "maxStake", games, contributions, status, refusal, explanation, given_by as "givenBy", reason,
  asked_at as "askedAt", grant_id as "grant", ending, ended, created_at as "createdAt"`;

/** PENDING, or REFUSED by the rules before the wallet hears of it. False where its occasion has one already. */
export async function insertAward(queries: Queries, row: Award): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    insert into bonus_award (id, campaign, user_id, ref, amount, currency, requirement, valid_days, max_stake, games,
                             contributions, status, refusal, explanation, given_by, reason, created_at, decided_at)
    values (${row.id}::uuid, ${row.campaign}::uuid, ${row.userId}::uuid, ${row.ref}, ${row.amount}, ${row.currency},
            ${row.requirement}, ${row.validDays}, ${row.maxStake},
            ${sql.array([...row.contributions.keys()], 'text')}, ${sql.array([...row.contributions.values()], 'int4')},
            ${row.status}, ${row.refusal}, ${row.explanation}, ${row.givenBy}::uuid, ${row.reason},
            ${sql.timestamp(row.createdAt)}, ${row.status === 'PENDING' ? null : sql.timestamp(row.createdAt)})
    on conflict do nothing`);
  return rowCount > 0;
}

export function findAward(queries: Queries, id: AwardId): Promise<Award | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from bonus_award where id = ${id}::uuid`);
}

/** Nobody else changes it until the transaction ends. */
export function lockAward(tx: Queries, id: AwardId): Promise<Award | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from bonus_award where id = ${id}::uuid for update`);
}

/** What a person of the house has given under a key. */
export function findGiven(queries: Queries, givenBy: UserId, ref: string): Promise<Award | null> {
  return queries.maybeOne(sql.type(Row)`
    select ${COLUMNS} from bonus_award where given_by = ${givenBy}::uuid and ref = ${ref}`);
}

const SumRow = z.object({ amount: Money });

/** What somebody of the house has handed out since then; what was refused or never came to be is not counted. */
export async function givenSince(tx: Queries, givenBy: UserId, since: Date): Promise<Minor> {
  const { amount } = await tx.one(sql.type(SumRow)`
    select coalesce(sum(amount), 0)::int8 as amount from bonus_award
     where given_by = ${givenBy}::uuid and status in ('PENDING', 'GRANTED') and created_at > ${sql.timestamp(since)}`);
  return amount;
}

const IdRow = z.object({ id: Id });

/** Those with a step that is due, oldest first, after the one named. */
export async function unfinishedAwards(
  queries: Queries,
  after: AwardId | null,
  limit: number,
): Promise<readonly AwardId[]> {
  const rows = await queries.any(sql.type(IdRow)`
    select id from bonus_award
     where unfinished and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** What one player gets, or one person gives, is decided one after the other until the transaction ends. */
export async function lockPerson(tx: Queries, userId: UserId): Promise<void> {
  await tx.query(sql.type(z.object({}))`select id from users where id = ${userId}::uuid for no key update`);
}

const CountRow = z.object({ count: Integer });

/** How many bonuses have a place in the player's wallet, or stand before this one for one. */
export async function placesTaken(tx: Queries, { id, userId, currency }: Award): Promise<number> {
  const { count } = await tx.one(sql.type(CountRow)`
    select (select count(*)
              from bonus_grant g
              join wallet w on w.id = g.wallet
             where w.owner = ${userId}::uuid and w.currency = ${currency} and g.status = 0)
           + (select count(*)
                from bonus_award
               where user_id = ${userId}::uuid and status = 'PENDING' and id <> ${id}::uuid
                 and (id < ${id}::uuid or asked_at is not null)) as count`);
  return count;
}

/** On a row that is locked. */
export async function recordAsked(tx: Queries, id: AwardId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update bonus_award set asked_at = ${sql.timestamp(at)} where id = ${id}::uuid and asked_at is null`);
}

/** True for the one who records it first: never after the wallet was asked. */
export async function recordCancelled(queries: Queries, id: AwardId, at: Date): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update bonus_award set status = 'CANCELLED', decided_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'PENDING' and asked_at is null`);
  return rowCount > 0;
}

/** What the wallet has said; true for the one who records it first. */
export async function recordGrant(
  queries: Queries,
  id: AwardId,
  said: { readonly grant: GrantId } | { readonly refusal: RefusalCode },
  at: Date,
): Promise<boolean> {
  const refusal = 'refusal' in said ? said.refusal : null;
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update bonus_award
       set status = ${refusal === null ? 'GRANTED' : 'REFUSED'}, refusal = ${refusal},
           grant_id = ${'grant' in said ? said.grant : null}::int8, decided_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'PENDING'`);
  return rowCount > 0;
}

/** On a row that is locked and has none. */
export async function recordEnding(tx: Queries, id: AwardId, { as, by, at, reason }: Ending): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update bonus_award
       set ending = ${as}, ending_by = ${by}::uuid, ending_at = ${sql.timestamp(at)}, ending_reason = ${reason}
     where id = ${id}::uuid and ending is null`);
}

/** True for the one who records it first. */
export async function recordEnded(queries: Queries, id: AwardId): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update bonus_award set ended = true where id = ${id}::uuid and status = 'GRANTED' and not ended`);
  return rowCount > 0;
}
