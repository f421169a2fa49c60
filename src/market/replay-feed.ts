import type { Clock } from '../clock.ts';
import type { SymbolId } from '../ids.ts';
import type { Tick } from './feed.ts';
import { OutletFeed } from './outlet-feed.ts';
import { Pacer } from './pacer.ts';
import type { RecordedTick } from './recording.ts';

export interface ReplayFeedOptions {
  readonly id?: string;
  readonly clock: Clock;
  /** In the order of their times; at least one. */
  readonly ticks: readonly RecordedTick[];
  /** 10 is ten times as fast as it was. */
  readonly speed?: number;
  /** Begins again at the end; the prices jump back then. Else the feed falls silent. */
  readonly loop?: boolean;
  readonly staleAfterMs?: number;
}

/**
 * Plays a recording from its beginning, at its own pace or faster. For demonstrations and tests: whoever has the
 * recording knows what comes next.
 */
export class ReplayFeed extends OutletFeed {
  readonly #options: Required<ReplayFeedOptions>;
  readonly #lengthMs: number;
  #startedAt = 0;
  #next = 0;
  readonly #pacer: Pacer;

  /** Throws RangeError without ticks or for a speed that is not above 0. */
  constructor(options: ReplayFeedOptions) {
    const all = { id: 'replay', speed: 1, loop: false, staleAfterMs: 10_000, ...options };
    const { ticks, clock, speed } = all;
    super({ ...all, symbols: [...new Set(ticks.map(({ symbol }) => symbol))] });
    const [first, last] = [ticks[0], ticks.at(-1)];
    if (first === undefined || last === undefined) throw new RangeError('there is nothing to replay');
    if (!(speed > 0)) throw new RangeError(`cannot replay at the speed ${speed}`);
    this.#options = all;
    this.#lengthMs = last.afterMs + meanGapMs(ticks.length, first.afterMs, last.afterMs);
    this.#pacer = new Pacer(clock, { nextDueAt: () => this.#due()?.at, doNext: () => this.#passNext() });
  }

  start(): void {
    if (this.#pacer.isRunning) return;
    this.#startedAt = this.#options.clock.now();
    this.#next = 0;
    this.#pacer.start();
  }

  stop(): void {
    this.#pacer.stop();
  }

  override sealThrough(symbol: SymbolId, at: number): void {
    this.#pacer.afterDue(() => this.outlet.sealThrough(symbol, at));
  }

  #passNext(): void {
    const due = this.#due();
    this.#next += 1;
    if (due) this.outlet.publish(due);
  }

  /** The next tick and its time. Numbers begin at the time of the start, so that those of a later start are higher. */
  #due(): Omit<Tick, 'feedId'> | undefined {
    const { ticks, loop, speed } = this.#options;
    const rounds = loop ? Math.floor(this.#next / ticks.length) : 0;
    const recorded = ticks[this.#next - rounds * ticks.length];
    if (recorded === undefined) return undefined;
    const afterMs = Math.floor((rounds * this.#lengthMs + recorded.afterMs) / speed);
    const { symbol, price } = recorded;
    return { symbol, price, at: this.#startedAt + afterMs, seq: this.#startedAt + this.#next };
  }
}

/** Between the last tick of a round and the first of the next. */
function meanGapMs(count: number, firstMs: number, lastMs: number): number {
  return Math.max(1, Math.round((lastMs - firstMs) / Math.max(1, count - 1)));
}
