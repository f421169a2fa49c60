import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { findTransaction, newestTransactions } from '../cashier/store.ts';
import { METHODS, STATUSES, type TransactionId, type TransactionType } from '../cashier/transaction.ts';
import { WireTransaction, wireRequested, wireTransaction } from '../cashier/wire-transaction.ts';
import { minor } from '../money.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { Note } from './plain-text.ts';
import { ANY_ROLE, guardedRoute, moneyRoute, type Route } from './route.ts';

export interface TransactionRoutesDeps {
  readonly database: Database;
  readonly cashier: Pick<Cashier, 'request' | 'cancel'>;
}

const Id = z.uuid().transform((id) => id.toLowerCase() as TransactionId);
const Params = z.strictObject({ id: Id });
const RequestBody = z.strictObject({
  amount: z.int().min(1).max(1e15).describe('minor units'),
  method: z.enum(METHODS),
  reference: Note.optional().describe('where the money comes from or goes to, in words of your own'),
});
const OUT_OF_RANGE = ['BELOW_MINIMUM', 'ABOVE_MAXIMUM'] as const;
const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});

/** One's own deposits and withdrawals (DOMAIN 6, S4-31). */
export function transactionRoutes({ database, cashier }: TransactionRoutesDeps): readonly Route[] {
  return [
    requestRoute(cashier, 'DEPOSIT', {
      path: '/transactions/deposits',
      summary: 'Asks for a deposit; it is credited on approval.',
      refuses: [...OUT_OF_RANGE, 'PLAYER_LIMIT', 'SELF_EXCLUDED'],
    }),
    requestRoute(cashier, 'WITHDRAWAL', {
      path: '/transactions/withdrawals',
      summary: 'Asks for a withdrawal; the money is held until it is decided.',
      refuses: [...OUT_OF_RANGE, 'INSUFFICIENT_FUNDS', 'WAGERING_OPEN'],
    }),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/transactions',
        summary: 'The own deposits and withdrawals, newest first.',
        query: Query,
        answer: z.strictObject({ items: z.array(WireTransaction), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query: { limit, cursor } }) => {
        const filter = { userId: identity.userId, before: cursor };
        const found = await newestTransactions(database, filter, limit + 1);
        const items = found.slice(0, limit).map(wireTransaction);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
      },
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/transactions/:id',
        summary: 'One of the own deposits and withdrawals.',
        params: Params,
        answer: WireTransaction,
      },
      ({ identity, params }) => ownTransaction(database, identity.userId, params.id),
    ),
    guardedRoute(
      ANY_ROLE,
      {
        method: 'delete',
        path: '/transactions/:id',
        refuses: ['ALREADY_DECIDED'],
        summary: 'Cancels an own deposit or withdrawal while it is pending; held money is given back.',
        params: Params,
        answer: WireTransaction,
      },
      async ({ identity, params }) => {
        const cancelled = await cashier.cancel(identity.userId, params.id);
        return isRefusal(cancelled) ? cancelled : ownTransaction(database, identity.userId, params.id);
      },
    ),
  ];
}

function requestRoute(
  cashier: TransactionRoutesDeps['cashier'],
  type: TransactionType,
  spec: Pick<Route, 'path' | 'summary' | 'refuses'>,
): Route {
  return moneyRoute(
    ANY_ROLE,
    { ...spec, method: 'post', status: 201, body: RequestBody, answer: WireTransaction },
    async ({ identity, key, body: { amount, method, reference = null } }) => {
      const wish = { userId: identity.userId, key, type, amount: minor(amount), method, reference };
      const requested = await cashier.request(wish);
      return isRefusal(requested) ? requested : wireRequested(requested);
    },
  );
}

async function ownTransaction(database: Database, userId: string, id: TransactionId) {
  const found = await findTransaction(database, id);
  const isThere = found !== null && found.userId === userId && STATUSES.some((status) => status === found.status);
  return isThere ? wireTransaction(found) : refuse('NOT_FOUND');
}
