import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Minor, Percentage } from '../money.ts';
import { CARRY_OVERS, type CarryOver, type PartnerId, type Terms } from './commission.ts';

const Id = z.string().transform((id) => id as PartnerId);
const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const Hundredths = z.int().transform((percentage) => percentage as Percentage);

const PartnerRow = z.object({
  id: Id,
  userId: User,
  username: z.string(),
  status: z.enum(['active', 'suspended']),
  /** As agreed last: they count from a quarter of an hour on. */
  sharePercentage: Hundredths,
  commissionRate: Hundredths,
  carryOver: z.enum(CARRY_OVERS),
  /** Of all rounds, and of those whose month is not closed and paid (S0-61). */
  totalCommission: Money,
  pendingCommission: Money,
  createdAt: z.date(),
});
/** Somebody who brings players and earns by what the house takes from them. */
export type Partner = Readonly<z.output<typeof PartnerRow>>;

const PARTNER = sql.fragment`
  p.id, p.user_id as "userId", u.display_name as username, p.status, p.share_percentage as "sharePercentage",
  p.commission_rate as "commissionRate", p.carry_over as "carryOver", p.total_commission as "totalCommission",
  p.pending_commission as "pendingCommission", p.created_at as "createdAt"`;

export function findPartner(queries: Queries, id: PartnerId): Promise<Partner | null> {
  return queries.maybeOne(sql.type(PartnerRow)`
    select ${PARTNER} from partners p join users u on u.id = p.user_id where p.id = ${id}::uuid`);
}

export function findPartnerOf(queries: Queries, userId: UserId): Promise<Partner | null> {
  return queries.maybeOne(sql.type(PartnerRow)`
    select ${PARTNER} from partners p join users u on u.id = p.user_id where p.user_id = ${userId}::uuid`);
}

const AnyRow = z.object({ any: z.boolean() });

/** Whether this partner's account is good, and a partner's still. */
export async function isPartnerStill(queries: Queries, id: PartnerId): Promise<boolean> {
  const { any } = await queries.one(sql.type(AnyRow)`
    select exists (select from partners p
                     join users u on u.id = p.user_id and u.role = 'PARTNER' and u.status = 'active'
                    where p.id = ${id}::uuid) as "any"`);
  return any;
}

/** Nobody else changes this partner until the transaction ends. */
export function lockPartner(tx: Queries, id: PartnerId): Promise<Partner | null> {
  return tx.maybeOne(sql.type(PartnerRow)`
    select ${PARTNER} from partners p join users u on u.id = p.user_id
     where p.id = ${id}::uuid for no key update of p`);
}

/** The newest first. */
export function newestPartners(queries: Queries, before: PartnerId | undefined, limit: number) {
  return queries.any(sql.type(PartnerRow)`
    select ${PARTNER} from partners p join users u on u.id = p.user_id
     where ${before ?? null}::uuid is null or p.id < ${before ?? null}::uuid
     order by p.id desc limit ${limit}`);
}

const PartnerIdRow = z.object({ id: Id });

/** Who has no statement of this month or a later one. */
export async function partnersBefore(queries: Queries, period: string): Promise<readonly PartnerId[]> {
  const rows = await queries.any(sql.type(PartnerIdRow)`
    select id from partners p
     where not exists (select from partner_statement s where s.partner_id = p.id and s.period >= ${period}::date)
     order by id`);
  return rows.map(({ id }) => id);
}

/** Terms, and since when they count. */
export interface TermsSince extends Terms {
  readonly since: Date;
  /** Of months that begin then or later. */
  readonly carryOver: CarryOver;
}

const TermsRow = z.object({
  since: z.date(),
  sharePercentage: Hundredths,
  commissionRate: Hundredths,
  carryOver: z.enum(CARRY_OVERS),
}) satisfies z.ZodType<TermsSince>;

/** All that were ever agreed, the oldest first: there always are some. */
export function termsOf(queries: Queries, id: PartnerId): Promise<readonly TermsSince[]> {
  return queries.any(sql.type(TermsRow)`
    select since, share_percentage as "sharePercentage", commission_rate as "commissionRate", carry_over as "carryOver"
      from partner_terms where partner_id = ${id}::uuid order by since`);
}
