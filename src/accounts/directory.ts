import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { isUuid, type UserId } from '../ids.ts';
import { ROLES, type Role } from './identity.ts';
import { USER, type User, UserRow } from './store.ts';

export interface PeopleFilter {
  /** Part of a name or an address, whatever its case, or an id. */
  readonly search?: string | undefined;
  readonly role?: Role | undefined;
  readonly status?: User['status'] | undefined;
  /** Only accounts older than this one. */
  readonly before?: UserId | undefined;
}

/** Accounts that fit, the newest first. Looks at all of them where few do: for people of the house. */
export function findPeople(queries: Queries, filter: PeopleFilter, limit: number): Promise<readonly User[]> {
  const { search, role, status, before } = filter;
  const text = search?.toLowerCase() ?? '';
  const conditions = [
    sql.fragment`true`,
    ...(isUuid(text) ? [sql.fragment`id = ${text}::uuid`] : []),
    ...(text === '' || isUuid(text)
      ? []
      : [sql.fragment`(position(${text} in username) > 0 or position(${text} in coalesce(email, '')) > 0)`]),
    ...(role === undefined ? [] : [sql.fragment`role = ${role}`]),
    ...(status === undefined ? [] : [sql.fragment`status = ${status}`]),
    ...(before === undefined ? [] : [sql.fragment`id < ${before}::uuid`]),
  ];
  return queries.any(sql.type(UserRow)`
    select ${USER}
      from users
     where ${sql.join(conditions, sql.fragment` and `)}
     order by id desc limit ${limit}`);
}

const CountRow = z.object({
  role: z.enum(ROLES),
  people: z.bigint().transform(Number),
  frozen: z.bigint().transform(Number),
});

/** How many accounts there are of each role, and how many of them are frozen. */
export function countPeople(queries: Queries): Promise<readonly z.output<typeof CountRow>[]> {
  return queries.any(sql.type(CountRow)`
    select role, count(*) as people, count(*) filter (where status = 'frozen') as frozen
      from users group by role order by role`);
}
