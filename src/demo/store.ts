import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';

const Named = z.object({ username: z.string() });
const Found = z.object({ id: z.string().transform((id) => id as UserId) });

/** Which of these names have an account. */
export async function existing(database: Queries, usernames: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await database.any(sql.type(Named)`
    select username from users where username = any(${sql.array([...usernames], 'text')})`);
  return new Set(rows.map(({ username }) => username));
}

/** Gives a user this referral code, unless there is one already. */
export async function setReferralCode(database: Queries, username: string, code: string): Promise<UserId> {
  const { id } = await database.one(sql.type(Found)`
    update users set referral_code = coalesce(referral_code, ${code}) where username = ${username} returning id`);
  return id;
}

/** Players and collectors whose wallet has never changed: those to whom no welcome has been credited yet. */
export async function playersWithoutMoney(database: Queries): Promise<readonly UserId[]> {
  const rows = await database.any(sql.type(Found)`
    select id from users
     where role in ('PLAYER', 'COLLECTOR')
       and not exists (select from wallet where wallet.owner = users.id and wallet.version > 0)
     order by id`);
  return rows.map(({ id }) => id);
}
