import type { z } from 'zod';
import { ExclusionBody, LimitsBody, PERIODS, WireProtection } from '../../schema/protection.ts';
import type { UserId } from '../ids.ts';
import { type Minor, minor, toWire } from '../money.ts';
import type { LimitView } from '../protection/figures.ts';
import type { Protection } from '../protection/protection.ts';
import { isRefusal } from '../refusal.ts';
import { guardedRoute, moneyRoute, type Route } from './route.ts';

export interface ProtectionRoutesDeps {
  readonly protection: Pick<Protection, 'view' | 'setLimits' | 'exclude'>;
}

/** Nobody else plays. */
const PLAYERS = ['PLAYER'] as const;
const PERIOD_OF = { 1: '24h', 7: '7d', 30: '30d' } as const;

/** A player's own limits, exclusion and reminders (DOMAIN 7). */
export function protectionRoutes({ protection }: ProtectionRoutesDeps): readonly Route[] {
  const shown = async (userId: UserId) => {
    const { limits, excludedUntil, sessionMinutes } = await protection.view(userId);
    return { limits: limits.map(wireLimit), excludedUntil: timeOrNull(excludedUntil), sessionMinutes };
  };
  return [
    guardedRoute(
      PLAYERS,
      {
        method: 'get',
        path: '/wallets/me/limits',
        summary: 'The own limits with what counts towards them, the exclusion and the session reminder.',
        answer: WireProtection,
      },
      ({ identity }) => shown(identity.userId),
    ),
    moneyRoute(
      PLAYERS,
      {
        method: 'put',
        path: '/wallets/me/limits',
        summary:
          'Sets limits: a decrease counts at once, an increase or a removal after 24 hours. Answers all of them.',
        body: LimitsBody,
        answer: WireProtection,
      },
      async ({ identity: { userId }, key, body }) => {
        const limits = body.limits.map(({ kind, period, amount }) => {
          return { kind, days: PERIODS[period], amount: amount === null ? null : minor(amount) };
        });
        const set = await protection.setLimits(userId, key, { limits, sessionMinutes: body.sessionMinutes });
        return isRefusal(set) ? set : shown(userId);
      },
    ),
    moneyRoute(
      PLAYERS,
      {
        method: 'post',
        path: '/wallets/me/exclusion',
        refuses: ['NOT_OPEN'],
        summary: 'Keeps oneself from play and deposits. It cannot be shortened: NOT_OPEN for one that ends earlier.',
        body: ExclusionBody,
        answer: WireProtection,
      },
      async ({ identity: { userId }, key, body }) => {
        const excluded = await protection.exclude(userId, key, body);
        return isRefusal(excluded) ? excluded : shown(userId);
      },
    ),
  ];
}

function wireLimit({
  kind,
  days,
  amount,
  used,
  remaining,
  next,
}: LimitView): z.input<typeof WireProtection>['limits'][0] {
  return {
    ...{ kind, period: PERIOD_OF[days], amount: moneyOrNull(amount), used: toWire(used as Minor) },
    remaining: moneyOrNull(remaining),
    next: next && { amount: moneyOrNull(next.amount), from: new Date(next.from).toISOString() },
  };
}

function moneyOrNull(amount: bigint | null): number | null {
  return amount === null ? null : toWire(amount as Minor);
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
