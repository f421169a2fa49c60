import type { Price } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { Side } from './pnl.ts';

/** The prices at which a trade ends of itself. */
export interface Levels {
  readonly side: Side;
  readonly entryPrice: Price;
  readonly liquidation: Price;
  readonly stopLoss?: Price | undefined;
  readonly takeProfit?: Price | undefined;
}

/** Why a trade ended without its owner asking for it. */
export type Trigger = 'LIQUIDATION' | 'STOP_LOSS' | 'TAKE_PROFIT';

/**
 * The two prices between which a trade stays open; at either of them it ends. A LONG takes its profit at the latest
 * where the price has doubled: more it cannot gain (`pnlAt`).
 */
export function bounds({ side, entryPrice, liquidation, stopLoss, takeProfit }: Levels): {
  readonly lower: Price;
  readonly upper: Price;
} {
  if (side === 'SHORT') return { lower: takeProfit ?? (0n as Price), upper: stopLoss ?? liquidation };
  const most = doubled(entryPrice);
  const upper = takeProfit !== undefined && takeProfit < most ? takeProfit : most;
  return { lower: stopLoss ?? liquidation, upper };
}

function doubled(price: Price): Price {
  return (price * 2n) as Price;
}

/** What this price does to an open trade. Where it went past the stop-loss to the liquidation, it is liquidated. */
export function triggeredBy(levels: Levels, price: Price): Trigger | undefined {
  const { lower, upper } = bounds(levels);
  if (price > lower && price < upper) return undefined;
  const isGain = levels.side === 'LONG' ? price >= upper : price <= lower;
  if (isGain) return 'TAKE_PROFIT';
  const isLiquidated = levels.side === 'LONG' ? price <= levels.liquidation : price >= levels.liquidation;
  return isLiquidated ? 'LIQUIDATION' : 'STOP_LOSS';
}

/**
 * INVALID_REQUEST unless liquidation, stop-loss, entry and take-profit lie in this order, for SHORT in the reverse, and
 * for a take-profit that a LONG does not live to see.
 */
export function judgeLevels(levels: Levels): { readonly ok: true } | Refusal {
  const { side, entryPrice, liquidation, stopLoss, takeProfit } = levels;
  const isBehind = (price: Price, than: Price) => (side === 'LONG' ? price > than : price < than);
  if (takeProfit !== undefined && (takeProfit <= 0n || !isBehind(takeProfit, entryPrice))) {
    return refuse('INVALID_REQUEST', undefined, [{ path: 'takeProfit', message: 'must lie where the trade gains' }]);
  }
  if (takeProfit !== undefined && side === 'LONG' && takeProfit > doubled(entryPrice)) {
    const message = 'must be at most twice the entry, where a LONG ends with all that it can gain';
    return refuse('INVALID_REQUEST', undefined, [{ path: 'takeProfit', message }]);
  }
  if (stopLoss !== undefined && !(isBehind(stopLoss, liquidation) && isBehind(entryPrice, stopLoss))) {
    const message = 'must lie between the price of liquidation and that of the entry';
    return refuse('INVALID_REQUEST', undefined, [{ path: 'stopLoss', message }]);
  }
  return { ok: true };
}
