import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { RoundId, UserId } from '../ids.ts';
import type { Minor, Percentage } from '../money.ts';
import type { PartnerId } from './commission.ts';
import type { Partner } from './partner.ts';
import type { Range } from './slots.ts';

const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const Hundredths = z.int().transform((percentage) => percentage as Percentage);

const PlayerRow = z.object({
  userId: User,
  username: z.string(),
  registeredAt: z.date(),
  firstDepositAt: z.date().nullable(),
  /** The quarter of an hour in which the last bet was closed; never before the registration. */
  lastActiveAt: z.date().nullable(),
});
/** Somebody whom a partner has brought. */
export type ReferredPlayer = z.infer<typeof PlayerRow>;

const REFERRED = sql.fragment`
  select u.id as "userId", u.display_name as username, u.created_at as "registeredAt", d.at as "firstDepositAt",
         case when r.at is not null then greatest(r.at, u.created_at) end as "lastActiveAt"
    from users u
    left join lateral (select c.moved_at as at from cashier_transaction c
                        where c.user_id = u.id and c.type = 'DEPOSIT' and c.moved is not null
                        order by c.moved limit 1) d on true`;

const lastActive = (partner: PartnerId) => sql.fragment`
    left join lateral (select r.slot as at from partner_rollup r
                        where r.partner_id = ${partner}::uuid and r.user_id = u.id and r.bets > 0
                        order by r.slot desc limit 1) r on true`;

export interface PlayerPage {
  readonly after: UserId | undefined;
  readonly limit: number;
}

const following = ({ after }: PlayerPage) =>
  sql.fragment`(${after ?? null}::uuid is null or u.id > ${after ?? null}::uuid)`;

/** Everybody whom a partner has brought, in the order in which they came. */
export function referredPlayers(
  queries: Queries,
  { id, userId }: Pick<Partner, 'id' | 'userId'>,
  page: PlayerPage,
): Promise<readonly ReferredPlayer[]> {
  return queries.any(sql.type(PlayerRow)`
    ${REFERRED} ${lastActive(id)}
     where u.referred_by = ${userId}::uuid and ${following(page)}
     order by u.id limit ${page.limit}`);
}

/** Of these, whoever registered, deposited for the first time, or had something counted in this time. */
export function playersIn(
  queries: Queries,
  { id, userId }: Pick<Partner, 'id' | 'userId'>,
  range: Range,
  page: PlayerPage,
): Promise<readonly ReferredPlayer[]> {
  const [from, to] = [sql.timestamp(new Date(range.from)), sql.timestamp(new Date(range.to))];
  return queries.any(sql.type(PlayerRow)`
    ${REFERRED} ${lastActive(id)}
     where u.referred_by = ${userId}::uuid and ${following(page)}
       and ((u.created_at >= ${from} and u.created_at < ${to}) or (d.at >= ${from} and d.at < ${to})
            or exists (select from partner_rollup c
                        where c.partner_id = ${id}::uuid and c.user_id = u.id and c.slot >= ${from} and c.slot < ${to}))
     order by u.id limit ${page.limit}`);
}

const CountRow = z.object({ players: z.bigint().transform(Number) });

export async function countReferred(queries: Queries, userId: UserId): Promise<number> {
  const { players } = await queries.one(sql.type(CountRow)`
    select count(*) as players from users where referred_by = ${userId}::uuid`);
  return players;
}

/** `netted`: nothing was due for its month, as other rounds were lost. */
export const EARNING_STATUSES = ['pending', 'paid', 'netted'] as const;

const RoundRow = z.object({
  id: z.string(),
  roundId: z.string().transform((id) => id as RoundId),
  game: z.string(),
  at: z.date(),
  players: z.int(),
  bets: Money,
  payouts: Money,
  profit: Money,
  shownBets: Money,
  shownPayouts: Money,
  shownProfit: Money,
  sharePercentage: Hundredths,
  commissionRate: Hundredths,
  earned: Money,
  status: z.enum(EARNING_STATUSES),
  paidAt: z.date().nullable(),
});
/** What one round that the house has won earned a partner (S0-59). */
export type RoundEarnings = z.infer<typeof RoundRow>;

/** In the order of time, behind the row named. */
export function roundEarnings(
  queries: Queries,
  partner: PartnerId,
  { from, to }: Range,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly RoundEarnings[]> {
  return queries.any(sql.type(RoundRow)`
    select id, round_id as "roundId", game_id as game, created_at as at, player_count as players,
           real_total_bets as bets, real_total_payouts as payouts, real_profit as profit,
           shown_total_bets as "shownBets", shown_total_payouts as "shownPayouts", shown_profit as "shownProfit",
           share_percentage as "sharePercentage", commission_rate as "commissionRate", earned_amount as earned, status,
           paid_at as "paidAt"
      from partner_game_earnings
     where partner_id = ${partner}::uuid and created_at >= ${sql.timestamp(new Date(from))}
       and created_at < ${sql.timestamp(new Date(to))}
       and (${after ?? null}::uuid is null
            or (created_at, id) > (select created_at, id from partner_game_earnings where id = ${after ?? null}::uuid))
     order by created_at, id limit ${limit}`);
}
