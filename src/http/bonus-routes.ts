import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { AwardId } from '../bonuses/award.ts';
import type { Bonuses } from '../bonuses/bonuses.ts';
import { newestBonuses } from '../bonuses/reads.ts';
import { referralCodeOf } from '../bonuses/referral-code.ts';
import { WireBonus, wireBonus } from '../bonuses/wire-bonus.ts';
import type { Clock } from '../clock.ts';
import { isRefusal } from '../refusal.ts';
import { ANY_ROLE, guardedRoute, type Route } from './route.ts';

export interface BonusRoutesDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly bonuses: Pick<Bonuses, 'decline'>;
}

const Id = z.uuid().transform((id) => id.toLowerCase() as AwardId);
const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});

/** A player's own bonuses (S2-08, S2-35), and the code to bring others with. */
export function bonusRoutes({ database, clock, bonuses }: BonusRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/bonuses/me',
        summary: 'The own bonuses, whatever has become of them, newest first.',
        query: Query,
        answer: z.strictObject({ items: z.array(WireBonus), nextCursor: z.string().nullable() }),
      },
      async ({ identity: { userId }, query: { limit, cursor } }) => {
        const filter = { userId, refused: false, before: cursor };
        const found = await newestBonuses(database, filter, { limit: limit + 1, nowMs: clock.now() });
        const items = found.slice(0, limit).map(wireBonus);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'delete',
        path: '/bonuses/:id',
        refuses: ['NOT_OPEN', 'ALREADY_DECIDED'],
        summary: 'Gives an own bonus up, while it is pending or active; what is left of it is lost.',
        params: z.strictObject({ id: Id }),
        answer: WireBonus,
      },
      async ({ identity, params }) => {
        const declined = await bonuses.decline(identity.userId, params.id);
        return isRefusal(declined) ? declined : wireBonus(declined);
      },
    ),
    guardedRoute(
      ['PLAYER'],
      {
        method: 'get',
        path: '/bonuses/referral',
        summary: 'The own code: who registers with it is brought by this player. It is made when first asked for.',
        answer: z.strictObject({ referralCode: z.string() }),
      },
      async ({ identity }) => ({ referralCode: await referralCodeOf(database, identity.userId) }),
    ),
  ];
}
