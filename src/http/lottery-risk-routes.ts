import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { findPhase } from '../lottery/phase-store.ts';
import { heatMapOf, layOffOf, riskOf } from '../lottery/risk.ts';
import { riskCsv, WireRisk, wireRisk } from '../lottery/wire-risk.ts';
import { toWire } from '../money.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { TextAnswer } from './answer.ts';
import { HOUSE, PhaseParams } from './lottery-params.ts';
import { guardedRoute, type Route } from './route.ts';

const Query = z.strictObject({ format: z.enum(['json', 'csv']).default('json') });

/** What a phase stands to lose, for people of the house (S3-07, S3-24). Read from what is committed. */
export function lotteryRiskRoutes({ database }: { readonly database: Database }): readonly Route[] {
  const phaseOf = async (id: Parameters<typeof findPhase>[1]) => {
    const phase = await findPhase(database, id);
    return phase === null || phase.openedAt === null ? refuse('NOT_FOUND') : phase;
  };
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/lottery/phases/:id/risk',
        summary: 'What is on each number, the largest stakes first; JSON or CSV.',
        params: PhaseParams,
        query: Query,
        otherAnswer: 'text/csv',
        answer: z.array(WireRisk),
      },
      async ({ params, query: { format } }) => {
        const phase = await phaseOf(params.id);
        if (isRefusal(phase)) return phase;
        const figures = await riskOf(database, phase);
        return format === 'csv' ? csv(riskCsv(figures), `risk-${phase.name}`) : figures.map(wireRisk);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/lottery/phases/:id/lay-off',
        summary: 'What is above the limits, the largest excess first, and as the text of a slip; JSON or CSV.',
        params: PhaseParams,
        query: Query,
        otherAnswer: 'text/csv',
        answer: z.strictObject({ items: z.array(WireRisk), total: z.int(), text: z.string() }),
      },
      async ({ params, query: { format } }) => {
        const phase = await phaseOf(params.id);
        if (isRefusal(phase)) return phase;
        const { numbers, total, text } = await layOffOf(database, phase);
        if (format === 'csv') return csv(riskCsv(numbers), `lay-off-${phase.name}`);
        return { items: numbers.map(wireRisk), total: toWire(total), text };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/lottery/phases/:id/heat-map',
        summary: 'All thousand numbers in their order, and the largest of each figure.',
        params: PhaseParams,
        answer: z.strictObject({ numbers: z.array(WireRisk), largestBet: z.int(), largestExcess: z.int() }),
      },
      async ({ params }) => {
        const phase = await phaseOf(params.id);
        if (isRefusal(phase)) return phase;
        const numbers = (await heatMapOf(database, phase)).map(wireRisk);
        return {
          numbers,
          largestBet: Math.max(...numbers.map(({ totalBet }) => totalBet)),
          largestExcess: Math.max(...numbers.map(({ excess }) => excess)),
        };
      },
    ),
  ];
}

/** A name that any disk takes. */
function csv(text: string, name: string): TextAnswer {
  return new TextAnswer('text/csv; charset=utf-8', text, `${name.replaceAll(/[^A-Za-z0-9-]+/g, '-')}.csv`);
}
