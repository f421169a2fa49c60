import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { deterministicKey, type UserId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { GrantId } from '../wallet/bonus.ts';
import { type EndBonus, SYSTEM } from '../wallet/command.ts';
import { endBonus, type FinishDeps, tellEnd } from './finish.ts';

const Row = z.object({
  grant: z.bigint().transform((id) => Number(id) as GrantId),
  owner: z.string().transform((id) => id as UserId),
  currency: z.string().transform((code) => code as Currency),
});
type Expired = z.infer<typeof Row>;

const PAGE = 100;
const HOUR_MS = 3_600_000;

/** Bonuses whose time is over and whose end the wallet does not know yet, after the one named. */
function expiredGrants(queries: Queries, nowMs: number, after: number): Promise<readonly Expired[]> {
  return queries.any(sql.type(Row)`
    select g.id as "grant", w.owner, w.currency
      from bonus_grant g
      join wallet w on w.id = g.wallet
     where g.shard = 0 and g.status = 0 and g.expires_at <= ${nowMs} and g.id > ${after}
     order by g.id limit ${PAGE}`);
}

/** Ends what nobody has played through in its time (S2-08). What fails is logged and waits for the next time. */
export async function endExpired(deps: FinishDeps): Promise<void> {
  const now = deps.clock.now();
  let after = 0;
  while (!deps.signal.aborted) {
    const expired = await expiredGrants(deps.database, now, after);
    for (const each of expired) {
      if (deps.signal.aborted) return;
      await endOne(deps, each, now).catch((error: unknown) => {
        deps.log.error({ err: error, grant: each.grant }, 'an expired bonus is left to the next sweep');
      });
    }
    after = expired.at(-1)?.grant ?? 0;
    if (expired.length < PAGE) return;
  }
}

/**
 * Its key is another one every hour: a refusal is on record under its key, and one that came of a clock that was set
 * back would be the answer for ever. A bonus ends once all the same: the wallet sees to it.
 */
async function endOne(deps: FinishDeps, { grant, owner, currency }: Expired, nowMs: number): Promise<void> {
  const key = deterministicKey('bonus expired', grant, Math.floor(nowMs / HOUR_MS));
  const identified = { origin: SYSTEM, key, request: `expired ${grant}` };
  const command: EndBonus = { kind: 'endBonus', ...identified, owner, currency, grant, as: 'expired' };
  const ended = await endBonus(deps, command);
  if (ended !== null && !ended.duplicate) await tellEnd(deps, command, ended);
}
