/**
 * Money is a bigint count of minor units (paise). Never a float, in no place. One currency per wallet.
 * Every division of money is in this file and names its rounding (DESIGN 2, X-01).
 */

/** An amount in minor units: 100.00 rupees is `10000n`. May be negative where an account may be (house, cashier). */
export type Minor = bigint & { readonly __unit: 'minor' };

/** ISO 4217 code, three capital letters. */
export type Currency = string & { readonly __brand: 'currency' };

export const ZERO = 0n as Minor;
export const INR = 'INR' as Currency;

/** Brands a bigint, or an exact integer, as minor units. Throws RangeError on a number that is not a safe integer. */
export function minor(amount: bigint | number): Minor {
  if (typeof amount === 'bigint') return amount as Minor;
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not an exact number of minor units: ${amount}`);
  return BigInt(amount) as Minor;
}

/** For JSON and room messages: an integer number of minor units. Throws RangeError where it would not be exact. */
export function toWire(amount: Minor): number {
  const wire = Number(amount);
  if (!Number.isSafeInteger(wire)) throw new RangeError(`amount does not fit the wire: ${amount}`);
  return wire;
}

/** An exact ratio, such as a payout of 19/10 of the stake. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** `amount × ratio`, rounded down to the minor unit: in the house's favour. Amount and ratio must not be negative. */
export function payoutOf(amount: Minor, ratio: Ratio): Minor {
  return ((amount * ratio.numerator) / ratio.denominator) as Minor;
}

/** The share as a percentage with three decimals, rounded to the nearest: `96.999`. */
export function percentOf(ratio: Ratio): string {
  const thousandths = (ratio.numerator * 200_000n + ratio.denominator) / (2n * ratio.denominator);
  return `${thousandths / 1000n}.${(thousandths % 1000n).toString().padStart(3, '0')}`;
}

/** How many times the denominator goes into the numerator, with one decimal, rounded down: `12.5`. */
export function timesOf({ numerator, denominator }: Ratio): string {
  const tenths = (10n * numerator) / denominator;
  return `${tenths / 10n}.${tenths % 10n}`;
}

/** Hundredths of a percent: 5000 is 50.00 %. */
export type Percentage = number & { readonly __unit: 'hundredths of a percent' };

/** `amount × percentage`, rounded down to the minor unit. The amount must not be negative. */
export function percentageOf(amount: Minor, percentage: Percentage): Minor {
  return payoutOf(amount, { numerator: BigInt(percentage), denominator: 10_000n });
}

/** The same of an amount that may be negative, rounded down below zero as well: in the house's favour. */
export function signedPercentageOf(amount: Minor, percentage: Percentage): Minor {
  const product = amount * BigInt(percentage);
  const rest = ((product % 10_000n) + 10_000n) % 10_000n;
  return ((product - rest) / 10_000n) as Minor;
}

/**
 * Splits `whole` in the proportion `part : total`; the first share is rounded down, the second takes the remainder,
 * so that nothing is lost: `[first, whole - first]`.
 */
export function splitInProportion(whole: Minor, part: Minor, total: Minor): readonly [Minor, Minor] {
  if (total <= 0n) throw new RangeError('cannot split in the proportion of nothing');
  const first = (whole * part) / total;
  return [first as Minor, (whole - first) as Minor];
}

/**
 * Splits `whole` in the proportion of `parts`: each share is rounded down, the last takes the remainder, so that
 * nothing is lost.
 */
export function splitAmong(whole: Minor, parts: readonly Minor[]): readonly Minor[] {
  let [left, total] = [whole as bigint, parts.reduce<bigint>((sum, part) => sum + part, 0n)];
  if (total <= 0n) throw new RangeError('cannot split in the proportion of nothing');
  const shares = parts.map((part) => (whole * part) / total);
  for (const share of shares) left -= share;
  return shares.map((share, index) => (index === shares.length - 1 ? share + left : share) as Minor);
}

/** `whole × part / total`, rounded up to the minor unit: what is reserved for a part of something. */
export function reservedFor(whole: Minor, part: Minor, total: Minor): Minor {
  return ((whole * part + total - 1n) / total) as Minor;
}

/** The least amount of which this percentage comes to `counted`: rounded up. The percentage must not be 0. */
export function stakeFor(counted: Minor, percentage: Percentage): Minor {
  const share = BigInt(percentage);
  return ((counted * 10_000n + share - 1n) / share) as Minor;
}

/** What has to be staked of a bonus: `amount × times`, in hundredths, rounded up. The amount must not be negative. */
export function wageringOf(amount: Minor, times: number): Minor {
  return ((amount * BigInt(times) + 99n) / 100n) as Minor;
}

/**
 * A price: how often the symbol's smallest step of price goes into it. At two decimals 42,000.01 is `4200001n`. Not
 * money: what a move of the price is worth follows from the amount that is traded.
 */
export type Price = bigint & { readonly __unit: 'price' };

/** What so many units are worth, rounded toward zero, so that a gain and a loss of the same size are: a trade's PnL. */
export function worthTowardZero(units: bigint, minorPerUnit: Ratio): Minor {
  return ((units * minorPerUnit.numerator) / minorPerUnit.denominator) as Minor;
}

/** What so many units are worth, rounded up: what is asked of a player. Units and ratio must not be negative. */
export function worthRoundedUp(units: bigint, { numerator, denominator }: Ratio): Minor {
  return ((units * numerator + denominator - 1n) / denominator) as Minor;
}

/** The least number of units worth `amount` or more: rounded up. The amount must not be negative, the ratio above 0. */
export function unitsWorth(amount: Minor, { numerator, denominator }: Ratio): bigint {
  return (amount * denominator + numerator - 1n) / numerator;
}

/** For people: `₹10`, `₹99.50`, `USD 5`; hundredths only where there are some, no grouping (S0-15). */
export function formatMoney(amount: Minor, currency: Currency): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount];
  const hundredths = size % 100n;
  const fraction = hundredths === 0n ? '' : `.${hundredths.toString().padStart(2, '0')}`;
  return `${sign}${currency === INR ? '₹' : `${currency} `}${size / 100n}${fraction}`;
}
