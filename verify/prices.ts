import { createHmac } from 'node:crypto';

/**
 * A second program for simulated prices, written from the specification (src/market/README.md, "byte for byte, version
 * 1") alone. Fixed numbers count 2^-64; `/` of a bigint rounds toward zero, `>>` down, as the specification has it.
 */

/** What a symbol's day follows from beside the seed. Prices are counts of the symbol's smallest step. */
export interface Terms {
  readonly symbol: string;
  readonly opening: bigint;
  /** Whole percent of a year. */
  readonly volatility: number;
  readonly drift: number;
  readonly intervalMs: number;
}

export const DAY_MS = 86_400_000;

const ONE = 1n << 64n;
const LN2 = 0xb17217f7d1cf79abn;
const YEAR_MS = 365n * 86_400_000n;

/** How many ticks are due in a day. Throws where a day is no whole number of intervals. */
export function dueInDay({ symbol, intervalMs }: Terms): number {
  if (intervalMs < 1 || DAY_MS % intervalMs !== 0) throw new Error(`${symbol}: ${intervalMs} ms do not divide a day`);
  return DAY_MS / intervalMs;
}

/** Step 6 for tick 1, 2, 3 … to the last one of the day, which is due at the next midnight. */
export function* pricesOfDay(seedHex: string, day: string, terms: Terms): Generator<bigint, void> {
  for (const x of logarithms(seedHex, day, terms)) yield priceAt(terms, x);
}

/** The last of them, with which the next day opens. */
export function lastPriceOfDay(seedHex: string, day: string, terms: Terms): bigint {
  let last = 0n;
  for (const x of logarithms(seedHex, day, terms)) last = x;
  return priceAt(terms, last);
}

function priceAt({ opening }: Terms, x: bigint): bigint {
  const price = (opening * power(x) + ONE / 2n) / ONE;
  return price < 1n ? 1n : price;
}

/** Step 4. */
function* logarithms(seedHex: string, day: string, terms: Terms): Generator<bigint, void> {
  const [sigma, mu, interval] = [BigInt(terms.volatility), BigInt(terms.drift), BigInt(terms.intervalMs)];
  const drift = ((200n * mu - sigma ** 2n) * interval * ONE) / (20_000n * YEAR_MS);
  const deviation = root((sigma ** 2n * interval * ONE * ONE) / (10_000n * YEAR_MS));
  const numbers = normalNumbers(wordsOf(seedHex, `croupier ticks 1\0${day}\0${terms.symbol}\0`));
  let x = 0n;
  for (let left = dueInDay(terms); left > 0; left -= 1) {
    x += drift + ((deviation * numbers.next().value) >> 64n);
    yield x;
  }
}

/** Step 1. */
function* wordsOf(seedHex: string, purpose: string): Generator<bigint, never> {
  const seed = Buffer.from(seedHex, 'hex');
  for (let counter = 0; ; counter += 1) {
    const mac = createHmac('sha256', seed).update(purpose, 'latin1');
    const block = mac.update(counter.toString(16).padStart(8, '0'), 'hex').digest();
    for (let at = 0; at < block.length; at += 4) yield BigInt(block.readUInt32BE(at));
  }
}

/** Step 2. */
function* normalNumbers(words: Generator<bigint, never>): Generator<bigint, never> {
  const side = () => 2n * words.next().value + 1n - (1n << 32n);
  for (;;) {
    const u = side();
    const v = side();
    const s = u ** 2n + v ** 2n;
    if (s >= ONE) continue;
    const r = root((2n * minusLogarithm(s) * ONE * ONE) / s);
    yield (u * r) >> 32n;
    yield (v * r) >> 32n;
  }
}

/** Step 3: −ln(s/ONE). */
function minusLogarithm(s: bigint): bigint {
  let b = BigInt(64 - s.toString(2).length);
  let m = s * 2n ** b;
  if (2n * m * m <= ONE * ONE) {
    m *= 2n;
    b += 1n;
  }
  const z = ((ONE - m) * ONE) / (ONE + m);
  const q = (z * z) >> 64n;
  let sum = z;
  for (let [p, n] = [z, 3n]; p !== 0n; n += 2n) {
    p = (p * q) / ONE;
    sum += p / n;
  }
  return b * LN2 + 2n * sum;
}

/** Step 5: e^x. */
function power(x: bigint): bigint {
  const rest = x % LN2;
  const f = rest < 0n ? rest + LN2 : rest;
  const halvings = (f - x) / LN2;
  let sum = ONE;
  for (let [t, n] = [ONE, 1n]; t !== 0n; n += 1n) {
    t = ((t * f) >> 64n) / n;
    sum += t;
  }
  return halvings > 0n ? sum >> halvings : sum << -halvings;
}

/** ⌊√n⌋, by Newton's steps from a power of two that is not below it. */
function root(n: bigint): bigint {
  if (n === 0n) return n;
  let guess = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (guess + n / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}
