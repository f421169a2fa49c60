import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { RoundId } from '../ids.ts';
import { type Minor, toWire } from '../money.ts';
import { refuse } from '../refusal.ts';
import { findRoundOfPlayer, type PlayedRound, roundsOfPlayer } from '../rounds/recall-store.ts';
import { WireBet, wireBet } from '../rounds/wire-bet.ts';
import { ANY_ROLE, guardedRoute, type Route } from './route.ts';

const Round = z.uuid().transform((id) => id.toLowerCase() as RoundId);
const RecallQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: Round.optional(),
});

const WireRecall = z.strictObject({
  roundId: z.uuid(),
  tableId: z.string(),
  roundNumber: z.int(),
  payTable: z.string(),
  status: z.enum(['settled', 'voided']),
  jokerCard: z.string().nullable(),
  andarCards: z.array(z.string()).nullable(),
  baharCards: z.array(z.string()).nullable(),
  winningSide: z.enum(['andar', 'bahar']).nullable(),
  cardsDealt: z.int().nullable(),
  bets: z.array(WireBet).describe('in the order they were placed, undone ones among them'),
  totalBet: z.int().describe('without undone bets'),
  payout: z.int().describe('what came back on them, stakes included'),
  netProfit: z.int(),
  result: z.enum(['no_bet', 'refund', 'mixed', 'win', 'loss']),
  balanceBefore: z.int().nullable().describe('the total right before the first bet'),
  balanceAfter: z
    .int()
    .nullable()
    .describe(
      'the total right after the payouts, other bets meanwhile included; null in rounds older than this record',
    ),
  playedAt: z.iso.datetime(),
});

/** What a player did and what came of it, round by round, for good. */
export function recallRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/rounds/me',
        summary: 'Every finished round that one took part in, newest first: bets, cards, outcome, balances.',
        query: RecallQuery,
        answer: z.strictObject({ items: z.array(WireRecall), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query }) => {
        const page = { limit: query.limit + 1, before: query.cursor };
        const found = await roundsOfPlayer(database, identity.userId, page);
        const items = found.slice(0, query.limit).map(wireRecall);
        return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.roundId ?? null) : null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/rounds/me/:id',
        summary: 'One finished round that one took part in.',
        params: z.strictObject({ id: Round }),
        answer: WireRecall,
      },
      async ({ identity, params }) => {
        const round = await findRoundOfPlayer(database, identity.userId, params.id);
        return round === null ? refuse('NOT_FOUND') : wireRecall(round);
      },
    ),
  ];
}

function wireRecall(round: PlayedRound): z.input<typeof WireRecall> {
  const { bets, totalBet, payout, balanceBefore, balanceAfter, playedAt } = round;
  return {
    ...round,
    bets: bets.map(wireBet),
    totalBet: toWire(totalBet),
    payout: toWire(payout),
    netProfit: toWire((payout - totalBet) as Minor),
    balanceBefore: balanceBefore === null ? null : toWire(balanceBefore),
    balanceAfter: balanceAfter === null ? null : toWire(balanceAfter),
    playedAt: playedAt.toISOString(),
  };
}
