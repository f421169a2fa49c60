import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import type { Lottery } from '../lottery/lottery.ts';
import { PHASE_STATUSES } from '../lottery/phase-row.ts';
import { findPhase, newestPhases } from '../lottery/phase-store.ts';
import { resultsOf } from '../lottery/settlement-store.ts';
import { positionsOf, type SlipId } from '../lottery/slip-row.ts';
import { findSlip, newestSlips } from '../lottery/slip-store.ts';
import { verificationOf, WireDraw } from '../lottery/verification.ts';
import { WirePhase, WireResult, wirePhase, wireResult } from '../lottery/wire-phase.ts';
import {
  WireReadSlip,
  WireSlip,
  WireSlipInFull,
  WireSubmittedSlip,
  wirePreview,
  wireSlip,
  wireSlipInFull,
  wireSubmitted,
} from '../lottery/wire-slip.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { positionsById } from '../wallet/reads.ts';
import { PageSize, PhaseName, PhaseParams, SlipName, SlipParams } from './lottery-params.ts';
import { guardedRoute, maybeMoneyRoute, publicRoute, type Route } from './route.ts';

export interface LotteryRoutesDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly lottery: Pick<Lottery, 'preview' | 'submit'>;
}

const COLLECTORS = ['COLLECTOR'] as const;

/** Longer than a slip can be: its own language says what is wrong with such a text. */
const SlipBody = z.strictObject({
  text: z.string().max(100_000).describe('src/games/lottery/README.md has the language; amounts are major units'),
  preview: z.boolean().optional().describe('only says what the text stakes; needs no key and stores nothing'),
  digest: z.string().max(64).optional().describe('of the preview: refused where the text stakes something else'),
});
const PhasesQuery = z.strictObject({
  status: z.enum(PHASE_STATUSES).optional(),
  limit: PageSize,
  cursor: PhaseName.optional(),
});
const SlipsQuery = z.strictObject({ phase: PhaseName.optional(), limit: PageSize, cursor: SlipName.optional() });

/** The lottery for everybody, and for collectors (PROTOCOL, Lottery; S3-17 … S3-22). */
export function lotteryRoutes(deps: LotteryRoutesDeps): readonly Route[] {
  return [...phaseRoutes(deps), ...slipRoutes(deps), ...ownSlipRoutes(deps)];
}

function phaseRoutes({ database }: LotteryRoutesDeps): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/lottery/phases',
        summary: 'The phases of the lottery, newest first: the one that is open, and what became of those before.',
        query: PhasesQuery,
        answer: z.strictObject({ items: z.array(WirePhase), nextCursor: z.string().nullable() }),
      },
      async ({ query: { status, limit, cursor } }) => {
        const found = await newestPhases(database, { status, before: cursor }, limit + 1);
        const items = found.slice(0, limit).map(wirePhase);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.phaseId ?? null) : null };
      },
    ),
    publicRoute(
      {
        method: 'get',
        path: '/lottery/phases/:id',
        summary: 'One phase of the lottery.',
        params: PhaseParams,
        answer: WirePhase,
      },
      async ({ params }) => {
        const phase = await findPhase(database, params.id);
        return phase === null || phase.openedAt === null ? refuse('NOT_FOUND') : wirePhase(phase);
      },
    ),
    publicRoute(
      {
        method: 'get',
        path: '/lottery/phases/:id/verification',
        summary: 'What anybody needs to draw the number of a phase again; NOT_FOUND where it is not drawn but entered.',
        params: PhaseParams,
        answer: WireDraw,
      },
      async ({ params }) => {
        const phase = await findPhase(database, params.id);
        if (phase === null || phase.openedAt === null) return refuse('NOT_FOUND');
        return (await verificationOf(database, phase)) ?? refuse('NOT_FOUND');
      },
    ),
  ];
}

function slipRoutes({ clock, lottery }: LotteryRoutesDeps): readonly Route[] {
  return [
    maybeMoneyRoute(
      COLLECTORS,
      {
        method: 'post',
        path: '/lottery/phases/:id/slips',
        refuses: [
          'PHASE_CLOSED',
          'BELOW_MINIMUM',
          'ABOVE_MAXIMUM',
          'NUMBER_LIMIT_EXCEEDED',
          'INSUFFICIENT_FUNDS',
          'PLAYER_LIMIT',
          'SELF_EXCLUDED',
          'EXPOSURE_LIMIT',
        ],
        summary: 'Hands in a slip, whole or not at all; with preview: true only says what it stakes.',
        status: 201,
        params: PhaseParams,
        body: SlipBody,
        answer: z.union([WireSubmittedSlip, WireReadSlip]),
      },
      ({ preview }) => preview !== true,
      async ({ identity, key, params, body: { text, digest } }) => {
        const receivedAt = clock.now();
        if (key === null) {
          const read = await lottery.preview(params.id, text);
          return isRefusal(read) ? read : wirePreview(params.id, read);
        }
        const wish = { userId: identity.userId, key, phase: params.id, text, digest, receivedAt };
        const submitted = await lottery.submit(wish);
        return isRefusal(submitted) ? submitted : wireSubmitted(submitted);
      },
    ),
  ];
}

function ownSlipRoutes({ database }: LotteryRoutesDeps): readonly Route[] {
  return [
    guardedRoute(
      COLLECTORS,
      {
        method: 'get',
        path: '/lottery/slips',
        summary: 'The own slips, newest first; of one phase or of all.',
        query: SlipsQuery,
        answer: z.strictObject({ items: z.array(WireSlip), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query: { phase, limit, cursor } }) => {
        const filter = { userId: identity.userId, phase, before: cursor };
        const found = await newestSlips(database, filter, limit + 1);
        const items = found.slice(0, limit).map(wireSlip);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.slipId ?? null) : null };
      },
    ),
    guardedRoute(
      COLLECTORS,
      {
        method: 'get',
        path: '/lottery/slips/:id',
        summary: 'One of the own slips, with what became of each line.',
        params: SlipParams,
        answer: WireSlipInFull,
      },
      ({ identity, params }) => slipInFull(database, params.id, ({ userId }) => userId === identity.userId),
    ),
    guardedRoute(
      COLLECTORS,
      {
        method: 'get',
        path: '/lottery/results',
        summary: 'What settled phases came to for oneself, the newest first.',
        query: z.strictObject({ limit: PageSize, cursor: PhaseName.optional() }),
        answer: z.strictObject({ items: z.array(WireResult), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query: { limit, cursor } }) => {
        const found = await resultsOf(database, identity.userId, cursor, limit + 1);
        const items = found.slice(0, limit).map(wireResult);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.phaseId ?? null) : null };
      },
    ),
  ];
}

/** NOT_FOUND for one that did not come about, or that is not to be shown. */
export async function slipInFull(database: Database, id: SlipId, isShown: (slip: { userId: string }) => boolean) {
  const slip = await findSlip(database, id);
  if (slip === null || slip.seq === null || !isShown(slip)) return refuse('NOT_FOUND');
  const phase = await findPhase(database, slip.phase);
  if (phase === null) throw new Error(`the phase of slip ${id} is gone`);
  return wireSlipInFull(slip, phase, await positionsById(database, positionsOf(slip)));
}
