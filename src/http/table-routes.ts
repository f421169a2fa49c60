import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { enabledGames, findGame, type PublicRound, settledRounds } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import { toWire } from '../money.ts';
import { refuse } from '../refusal.ts';
import { lastRulesVersion } from '../rounds/game-rules.ts';
import { publicRoute, type Route } from './route.ts';
import { WireTable, WireTableInFull, wireTable, wireTableInFull } from './wire-table.ts';

const TableParams = z.strictObject({ id: z.string().min(1).max(64) });
const HistoryQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
});

const WireHistory = z.strictObject({
  roundId: z.uuid(),
  roundNumber: z.int(),
  jokerCard: z.string().nullable(),
  winningSide: z.enum(['andar', 'bahar']).nullable(),
  cardsDealt: z.int().nullable(),
  totalBets: z.int(),
  totalPlayers: z.int(),
  totalBetAmount: z.int(),
  totalPayouts: z.int(),
  playedAt: z.iso.datetime().nullable(),
});

/** The tables and what was played at them; open to everybody. */
export function tableRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/tables',
        summary: 'Every table that has a room.',
        answer: z.strictObject({ items: z.array(WireTable), nextCursor: z.null() }),
      },
      async () => ({ items: (await enabledGames(database)).map(wireTable), nextCursor: null }),
    ),
    publicRoute(
      {
        method: 'get',
        path: '/tables/:id',
        summary: 'A table with all its rules: what each window takes, what that pays, what it returns in the long run.',
        params: TableParams,
        answer: WireTableInFull,
      },
      async ({ params }) => {
        const game = await findGame(database, params.id as TableId);
        if (!game?.enabled) return refuse('NOT_FOUND');
        return wireTableInFull(game, await lastRulesVersion(database, game.tableId));
      },
    ),
    publicRoute(
      {
        method: 'get',
        path: '/tables/:id/history',
        summary: 'Settled rounds of a table, newest first.',
        params: TableParams,
        query: HistoryQuery,
        answer: z.strictObject({ items: z.array(WireHistory), nextCursor: z.string().nullable() }),
      },
      async ({ params, query }) => {
        const tableId = params.id as TableId;
        if ((await findGame(database, tableId)) === null) return refuse('NOT_FOUND');
        const found = await settledRounds(database, tableId, { limit: query.limit + 1, before: query.cursor });
        const items = found.slice(0, query.limit).map(wireHistory);
        const nextCursor = found.length > query.limit ? String(items.at(-1)?.roundNumber) : null;
        return { items, nextCursor };
      },
    ),
  ];
}

function wireHistory(round: PublicRound): z.input<typeof WireHistory> {
  const { roundId, roundNumber, jokerCard, winningSide, cardsDealt, totalBets, totalPlayers } = round;
  return {
    ...{ roundId, roundNumber, jokerCard, winningSide, cardsDealt },
    totalBets: totalBets ?? 0,
    totalPlayers: totalPlayers ?? 0,
    totalBetAmount: toWire(round.totalBetAmount ?? (0n as never)),
    totalPayouts: toWire(round.totalPayouts ?? (0n as never)),
    playedAt: round.endedAt?.toISOString() ?? null,
  };
}
