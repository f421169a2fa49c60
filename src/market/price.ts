import type { Price } from '../money.ts';
import type { MarketSymbol } from './symbols.ts';

/** Whole part and decimals; longer texts are no price of anything. */
const DECIMAL = /^(0|[1-9]\d{0,17})(?:\.(\d{1,18}))?$/;

/**
 * The decimal number in `text` as a count of its `scale`th decimal: `42000.01` at 2 is `4200001n`. Exact: no float is
 * involved. Undefined for what is no plain decimal number from 0 on, and where it has more decimals than `scale`.
 */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const [, whole, decimals = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || decimals.length > scale) return undefined;
  return BigInt(whole + decimals.padEnd(scale, '0'));
}

/** The reverse, with all its decimals: `42000.00`. The count must not be negative. */
export function printDecimal(count: bigint, scale: number): string {
  const digits = count.toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Far above every price, and what the database, and every product with an amount, has room for. */
const PRICE_MAX = 10n ** 18n;

/** A price as it is on the wire (DESIGN 2). Undefined for what is none of this symbol, for 0, and above 10^18 steps. */
export function parsePrice(text: string, { priceScale }: Pick<MarketSymbol, 'priceScale'>): Price | undefined {
  const price = parseDecimal(text, priceScale);
  return price === undefined || price === 0n || price > PRICE_MAX ? undefined : (price as Price);
}

/** For the wire: a decimal string with all decimals of the symbol. */
export function printPrice(price: Price, { priceScale }: Pick<MarketSymbol, 'priceScale'>): string {
  return printDecimal(price, priceScale);
}

/** An amount for the wire, with no more decimals than it needs: `100`, `0.5`. */
export function printAmount(amount: bigint, { amountScale }: Pick<MarketSymbol, 'amountScale'>): string {
  const text = printDecimal(amount, amountScale);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
