import { type Currency, formatMoney, type Minor, minor, type Percentage } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { Instrument, Quantity } from './instrument.ts';
import { judgeLevels, type Levels } from './levels.ts';
import { liquidationPrice, marginFor, notionalOf, type Side, type Stake } from './pnl.ts';
import { freshQuote, type Quote } from './quote.ts';

/** What the operator decides about trades. */
export interface TradeSettings {
  readonly paused: boolean;
  readonly currency: Currency;
  /** Of the margin of one trade. */
  readonly minMargin: Minor;
  readonly maxMargin: Minor;
  readonly defaultLeverage: number;
  readonly maxLeverage: number;
  /** A trade is liquidated once it has lost this much of its margin; at most all of it. */
  readonly liquidationLevel: Percentage;
  /** An older price is not traded on, neither to open nor to close. */
  readonly maxPriceAgeMs: number;
}

/** Leverage 10 (DESIGN 7), margins from ₹1 to ₹1,000,000, liquidated when 80 % of the margin is lost. */
export const DEFAULT_TRADE_SETTINGS: Omit<TradeSettings, 'currency'> = {
  paused: false,
  minMargin: minor(100),
  maxMargin: minor(100_000_000),
  defaultLeverage: 10,
  maxLeverage: 100,
  liquidationLevel: 8_000 as Percentage,
  maxPriceAgeMs: 5_000,
};

/** A trade as the player asks for it. What is left out: LONG, the default leverage, no levels. */
export interface TradeRequest {
  readonly amount: Quantity;
  readonly side?: Side | undefined;
  readonly leverage?: number | undefined;
  readonly stopLoss?: Levels['stopLoss'];
  readonly takeProfit?: Levels['takeProfit'];
  /** When the player saw the price, epoch milliseconds. */
  readonly quotedAt?: number | undefined;
}

/** The terms of a trade that the rules allow, fixed when it is opened. */
export interface AcceptedTrade extends Stake, Levels {
  readonly ok: true;
  readonly leverage: number;
  readonly entry: Quote;
  /** What the trade moves, `entry × amount`: what exposure is counted in. */
  readonly notional: Minor;
  /** The most that it can pay, gross: reserved when it is opened. */
  readonly liability: Minor;
}

/** The wallet can reserve no more for one line. */
const LIABILITY_MAX = 10n ** 15n;

/**
 * Whether the rules take this trade at `now`, at the price `quote`, the last there is (S4-12). The first that applies
 * refuses: GAME_PAUSED, INVALID_REQUEST (amount or leverage; S4-11), STALE_PRICE, INVALID_REQUEST (stop-loss or
 * take-profit), BELOW_MINIMUM, ABOVE_MAXIMUM. Exposure is `acceptsExposure`'s to judge, funds are the wallet's.
 */
export function acceptsTrade(
  request: TradeRequest,
  settings: TradeSettings,
  instrument: Instrument,
  quote: Quote | undefined,
  now: number,
): AcceptedTrade | Refusal {
  if (settings.paused) return refuse('GAME_PAUSED');
  const { amount, side = 'LONG', leverage = settings.defaultLeverage, stopLoss, takeProfit } = request;
  if (amount <= 0n) return refuse('INVALID_REQUEST', 'The amount must be more than 0.');
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > settings.maxLeverage) {
    const message = `must be a whole number from 1 to ${settings.maxLeverage}`;
    return refuse('INVALID_REQUEST', undefined, [{ path: 'leverage', message }]);
  }
  const fresh = freshQuote(quote, settings.maxPriceAgeMs, request.quotedAt, now);
  if (!fresh.ok) return fresh;
  const entryPrice = fresh.quote.price;
  const stake = { instrument, side, amount, entryPrice, margin: marginFor(instrument, amount, entryPrice, leverage) };
  const levels = { side, entryPrice, liquidation: liquidationPrice(stake, settings.liquidationLevel) };
  const judged = judgeLevels({ ...levels, stopLoss, takeProfit });
  if (!judged.ok) return judged;
  const notional = notionalOf(stake);
  const liability = minor(stake.margin + notional);
  const refusal = judgeSize(stake.margin, liability, settings);
  if (refusal) return refusal;
  return { ok: true, ...stake, ...levels, stopLoss, takeProfit, leverage, entry: fresh.quote, notional, liability };
}

function judgeSize(margin: Minor, liability: Minor, settings: TradeSettings): Refusal | undefined {
  const { minMargin, maxMargin, currency } = settings;
  if (margin < minMargin) return refuse('BELOW_MINIMUM', `The least margin is ${formatMoney(minMargin, currency)}`);
  if (margin > maxMargin || liability > LIABILITY_MAX) {
    return refuse('ABOVE_MAXIMUM', `The largest margin is ${formatMoney(maxMargin, currency)}`);
  }
  return undefined;
}
