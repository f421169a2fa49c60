import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { type AdjustmentId, STATUSES } from '../adjustments/adjustment.ts';
import type { Adjustments } from '../adjustments/adjustments.ts';
import { newestAdjustments } from '../adjustments/store.ts';
import { WireAdjustment, wireAdjustment, wireAsked } from '../adjustments/wire-adjustment.ts';
import type { UserId } from '../ids.ts';
import { minor } from '../money.ts';
import { isRefusal } from '../refusal.ts';
import { OptionalReason, Reason } from './plain-text.ts';
import { guardedRoute, moneyRoute, type Route } from './route.ts';

export interface AdminAdjustmentDeps {
  readonly database: Database;
  readonly adjustments: Pick<Adjustments, 'request' | 'approve' | 'reject'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const Id = z.uuid().transform((id) => id.toLowerCase() as AdjustmentId);
const Params = z.strictObject({ id: Id });
const User = z.uuid().transform((id) => id.toLowerCase() as UserId);
const Query = z.strictObject({
  status: z.enum(STATUSES).optional(),
  user: User.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});
const Wish = z.strictObject({
  userId: User,
  amount: z
    .int()
    .min(-1e15)
    .max(1e15)
    .refine((amount) => amount !== 0, 'must not be 0')
    .describe('minor units; below zero: to be taken from the wallet'),
  reason: Reason,
});

/** Corrections of wallets by hand (PROTOCOL, Operations): one person asks, another approves. Both are acts. */
export function adminAdjustmentRoutes(deps: AdminAdjustmentDeps): readonly Route[] {
  return [listRoute(deps), askingRoute(deps), ...decidingRoutes(deps)];
}

function listRoute({ database }: AdminAdjustmentDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'get',
      path: '/admin/adjustments',
      summary: 'Corrections of wallets, newest first; by status and user.',
      query: Query,
      answer: z.strictObject({ items: z.array(WireAdjustment), nextCursor: z.string().nullable() }),
    },
    async ({ query: { status, user, limit, cursor } }) => {
      const found = await newestAdjustments(database, { status, userId: user, before: cursor }, limit + 1);
      const items = found.slice(0, limit).map(wireAdjustment);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
}

function askingRoute({ adjustments }: AdminAdjustmentDeps): Route {
  return moneyRoute(
    HOUSE,
    {
      method: 'post',
      path: '/admin/adjustments',
      summary: 'Asks for a correction of a wallet; nothing moves before a second person approves it.',
      status: 201,
      body: Wish,
      answer: WireAdjustment,
      refuses: ['NOT_FOUND', 'SAME_PERSON'],
    },
    async ({ identity, key, body: { userId, amount, reason } }) => {
      const asked = await adjustments.request(identity, { userId, amount: minor(amount), reason, key });
      return isRefusal(asked) ? asked : wireAsked(asked);
    },
  );
}

function decidingRoutes({ adjustments }: AdminAdjustmentDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/adjustments/:id/approve',
        summary: 'Approves a correction that another person has asked for: its money moves.',
        params: Params,
        body: OptionalReason,
        answer: WireAdjustment,
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON', 'NOT_OPEN', 'INSUFFICIENT_FUNDS', 'ABOVE_MAXIMUM'],
      },
      async ({ identity, params, body }) => {
        const approved = await adjustments.approve(identity, params.id, body?.reason);
        return isRefusal(approved) ? approved : wireAdjustment(approved);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/adjustments/:id/reject',
        summary: 'Rejects a correction; who has asked for it can take it back so.',
        params: Params,
        body: z.strictObject({ reason: Reason }),
        answer: WireAdjustment,
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON'],
      },
      async ({ identity, params, body }) => {
        const rejected = await adjustments.reject(identity, params.id, body.reason);
        return isRefusal(rejected) ? rejected : wireAdjustment(rejected);
      },
    ),
  ];
}
