import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { type BetCursor, betsOfPlayer } from '../games/andar-bahar/store.ts';
import type { RoundId } from '../ids.ts';
import { INR } from '../money.ts';
import { WireBet, wireBet } from '../rounds/wire-bet.ts';
import { findStanding } from '../vip/standing.ts';
import { ANY_ROLE, guardedRoute, type Route } from './route.ts';
import { WireWallet, wireWallet } from './wire-wallet.ts';

const BetsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[1-9][0-9]{0,14}$/, 'a nextCursor')
    .transform((text): BetCursor => {
      const [roundId = '', betId] = text.split('.');
      return { roundId: roundId as RoundId, betId: Number(betId) };
    })
    .optional(),
});

export interface WalletRoutesDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** A player's own money and bets. */
export function walletRoutes({ database, clock }: WalletRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/wallets/me',
        summary: 'The own wallet, with what it has turned over, the rank that comes of it and the bonuses.',
        answer: WireWallet,
      },
      async ({ identity: { userId, role } }) =>
        wireWallet(INR, await findStanding(database, userId, INR, clock.now()), role),
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/bets/me',
        summary: 'The own bets, newest first.',
        query: BetsQuery,
        answer: z.strictObject({ items: z.array(WireBet), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query }) => {
        const found = await betsOfPlayer(database, identity.userId, { limit: query.limit + 1, after: query.cursor });
        const items = found.slice(0, query.limit).map(wireBet);
        const last = items.at(-1);
        return { items, nextCursor: last && found.length > query.limit ? `${last.roundId}.${last.betId}` : null };
      },
    ),
  ];
}
