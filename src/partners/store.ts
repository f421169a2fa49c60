import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import type { Percentage } from '../money.ts';
import { type CarryOver, DEFAULT_CARRY_OVER, type Earnings, type PartnerId, type Terms } from './commission.ts';

const Nothing = z.strictObject({});
const Partner = z.string().transform((id) => id as PartnerId);
const Hundredths = z.int().transform((percentage) => percentage as Percentage);

export interface NewPartner extends Terms {
  readonly id: PartnerId;
  readonly userId: UserId;
  readonly carryOver?: CarryOver;
  readonly createdAt: Date;
}

const Added = z.object({ id: Partner });

/**
 * Makes a user a partner, unless that is so already: terms agreed since stay. What the ledger has closed by now is not
 * theirs; the cursor is locked, so that whoever counts just now either knows of the partner or is before that. False
 * where there was one.
 */
export async function addPartner(queries: Queries, partner: NewPartner): Promise<boolean> {
  const { id, userId, sharePercentage, commissionRate, carryOver = DEFAULT_CARRY_OVER, createdAt } = partner;
  const added = await queries.maybeOne(sql.type(Added)`
    with ledger as (
      select greatest(c.counted, s.batch) as batch
        from partner_cursor c join shard s on s.shard = c.shard where c.shard = 0 for update of c
    ), added as (
      insert into partners (id, user_id, share_percentage, commission_rate, carry_over, from_batch, created_at)
      select ${id}::uuid, ${userId}::uuid, ${sharePercentage}::int4, ${commissionRate}::int4, ${carryOver}, l.batch,
             ${sql.timestamp(createdAt)}
        from ledger l
      on conflict (user_id) do nothing
      returning id, share_percentage, commission_rate, carry_over
    )
    insert into partner_terms (partner_id, since, share_percentage, commission_rate, carry_over)
    select id, 'epoch', share_percentage, commission_rate, carry_over from added
    returning partner_id as id`);
  return added !== null;
}

const Referral = z.object({ userId: z.string().transform((id) => id as UserId), partnerId: Partner });

/** Who of these players was brought by a partner that is active, and by which (S0-53). */
export async function referrals(queries: Queries, players: readonly UserId[]): Promise<ReadonlyMap<UserId, PartnerId>> {
  const rows = await queries.any(sql.type(Referral)`
    select u.id as "userId", p.id as "partnerId"
      from users u
      join partners p on p.user_id = u.referred_by
     where u.id = any(${sql.array([...players], 'uuid')}) and p.status = 'active'`);
  return new Map(rows.map(({ userId, partnerId }) => [userId, partnerId]));
}

const AgreedTerms = z.object({ id: Partner, sharePercentage: Hundredths, commissionRate: Hundredths });

/**
 * The terms of those of these partners who are active, as they were at that time, and their rows locked until the
 * transaction ends: always the smallest id first, so that rounds of two tables never wait for each other.
 */
export async function lockTerms(
  queries: Queries,
  partners: readonly PartnerId[],
  at: Date,
): Promise<ReadonlyMap<PartnerId, Terms>> {
  const rows = await queries.any(sql.type(AgreedTerms)`
    select p.id, t.share_percentage as "sharePercentage", t.commission_rate as "commissionRate"
      from partners p
     cross join lateral (select * from partner_terms t
                          where t.partner_id = p.id and t.since <= ${sql.timestamp(at)}
                          order by t.since desc limit 1) t
     where p.id = any(${sql.array([...partners], 'uuid')}) and p.status = 'active'
     order by p.id
       for no key update of p`);
  return new Map(rows.map(({ id, ...terms }) => [id, terms]));
}

/** The rows of one round, and their sum onto each partner's totals, in one statement (S0-59, S0-61). */
export async function insertEarnings(
  queries: Queries,
  round: { readonly roundId: RoundId; readonly tableId: TableId; readonly endedAt: Date },
  earnings: readonly (Earnings & { readonly id: string })[],
): Promise<void> {
  const column = (value: (row: Earnings & { readonly id: string }) => string, type: string) =>
    sql.array(earnings.map(value), type);
  await queries.query(sql.type(Nothing)`
    with earned as (
      insert into partner_game_earnings (id, partner_id, game_id, round_id, real_profit, real_total_bets,
                                         real_total_payouts, shown_profit, shown_total_bets, shown_total_payouts,
                                         share_percentage, commission_rate, earned_amount, player_count, created_at)
      select e.id, e.partner, ${round.tableId}, ${round.roundId}, e.real_profit, e.real_bets, e.real_payouts,
             e.shown_profit, e.shown_bets, e.shown_payouts, e.share, e.rate, e.earned, e.players,
             ${sql.timestamp(round.endedAt)}
        from unnest(${column(({ id }) => id, 'uuid')},
                    ${column(({ partnerId }) => partnerId, 'uuid')},
                    ${column(({ realProfit }) => `${realProfit}`, 'int8')},
                    ${column(({ totalBets }) => `${totalBets}`, 'int8')},
                    ${column(({ totalPayouts }) => `${totalPayouts}`, 'int8')},
                    ${column(({ shownProfit }) => `${shownProfit}`, 'int8')},
                    ${column(({ shownTotalBets }) => `${shownTotalBets}`, 'int8')},
                    ${column(({ shownTotalPayouts }) => `${shownTotalPayouts}`, 'int8')},
                    ${column(({ sharePercentage }) => `${sharePercentage}`, 'int4')},
                    ${column(({ commissionRate }) => `${commissionRate}`, 'int4')},
                    ${column(({ earnedAmount }) => `${earnedAmount}`, 'int8')},
                    ${column(({ playerCount }) => `${playerCount}`, 'int4')})
             as e (id, partner, real_profit, real_bets, real_payouts, shown_profit, shown_bets, shown_payouts,
                   share, rate, earned, players)
      returning partner_id, earned_amount
    )
    update partners p
       set total_commission = p.total_commission + e.earned_amount,
           pending_commission = p.pending_commission + e.earned_amount
      from earned e
     where p.id = e.partner_id`);
}

/** What a partner has agreed to since the last time, and how it stands. */
export interface Agreement extends Terms {
  readonly carryOver: CarryOver;
  readonly status: 'active' | 'suspended';
}

/**
 * Counts from `since` on, the start of a quarter of an hour; agreed twice before then, the last counts. Where a clock
 * went back, what was agreed before it for a later time is over.
 */
export async function recordAgreement(tx: Queries, id: PartnerId, agreed: Agreement, since: Date): Promise<void> {
  const { sharePercentage, commissionRate, carryOver, status } = agreed;
  const rate = status === 'active' ? commissionRate : 0;
  await tx.query(sql.type(Nothing)`
    update partners
       set share_percentage = ${sharePercentage}, commission_rate = ${commissionRate}, carry_over = ${carryOver},
           status = ${status}
     where id = ${id}::uuid`);
  await tx.query(sql.type(Nothing)`
    insert into partner_terms (partner_id, since, share_percentage, commission_rate, carry_over)
    values (${id}::uuid, ${sql.timestamp(since)}, ${sharePercentage}, ${rate}, ${carryOver})
    on conflict (partner_id, since) do nothing`);
  await tx.query(sql.type(Nothing)`
    update partner_terms
       set share_percentage = ${sharePercentage}, commission_rate = ${rate}, carry_over = ${carryOver}
     where partner_id = ${id}::uuid and since >= ${sql.timestamp(since)}`);
}
