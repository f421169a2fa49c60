import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { TransactionId } from '../cashier/transaction.ts';
import type { UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { Campaign } from './campaign.ts';
import type { CreditedDeposit, SignUp } from './occasion.ts';

const User = z.string().transform((id) => id as UserId);

/** Where a page of occasions begins: they come in the order in which they happened. */
export interface From {
  readonly at: Date;
  /** Of that time, only those behind this one: a user or a transaction. */
  readonly after: string;
}

export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The least id that a UUIDv7 of this time or a later one can have. */
function leastId(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

const SignUpRow = z.object({ userId: User, at: z.date() });

/** Players who have signed up since then and have no award of this campaign. Ids of users sort by their time. */
export async function signUps(
  queries: Queries,
  campaign: Campaign,
  { at, after }: From,
  limit: number,
): Promise<readonly SignUp[]> {
  const from = after > leastId(at) ? after : leastId(at);
  const rows = await queries.any(sql.type(SignUpRow)`
    select u.id as "userId", u.created_at as at
      from users u
     where u.id > ${from}::uuid and u.role = 'PLAYER'
       and not exists (select from bonus_award a where a.campaign = ${campaign.id}::uuid and a.user_id = u.id)
     order by u.id limit ${limit}`);
  return rows.map(({ userId, at: signedUp }) => ({ kind: 'SIGN_UP', userId, atMs: signedUp.getTime() }));
}

const DepositRow = z.object({
  transaction: z.string().transform((id) => id as TransactionId),
  player: User,
  /** Who brought this player, while a player as well, whose account is good: partners earn otherwise. */
  referrer: User.nullable(),
  deposit: z.bigint().transform((amount) => amount as Minor),
  at: z.date(),
  /** Of this player. */
  isFirst: z.boolean(),
});
type DepositRow = z.infer<typeof DepositRow>;

const CREDITED = sql.fragment`
  select c.id as transaction, c.user_id as player, r.id as referrer, c.amount as deposit, c.moved_at as at,
         not exists (select from cashier_transaction e
                      where e.user_id = c.user_id and e.type = 'DEPOSIT' and e.moved < c.moved) as "isFirst"
    from cashier_transaction c
    join users p on p.id = c.user_id and p.role = 'PLAYER'
    left join users r on r.id = p.referred_by and r.role = 'PLAYER' and r.status = 'active'
   where c.type = 'DEPOSIT' and c.moved is not null`;

/** A credited deposit of a player; null where it is none. */
export function creditedDeposit(queries: Queries, id: TransactionId): Promise<DepositRow | null> {
  return queries.maybeOne(sql.type(DepositRow)`${CREDITED} and c.id = ${id}::uuid`);
}

/** Deposits of players that were credited from then on and for which this campaign has not given anything. */
export function creditedDeposits(
  queries: Queries,
  campaign: Campaign,
  { at, after }: From,
  limit: number,
): Promise<readonly DepositRow[]> {
  return queries.any(sql.type(DepositRow)`
    ${CREDITED} and (c.moved_at, c.id) > (${sql.timestamp(at)}, ${after}::uuid) and ${unawarded(campaign)}
     order by c.moved_at, c.id limit ${limit}`);
}

function unawarded({ id, kind, oncePerPlayer }: Campaign) {
  const [user, ref] =
    kind === 'REFERRAL' ? [sql.fragment`r.id`, sql.fragment`p.id`] : [sql.fragment`p.id`, sql.fragment`c.id`];
  return sql.fragment`
    ${user} is not null
    and not exists (select from bonus_award a
                     where a.campaign = ${id}::uuid and a.user_id = ${user}
                       and a.ref = ${oncePerPlayer ? sql.fragment`'once'` : sql.fragment`${ref}::text`})`;
}

/** What a deposit is an occasion for, of this kind of campaign. */
export function occasionIn(row: DepositRow, kind: CreditedDeposit['kind']): CreditedDeposit | null {
  const { transaction, player, referrer, deposit, isFirst } = row;
  const atMs = row.at.getTime();
  if (kind === 'DEPOSIT') return { kind, userId: player, atMs, transaction, deposit };
  return referrer !== null && isFirst ? { kind, userId: referrer, atMs, referred: player, deposit } : null;
}
