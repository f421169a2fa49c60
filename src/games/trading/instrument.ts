import type { SymbolId } from '../../ids.ts';
import type { Ratio } from '../../money.ts';

/** How many of it: a count of the symbol's smallest amount. With eight decimals, 0.5 is `50_000_000n`. */
export type Quantity = bigint & { readonly __unit: 'quantity' };

/** What the rules need to know of a symbol. */
export interface Instrument {
  readonly symbol: SymbolId;
  /** Decimals of its price. */
  readonly priceScale: number;
  /** Decimals of an amount of it. */
  readonly amountScale: number;
}

/** One unit of the quote currency, in which prices are, is so much money (DESIGN 7). */
const MINOR_PER_QUOTE_UNIT = 100n;

/** At hand, as every price of every trade is worth something by these. */
const POWERS = Array.from({ length: 20 }, (_, exponent) => powerOf10(exponent));

/** What this amount gains or loses when the price moves by one step: exact, in minor units. */
export function minorPerStep({ priceScale, amountScale }: Instrument, amount: Quantity): Ratio {
  return {
    numerator: amount * MINOR_PER_QUOTE_UNIT,
    denominator: POWERS[priceScale + amountScale] ?? powerOf10(priceScale + amountScale),
  };
}

function powerOf10(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
