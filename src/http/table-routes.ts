import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { findPayTable } from '../games/andar-bahar/pay-tables.ts';
import { percentOf, returnToPlayer } from '../games/andar-bahar/rtp.ts';
import { enabledGames, findGame, type Game, type PublicRound, settledRounds } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import { toWire } from '../money.ts';
import { refuse } from '../refusal.ts';
import { publicRoute, type Route } from './route.ts';

const TableParams = z.strictObject({ id: z.string().min(1).max(64) });
const HistoryQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
});

const WireTable = z.strictObject({
  tableId: z.string(),
  name: z.string(),
  payTable: z.string(),
  rtp: z
    .array(z.strictObject({ betSide: z.string(), bettingWindow: z.int(), percent: z.string() }))
    .describe('the exact return to player per bet and window, given what is visible then'),
  currency: z.string(),
  minBet: z.int(),
  maxBet: z.int(),
  bettingMs: z.int(),
  paused: z.boolean(),
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

function wireTable(game: Game): z.input<typeof WireTable> {
  const table = findPayTable(game.payTable);
  const returns = table === undefined ? [] : returnToPlayer(table);
  return {
    tableId: game.tableId,
    name: game.name,
    payTable: game.payTable,
    rtp: returns.map(({ betType, window, ratio }) => ({
      betSide: betType,
      bettingWindow: window,
      percent: percentOf(ratio),
    })),
    currency: game.currency,
    minBet: toWire(game.minBet),
    maxBet: toWire(game.maxBet),
    bettingMs: game.bettingMs,
    paused: game.paused,
  };
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
