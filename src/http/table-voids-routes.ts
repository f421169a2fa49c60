import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { findGame } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import { toWire } from '../money.ts';
import { refuse } from '../refusal.ts';
import { voidRate, voidsOf } from '../rounds/void-store.ts';
import { publicRoute, type Route } from './route.ts';

const VoidsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
});

const WireVoid = z.strictObject({
  roundId: z.uuid(),
  roundNumber: z.int(),
  reason: z.string(),
  requestedBy: z.string(),
  approvedBy: z.string(),
  voidedAt: z.iso.datetime(),
  refunded: z.int().describe('minor units'),
  bets: z.int(),
});

const WireVoids = z.strictObject({
  settled: z.int().describe('rounds, ever'),
  voided: z.int().describe('rounds, ever'),
  ratePercent: z.string().describe('voided among all that were settled or voided'),
  items: z.array(WireVoid),
  nextCursor: z.string().nullable(),
});

/** How often a table's rounds are taken back, by whom and why: public, so that nobody does it lightly (DESIGN 6). */
export function tableVoidsRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/tables/:id/voids',
        summary: 'Voided rounds of a table, newest first, and its void rate.',
        params: z.strictObject({ id: z.string().min(1).max(64) }),
        query: VoidsQuery,
        answer: WireVoids,
      },
      async ({ params, query }) => {
        const tableId = params.id as TableId;
        if ((await findGame(database, tableId)) === null) return refuse('NOT_FOUND');
        const { settled, voided } = await voidRate(database, tableId);
        const found = await voidsOf(database, tableId, { limit: query.limit + 1, before: query.cursor });
        const items = found.slice(0, query.limit).map(({ refunded, voidedAt, ...each }) => {
          return { ...each, refunded: toWire(refunded), voidedAt: voidedAt.toISOString() };
        });
        const nextCursor = found.length > query.limit ? String(items.at(-1)?.roundNumber) : null;
        return { settled, voided, ratePercent: percent(voided, settled + voided), items, nextCursor };
      },
    ),
  ];
}

/** Three decimals, rounded down: `0.125`. */
function percent(part: number, whole: number): string {
  const thousandths = whole === 0 ? 0 : Math.floor((part * 100_000) / whole);
  return `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`;
}
