import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { TransactionId } from '../cashier/transaction.ts';
import type { UserId } from '../ids.ts';
import type { PartnerId } from './commission.ts';
import { POSTBACK_EVENTS, type Postback, type PostbackId } from './postback.ts';

const Nothing = z.strictObject({});
const Id = z.string().transform((id) => id as PostbackId);
const Partner = z.string().transform((id) => id as PartnerId);
const User = z.string().transform((id) => id as UserId);

/** Null: nothing is told any more. What waits for its delivery then goes where it is set to by that time. */
export async function setPostbackUrl(
  queries: Queries,
  partner: PartnerId,
  target: { readonly url: string; readonly nonce: string; readonly since: Date } | null,
): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update partners set postback_url = ${target?.url ?? null}, postback_nonce = ${target?.nonce ?? null}::uuid,
                        postback_since = ${target === null ? null : sql.timestamp(target.since)}
     where id = ${partner}::uuid`);
}

const TargetRow = z.object({ url: z.string().nullable(), since: z.date().nullable() });

export function findTarget(queries: Queries, partner: PartnerId) {
  return queries.one(sql.type(TargetRow)`
    select postback_url as url, postback_since as since from partners where id = ${partner}::uuid`);
}

/** Each once for what it is about: those that are there stay. */
export async function enqueue(queries: Queries, postbacks: readonly Postback[]): Promise<void> {
  if (postbacks.length === 0) return;
  const column = (of: (one: Postback) => string, type: string) => sql.array(postbacks.map(of), type);
  await queries.query(sql.type(Nothing)`
    insert into partner_postback (id, partner_id, event, ref, body, status, next_at, created_at)
    select e.id, e.partner_id, e.event, e.ref, e.body, 'PENDING', e.at, e.at
      from unnest(${column(({ id }) => id, 'uuid')}, ${column(({ partnerId }) => partnerId, 'uuid')},
                  ${column(({ event }) => event, 'text')}, ${column(({ ref }) => ref, 'text')},
                  ${column(({ body }) => body, 'text')},
                  ${column(({ createdAt }) => createdAt.toISOString(), 'timestamptz')})
           as e (id, partner_id, event, ref, body, at)
    on conflict (partner_id, event, ref) do nothing`);
}

const GOOD_OWNER = sql.fragment`o.id = p.user_id and o.role = 'PARTNER' and o.status = 'active'`;

/** Which of these partners want to be told: whoever lost the role, or is frozen, hears no more. */
export async function listening(queries: Queries, partners: readonly PartnerId[]): Promise<ReadonlySet<PartnerId>> {
  const rows = await queries.any(sql.type(z.object({ id: Partner }))`
    select p.id
      from partners p
      join users o on ${GOOD_OWNER}
     where p.id = any(${sql.array([...partners], 'uuid')}) and p.postback_url is not null`);
  return new Set(rows.map(({ id }) => id));
}

const HeardRow = z.object({ partnerId: Partner, userId: User, at: z.date() });
const MISSED_MAX = 500;

const untold = (event: 'registration' | 'first_deposit') => sql.fragment`
  not exists (select from partner_postback b
               where b.partner_id = p.id and b.event = ${event} and b.ref = u.id::text)`;

/** Whoever has registered with the code of a partner who wants to know, untold; one player, or all since then. */
export function untoldRegistrations(queries: Queries, { userId, since }: { userId: UserId | null; since: Date }) {
  return queries.any(sql.type(HeardRow)`
    select p.id as "partnerId", u.id as "userId", u.created_at as at
      from partners p
      join users o on ${GOOD_OWNER}
      join users u on u.referred_by = p.user_id
     where p.postback_url is not null and u.created_at >= greatest(p.postback_since, ${sql.timestamp(since)})
       and (${userId}::uuid is null or u.id = ${userId}::uuid) and ${untold('registration')}
     order by u.id limit ${MISSED_MAX}`);
}

/** The same of first deposits that were credited; the one that is named, or all since then. */
export function untoldFirstDeposits(
  queries: Queries,
  { transaction, since }: { transaction: TransactionId | null; since: Date },
) {
  return queries.any(sql.type(HeardRow)`
    select p.id as "partnerId", u.id as "userId", c.moved_at as at
      from cashier_transaction c
      join users u on u.id = c.user_id
      join partners p on p.user_id = u.referred_by
      join users o on ${GOOD_OWNER}
     where c.type = 'DEPOSIT' and c.moved is not null and p.postback_url is not null
       and c.moved_at >= greatest(p.postback_since, ${sql.timestamp(since)})
       and (${transaction}::uuid is null or c.id = ${transaction}::uuid)
       and not exists (select from cashier_transaction e
                        where e.user_id = c.user_id and e.type = 'DEPOSIT' and e.moved < c.moved)
       and ${untold('first_deposit')}
     order by c.moved_at limit ${MISSED_MAX}`);
}

const DueRow = z.object({
  id: Id,
  partnerId: Partner,
  body: z.string(),
  attempts: z.int(),
  createdAt: z.date(),
  url: z.string().nullable(),
  nonce: z.string().nullable(),
});
export type DuePostback = z.infer<typeof DueRow>;

/** A few of each partner. */
const EACH_AT_ONCE = 5;

/**
 * Takes what is due, but for partners who are `busy`, and counts the attempt; until the lease is over nobody else takes
 * it.
 */
export function takeDue(
  queries: Queries,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
  busy: readonly PartnerId[],
): Promise<readonly DuePostback[]> {
  return queries.any(sql.type(DueRow)`
    update partner_postback b
       set attempts = b.attempts + 1, next_at = ${sql.timestamp(new Date(now.getTime() + leaseMs))}
      from (select d.id, case when o.id is not null then p.postback_url end as url, p.postback_nonce as nonce
              from partners p
              left join users o on ${GOOD_OWNER}
             cross join lateral (select d.id from partner_postback d
                                  where d.partner_id = p.id and d.status = 'PENDING'
                                    and d.next_at <= ${sql.timestamp(now)}
                                  order by d.next_at limit ${EACH_AT_ONCE}
                                    for update skip locked) d
             where p.id <> all(${sql.array([...busy], 'uuid')})) t
     where b.id = t.id
    returning b.id, b.partner_id as "partnerId", b.body, b.attempts, b.created_at as "createdAt", t.url, t.nonce`);
}

export async function recordDelivered(queries: Queries, id: PostbackId, answer: string, at: Date): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update partner_postback set status = 'DELIVERED', answer = ${answer}, delivered_at = ${sql.timestamp(at)}
     where id = ${id}::uuid and status = 'PENDING'`);
}

