import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { type RiskInsight, riskInsight } from '../insight/risk-insight.ts';
import { WireRiskInsight, wireRiskInsight } from '../insight/wire-insight.ts';
import { guardedRoute, type Route } from './route.ts';

const HOURS_MAX = 168;
const Query = z.strictObject({
  hours: z.coerce.number().int().min(1).max(HOURS_MAX).default(24).describe('stakes of so many hours'),
});

interface RiskDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** What people of the house should look at, read off stakes and sessions (S4-51, DESIGN 7). */
export function riskRoutes(deps: RiskDeps): readonly Route[] {
  const insightFor = oneAtATime(deps);
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
      async ({ query: { hours } }) => wireRiskInsight(await insightFor(hours)),
    ),
  ];
}

/** It takes the database a few seconds at the worst: who asks meanwhile waits, and shares what is on its way. */
function oneAtATime({ database, clock }: RiskDeps): (hours: number) => Promise<RiskInsight> {
  const underWay = new Map<number, Promise<RiskInsight>>();
  let last: Promise<unknown> = Promise.resolve();
  return (hours) =>
    underWay.getOrInsertComputed(hours, () => {
      const next = last
        .catch(() => undefined)
        .then(() => riskInsight(database, clock.now(), hours))
        .finally(() => underWay.delete(hours));
      last = next;
      return next;
    });
}
