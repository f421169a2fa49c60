import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';

/** What is traded, as data. */
export interface MarketSymbol {
  readonly id: SymbolId;
  /** Its number in the ledger: another symbol never gets it. */
  readonly number: number;
  /** As people write it; taken from clients as well. */
  readonly name: string;
  /** Decimals of a price and of an amount. */
  readonly priceScale: number;
  readonly amountScale: number;
  /** Where a simulated price starts the first time. */
  readonly basePrice: Price;
  /** Standard deviation of a year's logarithmic return, whole percent. */
  readonly annualVolatility: number;
  /** Expected return of a year, whole percent: 0 where a price stays the same in the mean (and falls oftener). */
  readonly annualDrift: number;
}

/** The documents' three, at their base prices, volatilities in their proportion: what such markets have in a year. */
export const SYMBOLS: readonly MarketSymbol[] = [
  symbol('BTC/USDT', { number: 0, priceScale: 2, basePrice: 4_200_000n as Price, annualVolatility: 60 }),
  symbol('ETH/USDT', { number: 1, priceScale: 2, basePrice: 220_000n as Price, annualVolatility: 90 }),
  symbol('BNB/USDT', { number: 2, priceScale: 2, basePrice: 32_000n as Price, annualVolatility: 120 }),
];

/** `BTC/USDT`, as in the documents, and `BTCUSDT`, as in addresses, are the same symbol (S4-11). */
export function findSymbol(text: string, symbols: readonly MarketSymbol[] = SYMBOLS): MarketSymbol | undefined {
  return symbols.find(({ id, name }) => text === id || text === name);
}

function symbol(
  name: string,
  more: Pick<MarketSymbol, 'number' | 'priceScale' | 'basePrice' | 'annualVolatility'>,
): MarketSymbol {
  return { id: name.replace('/', '') as SymbolId, name, amountScale: 8, annualDrift: 0, ...more };
}
