import {
  type Minor,
  minor,
  type Percentage,
  type Price,
  unitsWorth,
  worthRoundedUp,
  worthTowardZero,
} from '../../money.ts';
import { type Instrument, minorPerStep, type Quantity } from './instrument.ts';

/** LONG gains when the price rises, SHORT when it falls (S4-16). */
export type Side = 'LONG' | 'SHORT';

/** What the money of a trade depends on. */
export interface Stake {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly amount: Quantity;
  readonly entryPrice: Price;
  readonly margin: Minor;
}

/** `(exit − entry) × amount × 100`, for SHORT the reverse, rounded toward zero, in minor units (S4-19); no limits. */
export function uncappedPnl({ instrument, side, amount, entryPrice }: Omit<Stake, 'margin'>, exitPrice: Price): Minor {
  const steps = side === 'LONG' ? exitPrice - entryPrice : entryPrice - exitPrice;
  return worthTowardZero(steps, minorPerStep(instrument, amount));
}

/**
 * What a trade comes to at this price: never below −margin (S4-24), never above its notional value, which is what the
 * house has reserved. A SHORT cannot gain more than that anyway, a LONG would where the price more than doubles.
 */
export function pnlAt(stake: Stake, exitPrice: Price): Minor {
  const pnl = uncappedPnl(stake, exitPrice);
  if (pnl < 0n) return pnl < -stake.margin ? minor(-stake.margin) : pnl;
  const isMore = stake.side === 'LONG' && exitPrice - stake.entryPrice > stake.entryPrice;
  return isMore ? notionalOf(stake) : pnl;
}

/** `entry × amount` in minor units, rounded toward zero. */
export function notionalOf({ instrument, amount, entryPrice }: Pick<Stake, 'instrument' | 'amount' | 'entryPrice'>) {
  return worthTowardZero(entryPrice, minorPerStep(instrument, amount));
}

/** Notional value divided by leverage, rounded up once: what is held while the trade is open (S4-17). */
export function marginFor(instrument: Instrument, amount: Quantity, entryPrice: Price, leverage: number): Minor {
  const { numerator, denominator } = minorPerStep(instrument, amount);
  return worthRoundedUp(entryPrice, { numerator, denominator: denominator * BigInt(leverage) });
}

/**
 * The first price at which the loss comes to `level` of the margin, rounded up: there the house ends the trade. The
 * loss at the step before is smaller. Not above 0 where no price of a LONG loses that much.
 */
export function liquidationPrice({ instrument, side, amount, entryPrice, margin }: Stake, level: Percentage): Price {
  const loss = worthRoundedUp(margin, { numerator: BigInt(level), denominator: 10_000n });
  const steps = unitsWorth(loss, minorPerStep(instrument, amount));
  return (side === 'LONG' ? entryPrice - steps : entryPrice + steps) as Price;
}