/** `nextAt` null: it is given up. */
export async function recordFailed(
  queries: Queries,
  id: PostbackId,
  answer: string,
  nextAt: Date | null,
): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update partner_postback
       set status = ${nextAt === null ? 'DEAD' : 'PENDING'}, answer = ${answer},
           next_at = coalesce(${nextAt === null ? null : sql.timestamp(nextAt)}, next_at)
     where id = ${id}::uuid and status = 'PENDING'`);
}

const SentRow = z.object({
  id: Id,
  event: z.enum(POSTBACK_EVENTS),
  ref: z.string(),
  status: z.enum(['PENDING', 'DELIVERED', 'DEAD']),
  attempts: z.int(),
  answer: z.string().nullable(),
  nextAt: z.date(),
  createdAt: z.date(),
  deliveredAt: z.date().nullable(),
});
export type SentPostback = Readonly<z.output<typeof SentRow>>;

/** A partner's, the newest first. */
export function newestPostbacks(queries: Queries, partner: PartnerId, before: PostbackId | undefined, limit: number) {
  return queries.any(sql.type(SentRow)`
    select id, event, ref, status, attempts, answer, next_at as "nextAt", created_at as "createdAt",
           delivered_at as "deliveredAt"
      from partner_postback
     where partner_id = ${partner}::uuid and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
     order by id desc limit ${limit}`);
}
