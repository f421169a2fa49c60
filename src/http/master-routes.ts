import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { LiveStatistics } from '../../schema/backoffice.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { countPeople } from '../accounts/directory.ts';
import { ROLES } from '../accounts/identity.ts';
import { countPending } from '../adjustments/store.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { Day } from '../backoffice/day.ts';
import { DayOfGames } from '../backoffice/day-games.ts';
import { type LiveStatisticsDeps, liveStatistics } from '../backoffice/live-statistics.ts';
import { reconcile } from '../backoffice/reconciliation.ts';
import { setRole } from '../backoffice/roles.ts';
import { newestLines } from '../backoffice/store.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { UserId } from '../ids.ts';
import { isRefusal } from '../refusal.ts';
import { WireLine, wireLine } from './admin-audit-routes.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';
import { WireReconciliation, wireReconciliation } from './wire-reconciliation.ts';

export interface MasterDeps extends Omit<LiveStatisticsDeps, 'day' | 'games'> {
  readonly database: Database;
  readonly config: Pick<Config, 'dataDir' | 'seedEncryptionKey'>;
  readonly clock: Clock;
  readonly accounts: Pick<Accounts, 'forgetUser'>;
  readonly backoffice: Pick<Backoffice, 'act'>;
}

const ACTS_SHOWN = 20;
const Overview = LiveStatistics.extend({
  people: z
    .array(z.strictObject({ role: z.enum(ROLES), people: z.int(), frozen: z.int().describe('of them') }))
    .describe('accounts by role'),
  pendingAdjustments: z.int().describe('corrections of wallets that wait for a second person'),
  books: WireReconciliation.pick({ right: true, currencies: true }),
  acts: z.array(WireLine).describe('the newest lines of the audit log'),
});

/** What is for a MASTER alone (S4-01, S4-07): everything at a glance, and who may do what. */
export function masterRoutes(deps: MasterDeps): readonly Route[] {
  return [overviewRoute(deps), roleRoute(deps)];
}

function overviewRoute(deps: MasterDeps): Route {
  const { database, config, clock } = deps;
  const days = { day: new Day(database), games: new DayOfGames(database) };
  const place = { dataDir: config.dataDir, secret: config.seedEncryptionKey };
  return guardedRoute(
    ['MASTER'],
    {
      method: 'get',
      path: '/master/overview',
      summary:
        'Everything at a glance: who is here, what is played today, accounts, what waits, the books, the last acts.',
      answer: Overview,
    },
    async (): Promise<z.input<typeof Overview>> => {
      const now = clock.now();
      const { right, currencies } = wireReconciliation(await reconcile(database, place), now, null);
      return {
        ...(await liveStatistics({ ...deps, ...days }, now)),
        people: [...(await countPeople(database))],
        pendingAdjustments: await countPending(database),
        books: { right, currencies },
        acts: (await newestLines(database, {}, ACTS_SHOWN)).map(wireLine),
      };
    },
  );
}

function roleRoute({ accounts, backoffice, clock }: MasterDeps): Route {
  return guardedRoute(
    ['MASTER'],
    {
      method: 'put',
      path: '/master/users/:id/role',
      summary: 'Gives somebody else another role; it counts at once, in rooms too.',
      params: z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as UserId) }),
      body: z.strictObject({ role: z.enum(ROLES), reason: Reason.optional() }),
      answer: z.strictObject({ id: z.uuid(), username: z.string(), role: z.enum(ROLES) }),
      refuses: ['ALREADY_DECIDED'],
    },
    async ({ identity, params, body }) => {
      const wish = { userId: params.id, ...body, at: new Date(clock.now()) };
      const user = await backoffice.act(identity, (tx) => setRole(tx, identity, wish));
      if (isRefusal(user)) return user;
      accounts.forgetUser(user.id);
      return { id: user.id, username: user.username, role: user.role };
    },
  );
}
