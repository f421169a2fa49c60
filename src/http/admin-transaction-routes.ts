import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { newestTransactions } from '../cashier/store.ts';
import { STATUSES, type TransactionId, TYPES } from '../cashier/transaction.ts';
import { WireHouseTransaction, wireHouseTransaction } from '../cashier/wire-transaction.ts';
import type { UserId } from '../ids.ts';
import { OptionalReason, Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminTransactionDeps {
  readonly database: Database;
  readonly cashier: Pick<Cashier, 'approve' | 'reject' | 'returnPayout'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const Id = z.uuid().transform((id) => id.toLowerCase() as TransactionId);
const Params = z.strictObject({ id: Id });
const Query = z.strictObject({
  status: z.enum(STATUSES).optional(),
  type: z.enum(TYPES).optional(),
  user: z
    .uuid()
    .transform((id) => id.toLowerCase() as UserId)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});

const Approved = z.strictObject({
  ok: z.literal(true),
  status: z.literal('PENDING').optional().describe('a second person has to do so as well'),
  approvals: z.int().optional(),
});

/** Deposits and withdrawals under the hands of the house (S4-25 … S4-33). Whatever is decided here is an act. */
export function adminTransactionRoutes({ database, cashier }: AdminTransactionDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/tx',
        summary: "Everybody's deposits and withdrawals, newest first; by status, type and user.",
        query: Query,
        answer: z.strictObject({ items: z.array(WireHouseTransaction), nextCursor: z.string().nullable() }),
      },
      async ({ query: { status, type, user, limit, cursor } }) => {
        const filter = { status, type, userId: user, before: cursor };
        const found = await newestTransactions(database, filter, limit + 1);
        const items = found.slice(0, limit).map(wireHouseTransaction);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/tx/:id/approve-tx',
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON'],
        summary: 'Approves a deposit or a withdrawal; a large one stays pending until a second person does so too.',
        params: Params,
        body: OptionalReason,
        answer: Approved,
      },
      ({ identity, params, body }) => cashier.approve(identity, params.id, body?.reason),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/tx/:id/reject-tx',
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON'],
        summary: 'Rejects a deposit or a withdrawal; held money is given back.',
        params: Params,
        body: z.strictObject({ reason: Reason }),
        answer: z.strictObject({ ok: z.literal(true) }),
      },
      ({ identity, params, body }) => cashier.reject(identity, params.id, body.reason),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/tx/:id/return-payout',
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON', 'NOT_OPEN'],
        summary: 'Gives the money of a payout that has failed back to its player; a large one takes two people.',
        params: Params,
        body: z.strictObject({ reason: Reason }),
        answer: Approved,
      },
      ({ identity, params, body }) => cashier.returnPayout(identity, params.id, body.reason),
    ),
  ];
}
