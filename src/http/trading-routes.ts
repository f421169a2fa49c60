import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { BinaryBody, TradeBody } from '../../schema/trading.ts';
import type { Clock } from '../clock.ts';
import type { TradeId } from '../ids.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { wireBalance } from '../rounds/wire-bet.ts';
import { findBinary, newestBinaries } from '../trading/binary-store.ts';
import type { Desk } from '../trading/desk.ts';
import { wireBinaryNow } from '../trading/own-trades.ts';
import { findTrade, newestTrades } from '../trading/trade-store.ts';
import { WireTerms, wireTerms } from '../trading/wire-terms.ts';
import {
  WireBinary,
  WireTrade,
  WireTradeBalance,
  wireBinaryAsOpened,
  wireTrade,
  wireTradeAsOpened,
} from '../trading/wire-trading.ts';
import { ANY_ROLE, guardedRoute, moneyRoute, publicRoute, type Route } from './route.ts';

export interface TradingRoutesDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly desk: Pick<Desk, 'row' | 'openTrade' | 'closeTrade' | 'openBinary' | 'binaries'>;
}

const Id = z.uuid().transform((id) => id.toLowerCase() as TradeId);
const Params = z.strictObject({ id: Id });
/** People of the house see what is at risk, and set the terms: they open nothing. */
const PLAYERS = ['PLAYER'] as const;
/** Of whatever is opened. */
const OPENING = [
  ...(['GAME_PAUSED', 'STALE_PRICE', 'BELOW_MINIMUM', 'ABOVE_MAXIMUM', 'EXPOSURE_LIMIT'] as const),
  ...(['SELF_EXCLUDED', 'INSUFFICIENT_FUNDS', 'PLAYER_LIMIT'] as const),
];
const Query = z.strictObject({
  status: z.enum(['open', 'closed']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});

/** Trades and binaries (PROTOCOL, Trading; S4-11 … S4-22, S4-43). The room of the desk calls the same service. */
export function tradingRoutes(deps: TradingRoutesDeps): readonly Route[] {
  return [termsRoute(deps), ...tradeRoutes(deps), ...ownTradeRoutes(deps), ...binaryRoutes(deps)];
}

function termsRoute({ desk }: TradingRoutesDeps): Route {
  return publicRoute(
    {
      method: 'get',
      path: '/trades/terms',
      summary:
        'What the desk takes: margins, leverage, stakes, durations, what a win pays, and the most of one player.',
      answer: WireTerms,
    },
    async () => wireTerms(desk.row),
  );
}

function tradeRoutes({ clock, desk }: TradingRoutesDeps): readonly Route[] {
  return [
    moneyRoute(
      PLAYERS,
      {
        method: 'post',
        path: '/trades/open',
        summary: 'Opens a trade at the last price; its margin is held.',
        body: TradeBody,
        refuses: OPENING,
        answer: z.strictObject({
          message: z.literal('Trade opened successfully'),
          trade: WireTrade,
          balance: WireTradeBalance,
        }),
      },
      async ({ identity, key, body }) => {
        const opened = await desk.openTrade({ ...body, userId: identity.userId, key, receivedAt: clock.now() });
        if (isRefusal(opened)) return opened;
        const { row, balance } = opened;
        return { message: 'Trade opened successfully', trade: wireTradeAsOpened(row), balance: wireBalance(balance) };
      },
    ),
    moneyRoute(
      ANY_ROLE,
      {
        method: 'delete',
        path: '/trades/:id',
        summary:
          'Closes an own trade at the last price; STALE_PRICE where that is too old to open one, or of another feed.',
        params: Params,
        refuses: ['NOT_OPEN', 'STALE_PRICE'],
        answer: z.strictObject({
          message: z.literal('Trade closed successfully'),
          trade: WireTrade,
          balance: WireTradeBalance,
        }),
      },
      async ({ identity, key, params: { id: tradeId } }) => {
        const closed = await desk.closeTrade({ tradeId, userId: identity.userId, key, receivedAt: clock.now() });
        if (isRefusal(closed)) return closed;
        const { row, balance } = closed;
        return { message: 'Trade closed successfully', trade: wireTrade(row), balance: wireBalance(balance) };
      },
    ),
  ];
}

function ownTradeRoutes({ database }: TradingRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/trades',
        summary: 'The own trades, newest first; those that are open, those that are closed, or all.',
        query: Query,
        answer: z.strictObject({ items: z.array(WireTrade), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query: { status, limit, cursor } }) => {
        const filter = { userId: identity.userId, before: cursor, ...(status && { isOpen: status === 'open' }) };
        const found = await newestTrades(database, filter, limit + 1);
        const items = found.slice(0, limit).map(wireTrade);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.tradeId ?? null) : null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      { method: 'get', path: '/trades/:id', summary: 'One of the own trades.', params: Params, answer: WireTrade },
      async ({ identity, params }) => {
        const row = await findTrade(database, params.id);
        const isThere = row !== null && row.terms.owner === identity.userId && row.seq !== null;
        return isThere ? wireTrade(row) : refuse('NOT_FOUND');
      },
    ),
  ];
}

function binaryRoutes({ database, clock, desk }: TradingRoutesDeps): readonly Route[] {
  return [
    moneyRoute(
      PLAYERS,
      {
        method: 'post',
        path: '/binary/open',
        summary: 'Bets that the price will be above (UP) or below (DOWN) its next one at the expiry.',
        body: BinaryBody,
        refuses: OPENING,
        answer: z.strictObject({
          message: z.literal('Binary opened successfully'),
          binary: WireBinary,
          balance: WireTradeBalance,
        }),
      },
      async ({ identity, key, body }) => {
        const opened = await desk.openBinary({ ...body, userId: identity.userId, key, receivedAt: clock.now() });
        if (isRefusal(opened)) return opened;
        const { row, balance } = opened;
        const binary = wireBinaryAsOpened(row);
        return { message: 'Binary opened successfully', binary, balance: wireBalance(balance) };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/binary',
        summary: 'The own binaries, newest first; those that are open, those that are over, or all.',
        query: Query,
        answer: z.strictObject({ items: z.array(WireBinary), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query: { status, limit, cursor } }) => {
        const filter = { userId: identity.userId, before: cursor, ...(status && { isOpen: status === 'open' }) };
        const found = await newestBinaries(database, filter, limit + 1);
        const items = found.slice(0, limit).map((row) => wireBinaryNow(desk, row));
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.tradeId ?? null) : null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      { method: 'get', path: '/binary/:id', summary: 'One of the own binaries.', params: Params, answer: WireBinary },
      async ({ identity, params }) => {
        const row = await findBinary(database, params.id);
        const isThere = row !== null && row.terms.owner === identity.userId && row.seq !== null;
        return isThere ? wireBinaryNow(desk, row) : refuse('NOT_FOUND');
      },
    ),
  ];
}
