import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Lottery } from '../lottery/lottery.ts';
import { newestSettlements, sharesOf } from '../lottery/settlement-store.ts';
import { newestSlips } from '../lottery/slip-store.ts';
import { WireSettlement, WireShare, wireSettlement, wireShare } from '../lottery/wire-phase.ts';
import { WireSlip, WireSlipInFull, wireSlip } from '../lottery/wire-slip.ts';
import { isRefusal } from '../refusal.ts';
import { HOUSE, PageSize, PhaseName, PhaseParams, SlipName, SlipParams } from './lottery-params.ts';
import { slipInFull } from './lottery-routes.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminSlipDeps {
  readonly database: Database;
  readonly lottery: Pick<Lottery, 'voidSlip'>;
}

const User = z.uuid().transform((id) => id.toLowerCase() as UserId);
const SlipsQuery = z.strictObject({
  phase: PhaseName.optional(),
  user: User.optional(),
  limit: PageSize,
  cursor: SlipName.optional(),
});
const SettlementsQuery = z.strictObject({ limit: PageSize, cursor: PhaseName.optional() });

/** Everybody's slips, and what settled phases came to, for people of the house (S3-05, S3-21, S3-24). */
export function adminSlipRoutes(deps: AdminSlipDeps): readonly Route[] {
  return [...readingRoutes(deps), voidRoute(deps), ...historyRoutes(deps)];
}

function readingRoutes({ database }: AdminSlipDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/lottery/slips',
        summary: "Everybody's slips, newest first; by phase and collector.",
        query: SlipsQuery,
        answer: z.strictObject({ items: z.array(WireSlip), nextCursor: z.string().nullable() }),
      },
      async ({ query: { phase, user, limit, cursor } }) => {
        const found = await newestSlips(database, { phase, userId: user, before: cursor }, limit + 1);
        const items = found.slice(0, limit).map(wireSlip);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.slipId ?? null) : null };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/lottery/slips/:id',
        summary: 'A slip, with what became of each line.',
        params: SlipParams,
        answer: WireSlipInFull,
      },
      ({ params }) => slipInFull(database, params.id, () => true),
    ),
  ];
}

function voidRoute({ lottery }: AdminSlipDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'post',
      path: '/admin/lottery/slips/:id/void',
      refuses: ['ALREADY_DECIDED', 'SAME_PERSON', 'PHASE_CLOSED', 'UNKNOWN_OUTCOME'],
      summary: 'Takes a slip back while its phase takes slips; its money goes back to its collector.',
      params: SlipParams,
      body: z.strictObject({ reason: Reason }),
      answer: WireSlip,
    },
    async ({ identity, params, body }) => {
      const slip = await lottery.voidSlip(identity, params.id, body.reason);
      return isRefusal(slip) ? slip : wireSlip(slip);
    },
  );
}

function historyRoutes({ database }: AdminSlipDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/lottery/settlements',
        summary: 'What settled phases came to, the newest first.',
        query: SettlementsQuery,
        answer: z.strictObject({ items: z.array(WireSettlement), nextCursor: z.string().nullable() }),
      },
      async ({ query: { limit, cursor } }) => {
        const found = await newestSettlements(database, cursor, limit + 1);
        const items = found.slice(0, limit).map(wireSettlement);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.phaseId ?? null) : null };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/lottery/phases/:id/collectors',
        summary: 'What a settled phase came to for each of its collectors.',
        params: PhaseParams,
        answer: z.strictObject({ items: z.array(WireShare), nextCursor: z.null() }),
      },
      async ({ params }) => ({ items: (await sharesOf(database, params.id)).map(wireShare), nextCursor: null }),
    ),
  ];
}
