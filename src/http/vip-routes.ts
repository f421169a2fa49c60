import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Clock } from '../clock.ts';
import { isRefusal } from '../refusal.ts';
import { replaceRanks } from '../vip/ranks.ts';
import { allRanks, type Rank } from '../vip/store.ts';
import { Name, Reason } from './plain-text.ts';
import { guardedRoute, publicRoute, type Route } from './route.ts';

export interface VipRoutesDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly backoffice: Pick<Backoffice, 'act'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;

const WireRank = z.strictObject({
  level: z.int().min(0).max(99),
  name: Name(50),
  xpFrom: z.int().min(0).max(1e15).describe('points from which on a player has this rank'),
  cashback: z.int().min(0).max(10_000).describe('hundredths of a percent'),
});
const List = z.strictObject({ items: z.array(WireRank), nextCursor: z.null() });
const NewRanks = z.strictObject({ ranks: z.array(WireRank).min(1).max(100), reason: Reason });

/** Ranks of players: public to read, for people of the house to change (S2-03, S2-36). */
export function vipRoutes({ database, clock, backoffice }: VipRoutesDeps): readonly Route[] {
  const list = async () => listOf(await allRanks(database));
  return [
    publicRoute(
      {
        method: 'get',
        path: '/vip/ranks',
        summary: 'Every rank and the points it takes, the lowest first.',
        answer: List,
      },
      list,
    ),
    guardedRoute(
      HOUSE,
      { method: 'get', path: '/admin/vip/ranks', summary: 'Every rank, the lowest first.', answer: List },
      list,
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/vip/ranks',
        refuses: ['ALREADY_DECIDED', 'NOT_OPEN'],
        summary:
          'Replaces the whole list: levels from 0 on without a gap, points rising from 0. It counts at once; all but' +
          ' the names can be changed only while no cashback campaign is on.',
        body: NewRanks,
        answer: List,
      },
      async ({ identity, body: { ranks, reason } }) => {
        const by = { by: identity.userId, now: new Date(clock.now()), reason };
        const replaced = await backoffice.act(identity, (tx) => replaceRanks(tx, ranks, by));
        return isRefusal(replaced) ? replaced : listOf(replaced);
      },
    ),
  ];
}

function listOf(ranks: readonly Rank[]): z.input<typeof List> {
  return { items: [...ranks], nextCursor: null };
}
