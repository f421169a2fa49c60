import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { PhaseId, UserId } from '../ids.ts';
import { type ResultOfPhase, ResultRow, SHARE } from './settlement-store.ts';

/** Results that have not been told: a collector's, or those of a phase for some of its collectors. */
export type Undelivered =
  | { readonly userId: UserId; readonly limit: number }
  | { readonly phase: PhaseId; readonly users: readonly UserId[] };

/**
 * What settled phases came to for collectors who have not heard of it, oldest first. They count as told by the same
 * statement, so of several who ask at once each is given to one. Who cannot tell one brings it back.
 */
export function takeUndelivered(queries: Queries, of: Undelivered, at: Date): Promise<readonly ResultOfPhase[]> {
  const fits =
    'phase' in of
      ? sql.fragment`c.phase = ${of.phase}::uuid and c.user_id = any(${sql.array([...of.users], 'uuid')})`
      : sql.fragment`c.user_id = ${of.userId}::uuid`;
  return queries.any(sql.type(ResultRow)`
    with taken as (
      update lottery_collector t set delivered_at = ${sql.timestamp(at)}
        from (select c.phase, c.user_id
                from lottery_collector c join lottery_phase p on p.id = c.phase and p.status = 'SETTLED'
               where c.delivered_at is null and ${fits}
               order by p.settled_at, c.phase
               limit ${'phase' in of ? of.users.length : of.limit}
                 for update of c skip locked) m
       where t.phase = m.phase and t.user_id = m.user_id
      returning t.*
    )
    select ${SHARE}, p.id as phase, p.name, p.winning_number as "winningNumber", p.settled_at as "settledAt"
      from taken c join lottery_phase p on p.id = c.phase
     order by p.settled_at, p.id, c.user_id`);
}

/** They were not told after all. */
export async function bringBackUndelivered(
  queries: Queries,
  results: readonly { readonly phase: PhaseId; readonly userId: UserId }[],
): Promise<void> {
  if (results.length === 0) return;
  const [phases, users] = [results.map(({ phase }) => phase), results.map(({ userId }) => userId)];
  await queries.query(sql.type(z.strictObject({}))`
    update lottery_collector c set delivered_at = null
      from unnest(${sql.array(phases, 'uuid')}, ${sql.array(users, 'uuid')}) as n (phase, user_id)
     where c.phase = n.phase and c.user_id = n.user_id`);
}
