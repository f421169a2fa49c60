import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { addressKey } from '../accounts/rate-limits.ts';
import type { UserId } from '../ids.ts';
import type { LinkFacts } from './links.ts';

/** So many sign-ins and so many transactions of an account are looked at, the newest. */
const NEWEST = 100;
/** A shorter reference says nothing about who wrote it. */
const REFERENCE_MIN = 4;

const User = z.string().transform((id) => id as UserId);
const Text = z.object({ userId: User, trait: z.string() });
const Referral = z.object({ userId: User, referredBy: User });

/** What might link some of these accounts, each found by an index on its own: sign-ins used since `since`. */
export async function linkFacts(queries: Queries, users: readonly UserId[], since: Date): Promise<LinkFacts> {
  if (users.length < 2) return { addresses: [], references: [], referrals: [] };
  const ids = sql.array([...users], 'uuid');
  const addresses = await queries.any(sql.type(Text)`
    select distinct u.id as "userId", s.ip as trait
      from unnest(${ids}) as u (id),
           lateral (select ip, last_used_at from session s
                     where s.user_id = u.id
                     order by s.id desc
                     limit ${NEWEST}) as s
     where s.last_used_at >= ${sql.timestamp(since)}`);
  const referrals = await queries.any(sql.type(Referral)`
    select id as "userId", referred_by as "referredBy"
      from users
     where id = any(${ids}) and referred_by = any(${ids})`);
  const references = await queries.any(sql.type(Text)`
    select distinct u.id as "userId", t.trait
      from unnest(${ids}) as u (id),
           lateral (select method || ' ' || regexp_replace(lower(reference), '\\s', '', 'g') as trait
                      from (select method, reference, status from cashier_transaction c
                             where c.user_id = u.id
                             order by c.id desc
                             limit ${NEWEST}) as newest
                     where status <> 'REFUSED' and length(regexp_replace(reference, '\\s', '', 'g')) >= ${REFERENCE_MIN}
                    offset 0) as t`);
  return {
    addresses: addresses.map(({ userId, trait }) => ({ userId, trait: addressKey(trait) })),
    references,
    referrals,
  };
}
