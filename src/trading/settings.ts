import { z } from 'zod';
import { type BinarySettings, DEFAULT_BINARY_SETTINGS, judgeBinaryTerms } from '../games/trading/accept-binary.ts';
import { DEFAULT_TRADE_SETTINGS, type TradeSettings } from '../games/trading/accept-trade.ts';
import { DEFAULT_BINARY_TERMS } from '../games/trading/binary.ts';
import { DEFAULT_RISK_LIMITS, type RiskLimits } from '../games/trading/risk.ts';
import { minor, type Percentage, toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';

const Amount = z.int().min(1).max(1e15).transform(minor);
const Age = z.int().min(100).max(60_000);
/** More than this nobody may have open: all of one's own is shown at once. */
export const OPEN_MAX = 1_000;
const Factor = z.int().min(1).max(100_000).transform(BigInt);

/** What the operator has decided about a desk. Amounts are minor units, ages milliseconds. */
export const DeskSettings = z.strictObject({
  trades: z.strictObject({
    minMargin: Amount,
    maxMargin: Amount,
    defaultLeverage: z.int().min(1).max(1_000),
    maxLeverage: z.int().min(1).max(1_000),
    liquidationLevel: z
      .int()
      .min(1)
      .max(10_000)
      .describe('hundredths of a percent of the margin')
      .transform((level) => level as Percentage),
    maxPriceAgeMs: Age,
  }),
  binaries: z.strictObject({
    minStake: Amount,
    maxStake: Amount,
    minSeconds: z.int().min(1).max(86_400),
    maxSeconds: z.int().min(1).max(86_400),
    maxPriceAgeMs: Age,
    terms: z.strictObject({
      payout: z.strictObject({ numerator: Factor, denominator: Factor }).describe('gross, of the stake'),
      tie: z.enum(['LOSE', 'REFUND']),
      maxTickAgeMs: Age,
    }),
  }),
  limits: z.strictObject({
    tradesPerDirection: Amount,
    binariesPerDirection: Amount,
    openPerPlayer: z.int().min(1).max(OPEN_MAX),
    atStakePerPlayer: Amount,
  }),
});
export type DeskSettings = {
  readonly trades: Omit<TradeSettings, 'paused' | 'currency'>;
  readonly binaries: Omit<BinarySettings, 'paused' | 'currency'>;
  readonly limits: RiskLimits;
};

const { paused: _ofTrades, ...trades } = DEFAULT_TRADE_SETTINGS;
const { paused: _ofBinaries, ...binaries } = DEFAULT_BINARY_SETTINGS;
/** What a desk begins with. */
export const DEFAULT_DESK_SETTINGS: DeskSettings = {
  trades,
  binaries: { ...binaries, terms: DEFAULT_BINARY_TERMS },
  limits: DEFAULT_RISK_LIMITS,
};

/** Asked before settings count. INVALID_REQUEST where a desk could not be run under them. */
export function judgeSettings(settings: DeskSettings): { readonly ok: true } | Refusal {
  const { trades: t, binaries: b } = settings;
  if (t.minMargin > t.maxMargin) return refuse('INVALID_REQUEST', 'The least margin is above the largest.');
  if (t.defaultLeverage > t.maxLeverage) return refuse('INVALID_REQUEST', 'The default leverage is above the largest.');
  if (b.minStake > b.maxStake) return refuse('INVALID_REQUEST', 'The least stake is above the largest.');
  if (b.minSeconds > b.maxSeconds) return refuse('INVALID_REQUEST', 'The shortest binary is longer than the longest.');
  return judgeBinaryTerms(b.terms);
}

/** As JSON, for a row and for the wire: amounts as integers. */
export function wireSettings(settings: DeskSettings): z.input<typeof DeskSettings> {
  return JSON.parse(
    JSON.stringify(settings, (_name, value) => (typeof value === 'bigint' ? toWire(minor(value)) : value)),
  );
}

/** The reverse, for the column of a row, in which nothing else may be. */
export const StoredSettings = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(DeskSettings)
  .check(({ value, issues }) => {
    const judged = judgeSettings(value);
    if (isRefusal(judged)) issues.push({ code: 'custom', message: judged.message, input: value });
  });
