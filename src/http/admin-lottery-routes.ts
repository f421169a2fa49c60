import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { lotteryNumber } from '../games/lottery/number.ts';
import { DEFAULT_MULTIPLIERS } from '../games/lottery/payout.ts';
import { type DrawSchedule, drawOn, nextDraw } from '../games/lottery/schedule.ts';
import type { PhaseWish } from '../lottery/create-phase.ts';
import type { Lottery } from '../lottery/lottery.ts';
import { DEFAULT_TERMS, DRAWS, OVER_LIMIT_POLICIES } from '../lottery/phase-row.ts';
import { WirePhase, WireSettlement, wirePhase, wireSettlement } from '../lottery/wire-phase.ts';
import { minor, type Percentage, toWire } from '../money.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { Digits, HOUSE, PhaseParams } from './lottery-params.ts';
import { Name, OptionalReason, Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminLotteryDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly schedule: DrawSchedule;
  readonly lottery: Pick<Lottery, 'create' | 'close' | 'limit' | 'enterNumber' | 'settle'>;
}

const Amount = z.int().min(1).max(1e15).transform(minor);
const NewPhase = z.strictObject({
  name: Name(20).optional().describe('that of the next draw, as Feb-01, unless told'),
  endDate: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .optional()
    .describe('the cut-off; of a day its time of the draw; the next draw unless told'),
  globalLimit: z.int().min(0).max(1e15).transform(minor).default(DEFAULT_TERMS.globalLimit),
  overLimit: z.enum(OVER_LIMIT_POLICIES).default(DEFAULT_TERMS.overLimit),
  straightMultiplier: z.int().min(2).max(999).default(DEFAULT_MULTIPLIERS.straight),
  permutationMultiplier: z.int().min(0).max(999).default(DEFAULT_MULTIPLIERS.permutation).describe('0 and no other'),
  commission: z
    .int()
    .min(0)
    .max(10_000)
    .transform((hundredths) => hundredths as Percentage)
    .default(DEFAULT_TERMS.commission)
    .describe('hundredths of a percent of the stakes, for collectors; with what is paid out less than all of them'),
  minStake: Amount.default(DEFAULT_TERMS.minStake),
  maxStake: Amount.default(DEFAULT_TERMS.maxStake),
  exposureCap: Amount.default(DEFAULT_TERMS.exposureCap).describe(
    'the largest worst-case loss that is accepted, commissions aside',
  ),
  draw: z.enum(DRAWS).default(DEFAULT_TERMS.draw),
  reason: Reason.optional(),
});

/** Phases under the hands of the house (S3-18, S3-19). Whatever is decided here is an act. */
export function adminLotteryRoutes(deps: AdminLotteryDeps): readonly Route[] {
  return [createRoute(deps), limitRoute(deps), closeRoute(deps), ...endingRoutes(deps)];
}

function createRoute({ clock, schedule, lottery }: AdminLotteryDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'post',
      path: '/admin/lottery/phases',
      refuses: ['ALREADY_DECIDED', 'UNKNOWN_OUTCOME'],
      summary: 'Makes a phase that takes slips from now on; one that does so already is closed.',
      status: 201,
      body: NewPhase,
      answer: WirePhase,
    },
    async ({ identity, body: { name, endDate, ...terms } }) => {
      const next = nextDraw(clock.now(), schedule);
      const endsAt = endDate === undefined ? next.at : cutOff(endDate, schedule);
      const wish: PhaseWish = { ...terms, name: name ?? next.name, endsAt: new Date(endsAt) };
      const phase = await lottery.create(identity, wish);
      return isRefusal(phase) ? phase : wirePhase(phase);
    },
  );
}

function cutOff(endDate: string, schedule: DrawSchedule): number {
  return endDate.includes('T') ? Date.parse(endDate) : drawOn(endDate, schedule);
}

function limitRoute({ lottery }: AdminLotteryDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'put',
      path: '/admin/lottery/phases/:id/limits/:number',
      refuses: ['PHASE_CLOSED'],
      summary:
        'The most that is taken on one number of slips that come after the answer; null: the global limit again.',
      params: PhaseParams.extend({ number: Digits }),
      body: z.strictObject({
        maxAmount: z.int().min(0).max(1e15).transform(minor).nullable(),
        reason: Reason.optional(),
      }),
      answer: z.strictObject({ phaseId: z.uuid(), number: z.string(), maxAmount: z.int() }),
    },
    async ({ identity, params, body: { maxAmount, reason } }) => {
      const number = lotteryNumber(params.number);
      if (number === undefined) return refuse('INVALID_REQUEST');
      const phase = await lottery.limit(identity, params.id, number, maxAmount, reason);
      if (isRefusal(phase)) return phase;
      return { phaseId: phase.id, number, maxAmount: toWire(maxAmount ?? phase.globalLimit) };
    },
  );
}

function closeRoute({ lottery }: AdminLotteryDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'post',
      path: '/admin/lottery/phases/:id/close',
      refuses: ['NOT_OPEN'],
      summary: 'Takes no slips from now on, before the phase would have ended.',
      params: PhaseParams,
      body: OptionalReason,
      answer: WirePhase,
    },
    async ({ identity, params, body }) => {
      const phase = await lottery.close(identity, params.id, body?.reason);
      return isRefusal(phase) ? phase : wirePhase(phase);
    },
  );
}

function endingRoutes({ lottery }: AdminLotteryDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/lottery/phases/:id/result',
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON'],
        summary: 'Enters the winning number; final when a second person enters the same. Another one takes its place.',
        params: PhaseParams,
        body: z.strictObject({ winningNumber: Digits, reason: Reason.optional() }),
        answer: WirePhase.extend({
          confirmations: z.int().describe('2: final'),
          disputed: z.boolean().describe('another person had entered another number, and this one is in its place'),
        }),
      },
      async ({ identity, params, body }) => {
        const number = lotteryNumber(body.winningNumber);
        if (number === undefined) return refuse('INVALID_REQUEST');
        const entered = await lottery.enterNumber(identity, params.id, number, body.reason);
        if (isRefusal(entered)) return entered;
        return { ...wirePhase(entered.phase), confirmations: entered.confirmations, disputed: entered.disputed };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/lottery/phases/:id/settle',
        refuses: ['UNKNOWN_OUTCOME'],
        summary: 'Pays everybody and closes the books of a phase, once; asked again it answers the same row.',
        params: PhaseParams,
        body: OptionalReason,
        answer: WireSettlement,
      },
      async ({ identity, params, body }) => {
        const row = await lottery.settle(identity, params.id, body?.reason);
        return isRefusal(row) ? row : wireSettlement(row);
      },
    ),
  ];
}
