import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { riskInsight } from '../insight/risk-insight.ts';
import { WireRiskInsight, wireRiskInsight } from '../insight/wire-insight.ts';
import { guardedRoute, type Route } from './route.ts';

const HOURS_MAX = 168;
const Query = z.strictObject({
  hours: z.coerce.number().int().min(1).max(HOURS_MAX).default(24).describe('stakes of so many hours'),
});

/** What people of the house should look at, read off stakes and sessions (DESIGN 7). */
export function riskRoutes({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): readonly Route[] {
  return [
    guardedRoute(
      ['ADMIN', 'MASTER'],
      {
        method: 'get',
        path: '/ai/risk',
        summary:
          'Unusual stakes, opposite bets by linked accounts, hot numbers; in words, with the numbers behind them.',
        query: Query,
        answer: WireRiskInsight,
      },
      async ({ query: { hours } }) => wireRiskInsight(await riskInsight(database, clock.now(), hours)),
    ),
  ];
}
