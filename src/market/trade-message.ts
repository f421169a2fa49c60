import { z } from 'zod';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import { parsePrice } from './price.ts';
import type { MarketSymbol } from './symbols.ts';

/** What matters of one trade on an exchange. */
export interface ExchangeTrade {
  readonly symbol: SymbolId;
  readonly price: Price;
  /** Counts up by one with every trade of the symbol. */
  readonly tradeId: number;
  /** The exchange's time, epoch milliseconds. */
  readonly at: number;
}

/** Longer messages are none of trades. */
const LENGTH_MAX = 4_096;

const schema = z.object({
  data: z.object({
    e: z.literal('trade'),
    s: z.string(),
    t: z.int().nonnegative(),
    p: z.string(),
    T: z.int().positive(),
  }),
});

/**
 * Reads a message of a combined trade stream, such as `{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT",
 * "t":123,"p":"42000.01","q":"0.01","T":1700000000000}}`. Exchanges write prices with zeros behind (`42000.01000000`);
 * decimals that the symbol does not have are no price of it. Undefined for everything else.
 */
export function parseTradeMessage(text: unknown, symbols: readonly MarketSymbol[]): ExchangeTrade | undefined {
  if (typeof text !== 'string' || text.length > LENGTH_MAX) return undefined;
  const message = schema.safeParse(parseJson(text));
  if (!message.success) return undefined;
  const { s, t, p, T } = message.data.data;
  const symbol = symbols.find(({ id }) => id === s);
  const price = symbol && parsePrice(withoutZerosBehind(p), symbol);
  return price && { symbol: symbol.id, price, tradeId: t, at: T };
}

function withoutZerosBehind(text: string): string {
  return /^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
