import type { BinaryRequest } from '../games/trading/accept-binary.ts';
import type { TradeRequest } from '../games/trading/accept-trade.ts';
import type { Direction } from '../games/trading/binary.ts';
import type { Quantity } from '../games/trading/instrument.ts';
import type { Side } from '../games/trading/pnl.ts';
import type { Key, TradeId, UserId } from '../ids.ts';
import { parseDecimal, parsePrice } from '../market/price.ts';
import { findSymbol, type MarketSymbol } from '../market/symbols.ts';
import { minor, type Price } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';

interface Wish {
  readonly userId: UserId;
  readonly key: Key;
  /** Epoch milliseconds, the server's, before anything was waited for. */
  readonly receivedAt: number;
}

/** What a player asks for, still in words. Decimals are texts, or numbers as JSON has them. */
export interface TradeWish extends Wish {
  readonly symbol: string;
  readonly amount: string | number;
  readonly side?: Side | undefined;
  readonly leverage?: number | undefined;
  readonly stopLoss?: string | number | null | undefined;
  readonly takeProfit?: string | number | null | undefined;
  readonly quotedAt?: number | undefined;
}

export interface BinaryWish extends Wish {
  readonly symbol: string;
  readonly direction: Direction;
  /** Minor units. */
  readonly stake: number;
  readonly expirySeconds: number;
  readonly quotedAt?: number | undefined;
}

export interface CloseWish extends Wish {
  readonly tradeId: TradeId;
}

/** The same in numbers. `text` says what was asked for: another one under the same key is another request. */
export interface Read<Request> {
  readonly ok: true;
  readonly symbol: MarketSymbol;
  readonly request: Request;
  readonly text: string;
}

/** INVALID_REQUEST for a symbol that is not traded, and for decimals that are none of it (S4-11). */
export function readTradeWish(wish: TradeWish, symbols: readonly MarketSymbol[]): Read<TradeRequest> | Refusal {
  const symbol = findSymbol(wish.symbol, symbols);
  if (symbol === undefined) return noSuchSymbol(symbols);
  const amount = parseDecimal(plain(wish.amount), symbol.amountScale);
  if (amount === undefined || amount === 0n) {
    return wrong('amount', `must be a decimal above 0 with at most ${symbol.amountScale} decimals`);
  }
  if (amount > AMOUNT_MAX) return wrong('amount', 'is more than can be traded at once');
  const { side, leverage, quotedAt } = wish;
  const levels = { stopLoss: level(wish.stopLoss, symbol), takeProfit: level(wish.takeProfit, symbol) };
  for (const [name, price] of Object.entries(levels)) {
    if (price === 'none') return wrong(name, `must be a price above 0 with at most ${symbol.priceScale} decimals`);
  }
  const { stopLoss, takeProfit } = levels as { stopLoss: Price | undefined; takeProfit: Price | undefined };
  const parts = [symbol.id, amount, side ?? 'LONG', leverage, stopLoss, takeProfit, quotedAt];
  const request = { amount: amount as Quantity, side, leverage, stopLoss, takeProfit, quotedAt };
  return { ok: true, symbol, request, text: `open-trade|${parts.map((part) => part ?? '').join('|')}` };
}

/** INVALID_REQUEST for a symbol that is not traded. */
export function readBinaryWish(wish: BinaryWish, symbols: readonly MarketSymbol[]): Read<BinaryRequest> | Refusal {
  const symbol = findSymbol(wish.symbol, symbols);
  if (symbol === undefined) return noSuchSymbol(symbols);
  const { direction, stake, expirySeconds, quotedAt } = wish;
  const parts = [symbol.id, direction, stake, expirySeconds, quotedAt];
  const request = { stake: minor(stake), expirySeconds, quotedAt };
  return { ok: true, symbol, request, text: `open-binary|${parts.map((part) => part ?? '').join('|')}` };
}

/** Ten billion units with eight decimals: what the database and every product with a price have room for. */
const AMOUNT_MAX = 10n ** 18n;

function level(value: string | number | null | undefined, symbol: MarketSymbol): Price | 'none' | undefined {
  if (value === undefined || value === null) return undefined;
  return parsePrice(plain(value), symbol) ?? 'none';
}

const printer = new Intl.NumberFormat('en', { useGrouping: false, maximumFractionDigits: 20 });

/** As it was written in JSON: `1e-8` is `0.00000001`. */
function plain(value: string | number): string {
  return typeof value === 'string' ? value : printer.format(value);
}

function noSuchSymbol(symbols: readonly MarketSymbol[]): Refusal {
  return wrong('symbol', `must be one of ${symbols.map(({ name }) => name).join(', ')}`);
}

function wrong(path: string, message: string): Refusal {
  return refuse('INVALID_REQUEST', undefined, [{ path, message }]);
}
