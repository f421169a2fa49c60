import { isLaterThan, type Tick, type TickPlace } from './feed.ts';

/** So long after it a tick is remembered. */
const KEPT_MS = 300_000;
/** Looked through again after so many. */
const TRIM_EVERY = 1_000;

/** The ticks of one symbol of the last minutes, in their order. */
export class RecentTicks {
  #ticks: Tick[] = [];
  /** Everything later than this is here; undefined where that is everything there ever was. */
  #reachesTo: TickPlace | undefined;
  #untrimmed = 0;

  /** `last` is the end of what was there before. */
  constructor(last: TickPlace | undefined) {
    this.#reachesTo = last;
  }

  get last(): Tick | undefined {
    return this.#ticks.at(-1);
  }

  add(tick: Tick): void {
    this.#ticks.push(tick);
    this.#untrimmed += 1;
    if (this.#untrimmed >= TRIM_EVERY) this.#trim(tick.at - KEPT_MS);
  }

  /** Those later than `after`; undefined where some of them may be forgotten. */
  since(after: TickPlace): readonly Tick[] | undefined {
    if (this.#reachesTo !== undefined && isLaterThan(this.#reachesTo, after)) return undefined;
    return this.#ticks.slice(this.#ticks.findLastIndex((tick) => !isLaterThan(tick, after)) + 1);
  }

  #trim(before: number): void {
    this.#untrimmed = 0;
    const forgotten = this.#ticks.findLastIndex(({ at }) => at < before);
    if (forgotten === -1) return;
    this.#reachesTo = this.#ticks[forgotten];
    this.#ticks = this.#ticks.slice(forgotten + 1);
  }
}
