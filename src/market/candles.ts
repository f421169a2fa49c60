import { type Candle, flatCandle, INTERVALS, type Interval, joined, startOfCandle } from './candle.ts';
import { isLaterThan, type Tick, type TickPlace } from './feed.ts';

/** So many candles of an interval are kept, and shown at most. */
export const CANDLES_MAX = 1_000;

/** Candles with ticks, in order, by their interval. */
export type CandleSeries = Readonly<Partial<Record<Interval, readonly Candle[]>>>;

/**
 * The recent candles of one symbol, in every interval, from its ticks. Only candles with ticks are kept; those without
 * are put in between when they are read, flat at the last close, so that a night without ticks costs nothing.
 */
export class Candles {
  readonly #series: Map<Interval, Candle[]>;
  #last: TickPlace | undefined;
  #late = 0;

  /** What is known already, in order, and the last tick in it. */
  constructor(known: CandleSeries = {}, last?: TickPlace) {
    this.#series = new Map(intervals().map(([interval]) => [interval, [...(known[interval] ?? [])]]));
    this.#last = last;
  }

  /** Ticks from before the last one that were not counted in. */
  get late(): number {
    return this.#late;
  }

  add({ at, seq, price }: Tick): void {
    if (this.#last && !isLaterThan({ at, seq }, this.#last)) {
      this.#late += 1;
      return;
    }
    this.#last = { at, seq };
    for (const [interval, intervalMs] of intervals()) {
      const series = this.#of(interval);
      const begin = startOfCandle(at, intervalMs);
      const one = { ...flatCandle(begin, price), ticks: 1 };
      const newest = series.at(-1);
      if (newest?.at === begin) series[series.length - 1] = joined(newest, one, begin);
      else series.push(one);
      if (series.length > 2 * CANDLES_MAX) series.splice(0, series.length - CANDLES_MAX);
    }
  }

  /**
   * The last `limit` candles until `now`, the one that goes on included; fewer where there were no ticks before. Throws
   * RangeError for a limit that is no whole number from 1 to CANDLES_MAX.
   */
  recent(interval: Interval, limit: number, now: number): readonly Candle[] {
    if (!Number.isInteger(limit) || limit < 1 || limit > CANDLES_MAX) throw new RangeError(`no limit: ${limit}`);
    const intervalMs = INTERVALS[interval];
    const series = this.#of(interval);
    const end = startOfCandle(now, intervalMs);
    const begin = end - (limit - 1) * intervalMs;
    let index = series.findLastIndex(({ at }) => at <= begin);
    let before = series[index];
    const shown: Candle[] = [];
    for (let at = begin; at <= end; at += intervalMs) {
      const next = series[index + 1];
      if (next !== undefined && next.at <= at) {
        before = next;
        index += 1;
      }
      if (before !== undefined) shown.push(before.at === at ? before : flatCandle(at, before.close));
    }
    return shown;
  }

  #of(interval: Interval): Candle[] {
    const known = this.#series.get(interval) ?? [];
    this.#series.set(interval, known);
    return known;
  }
}

function intervals() {
  return Object.entries(INTERVALS) as [Interval, number][];
}
