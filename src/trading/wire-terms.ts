import { z } from 'zod';
import { percentOf, toWire } from '../money.ts';
import type { DeskRow } from './desk-row.ts';

/** What a player has to know of a desk. Amounts are minor units; one unit of the quote currency counts as 100. */
export const WireTerms = z.strictObject({
  deskId: z.string(),
  currency: z.string(),
  paused: z.boolean().describe('takes nothing new'),
  trades: z.strictObject({
    ...{ minMargin: z.int(), maxMargin: z.int(), defaultLeverage: z.int(), maxLeverage: z.int() },
    liquidationLevel: z.string().describe('of the margin, percent: who has lost so much of it is liquidated'),
    maxPriceAgeMs: z.int().describe('older prices are not traded at'),
  }),
  binaries: z.strictObject({
    ...{ minStake: z.int(), maxStake: z.int(), minSeconds: z.int(), maxSeconds: z.int() },
    winPays: z.string().describe('gross, of the stake, percent'),
    tie: z.enum(['LOSE', 'REFUND']),
    maxTickAgeMs: z.int().describe('how late the entry, and how old the exit may be; else the stake comes back'),
  }),
  limits: z.strictObject({ openPerPlayer: z.int(), atStakePerPlayer: z.int() }),
});

export function wireTerms({ id, currency, pauseReason, settings }: DeskRow): z.input<typeof WireTerms> {
  const { trades, binaries, limits } = settings;
  const { defaultLeverage, maxLeverage, liquidationLevel, maxPriceAgeMs } = trades;
  const { minSeconds, maxSeconds, terms } = binaries;
  return {
    ...{ deskId: id, currency, paused: pauseReason !== null },
    trades: {
      ...{ minMargin: toWire(trades.minMargin), maxMargin: toWire(trades.maxMargin), defaultLeverage, maxLeverage },
      liquidationLevel: percentOf({ numerator: BigInt(liquidationLevel), denominator: 10_000n }),
      maxPriceAgeMs,
    },
    binaries: {
      ...{ minStake: toWire(binaries.minStake), maxStake: toWire(binaries.maxStake), minSeconds, maxSeconds },
      ...{ winPays: percentOf(terms.payout), tie: terms.tie, maxTickAgeMs: terms.maxTickAgeMs },
    },
    limits: { openPerPlayer: limits.openPerPlayer, atStakePerPlayer: toWire(limits.atStakePerPlayer) },
  };
}
