import { DAY_MS, type Terms } from './prices.ts';
import { count, fieldsOf, HASH, list, text } from './record.ts';

/** A symbol's walk as it was published before the day's first tick. */
export interface Walk extends Terms {
  /** Decimals of a price. */
  readonly scale: number;
}

/** What the verifier needs of `GET /market/days/:day`. Described in README.md. */
export interface DayRecord {
  readonly day: string;
  readonly commitment: string;
  readonly walks: readonly Walk[];
  /** Null until the day is over. */
  readonly seed: string | null;
}

/** A price that was shown. */
export interface Shown {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly seq: number;
  readonly price: bigint;
  readonly feedId: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The first moment of a day in UTC, epoch milliseconds. Throws on what is no day. */
export function startOf(day: string): number {
  const at = DAY.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(at) || dayOf(at) !== day) throw new Error(`${day} is no day; write 2026-11-26`);
  return at;
}

export function dayBefore(day: string): string {
  return dayOf(startOf(day) - DAY_MS);
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Reads an answer of the server. Throws an Error, fit for a person, when it is not what it should be. */
export function readDay(answer: unknown): DayRecord {
  const from = fieldsOf(answer, 'the answer');
  if (from.algorithmVersion !== 1) throw new Error(`algorithm version ${from.algorithmVersion} is not known here`);
  return {
    day: text(from, 'day', DAY),
    commitment: text(from, 'commitment', HASH),
    seed: from.seed === null ? null : text(from, 'seed', HASH),
    walks: list(from, 'walks').map((item) => {
      const walk = fieldsOf(item, 'a walk');
      const scale = count(walk, 'priceScale');
      return {
        symbol: text(walk, 'symbol', /^[A-Z0-9]{1,32}$/),
        opening: priceOf(walk, 'openingPrice', scale),
        ...{ scale, volatility: count(walk, 'annualVolatility'), drift: count(walk, 'annualDrift') },
        intervalMs: count(walk, 'intervalMs'),
      };
    }),
  };
}

/** A page of `GET /market/:symbol/ticks`. */
export function readTicks(answer: unknown, { scale }: Pick<Walk, 'scale'>) {
  const from = fieldsOf(answer, 'the answer');
  const items = list(from, 'items').map((item): Shown => {
    const tick = fieldsOf(item, 'a tick');
    const [at, seq] = [count(tick, 'at'), count(tick, 'seq')];
    return { at, seq, price: priceOf(tick, 'price', scale), feedId: text(tick, 'feedId') };
  });
  return { items, nextCursor: from.nextCursor === null ? null : text(from, 'nextCursor') };
}

/** As on the wire, with all its decimals. */
export function printPrice(price: bigint, { scale }: Pick<Walk, 'scale'>): string {
  const digits = price.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function priceOf(from: Record<string, unknown>, name: string, scale: number): bigint {
  const [whole = '', decimals = ''] = text(from, name, /^\d{1,30}(\.\d{1,18})?$/).split('.');
  if (decimals.length > scale) throw new Error(`${name} has more decimals than ${scale}`);
  return BigInt(whole + decimals.padEnd(scale, '0'));
}
