import type { TradeId, UserId } from '../../ids.ts';
import { type Minor, minor, ZERO } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { AcceptedTrade } from './accept-trade.ts';
import { type Levels, type Trigger, triggeredBy } from './levels.ts';
import { pnlAt, type Stake } from './pnl.ts';
import { freshQuote, isLater, isOfOneFeed, type Quote } from './quote.ts';

/** What stays the same from opening to end. */
interface Terms extends Stake, Levels {
  readonly tradeId: TradeId;
  readonly owner: UserId;
  readonly leverage: number;
  readonly entry: Quote;
}
export interface OpenTrade extends Terms {
  readonly status: 'OPEN';
}
/** Ended at a price: by its owner, or by itself. */
export interface EndedTrade extends Terms {
  readonly status: 'CLOSED' | 'LIQUIDATED';
  readonly reason: 'OWNER' | Trigger;
  readonly exit: Quote;
  readonly pnl: Minor;
  /** What comes back of the margin, with the gain or without the loss. */
  readonly payout: Minor;
}
/** Undone by the house: the margin comes back whole. */
export interface VoidTrade extends Terms {
  readonly status: 'VOID';
  readonly pnl: Minor;
  readonly payout: Minor;
}
/** A trade at one moment (S4-13). Every function below answers a new one. */
export type Trade = OpenTrade | EndedTrade | VoidTrade;

/** The trade that was accepted, once the wallet holds its margin. */
export function openTrade(accepted: AcceptedTrade, tradeId: TradeId, owner: UserId): OpenTrade {
  const { instrument, side, amount, entryPrice, margin, liquidation, stopLoss, takeProfit, leverage, entry } = accepted;
  const stake = { instrument, side, amount, entryPrice, margin };
  return { status: 'OPEN', tradeId, owner, ...stake, liquidation, stopLoss, takeProfit, leverage, entry };
}

/**
 * The owner closes at the last price (S4-18 … 20). NOT_FOUND where there is no such trade or it is somebody else's,
 * which is nobody's business; NOT_OPEN where it has ended (S4-23); STALE_PRICE where there is no fresh price, or the
 * owner could choose between an old one and waiting; also where prices come from another feed than its entry.
 */
export function closeTrade(
  trade: Trade | undefined,
  by: UserId,
  quote: Quote | undefined,
  maxPriceAgeMs: number,
  now: number,
): EndedTrade | Refusal {
  if (trade === undefined || trade.owner !== by) return refuse('NOT_FOUND');
  if (trade.status !== 'OPEN') return refuse('NOT_OPEN');
  const fresh = freshQuote(quote, maxPriceAgeMs, undefined, now);
  if (!fresh.ok) return fresh;
  if (!isOfOneFeed(fresh.quote, trade.entry)) {
    return refuse('STALE_PRICE', 'Prices come from elsewhere now than when this trade was opened.');
  }
  return end(trade, 'OWNER', fresh.quote);
}

/**
 * What a tick does to an open trade: ends it at the price of this very tick, or undefined where it stays open. A tick
 * that is not later than its entry, or of another symbol or feed, does nothing: so ticks may be held against it again.
 */
export function markTrade(trade: OpenTrade, tick: Quote): EndedTrade | undefined {
  if (tick.symbol !== trade.instrument.symbol || !isOfOneFeed(tick, trade.entry)) return undefined;
  if (!isLater(tick, trade.entry)) return undefined;
  const trigger = triggeredBy(trade, tick.price);
  return trigger && end(trade, trigger, tick);
}

/** The house undoes the trade. NOT_OPEN where it has ended. */
export function voidTrade(trade: Trade): VoidTrade | Refusal {
  if (trade.status !== 'OPEN') return refuse('NOT_OPEN');
  return { ...trade, status: 'VOID', pnl: ZERO, payout: trade.margin };
}

function end(trade: OpenTrade, reason: EndedTrade['reason'], exit: Quote): EndedTrade {
  const status = reason === 'LIQUIDATION' ? 'LIQUIDATED' : 'CLOSED';
  const pnl = pnlAt(trade, exit.price);
  return { ...trade, status, reason, exit, pnl, payout: minor(trade.margin + pnl) };
}
