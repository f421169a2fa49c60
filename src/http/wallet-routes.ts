import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { betsOfPlayer } from '../games/andar-bahar/store.ts';
import { INR, toWire, ZERO } from '../money.ts';
import { wireBalance, wireBet } from '../rounds/wire-bet.ts';
import { findWallet, type PlayerWallet } from '../wallet/reads.ts';
import { ANY_ROLE, guardedRoute, type Route } from './route.ts';

const BetsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
});

const NO_WALLET: PlayerWallet = {
  ...{ currency: INR, version: 0, real: ZERO, bonus: ZERO, held: ZERO, turnover: ZERO },
  ...{ realLosses: ZERO, bonusLosses: ZERO, xp: 0, bets: 0 },
};

/** A player's own money and bets. */
export function walletRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      { method: 'get', path: '/wallets/me', summary: 'The own wallet, with what it has turned over.' },
      async ({ identity }) => wireWallet((await findWallet(database, identity.userId, INR)) ?? NO_WALLET),
    ),
    guardedRoute(
      ANY_ROLE,
      { method: 'get', path: '/bets/me', summary: 'The own bets, newest first.', query: BetsQuery },
      async ({ identity, query }) => {
        const found = await betsOfPlayer(database, identity.userId, { limit: query.limit + 1, before: query.cursor });
        const items = found.slice(0, query.limit).map(wireBet);
        return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.betId ?? null) : null };
      },
    ),
  ];
}

function wireWallet(wallet: PlayerWallet) {
  const { currency, turnover, realLosses, bonusLosses, xp, bets } = wallet;
  return {
    currency,
    ...wireBalance(wallet),
    withdrawable: toWire(wallet.real),
    turnover: toWire(turnover),
    totalRealLosses: toWire(realLosses),
    totalBonusLosses: toWire(bonusLosses),
    betCount: bets,
    vip: { level: 0, xp },
    bonuses: [],
  };
}
