import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import type { SymbolId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { backoffMs } from './backoff.ts';
import { type Candle, flatCandle, INTERVALS, joined, startOfCandle } from './candle.ts';
import type { MinuteCandle } from './candle-store.ts';
import type { Tick } from './feed.ts';
import { appendBatch, type Batch, type LogPlace, OverruledError } from './log-store.ts';
import type { PublishedDay, RevealedDay } from './simulated-day.ts';

/** What is to be written, in its order. */
export type Entry =
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'opened'; readonly day: PublishedDay; readonly at: Date }
  | { readonly kind: 'ended'; readonly day: RevealedDay };

/** Up to which time there is nothing to come any more, by symbol. */
export type Promised = ReadonlyMap<SymbolId, number>;

export interface TickLogDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the log is. */
  readonly place: LogPlace;
  /** The minutes that had begun there. */
  readonly begun: ReadonlyMap<SymbolId, Candle>;
}

/** Who is told of what becomes of it. */
export interface TickLogListener {
  /** What is promised of the ticks that come after all that were pushed. */
  promised(): Promised;
  /** Each batch once it is durable; `promised` where it was all there was when it was made. */
  durable(ticks: readonly Tick[], promised: Promised | undefined): void;
  /** Nothing is written from here on: somebody else writes the log. */
  overruled(): void;
}

const TICKS_MAX = 1_000;
const BACKOFF = { firstMs: 100, mostMs: 5_000 };
/** There is one writer, so nobody comes back together with it. */
const WHOLE = () => 1;

interface Made extends Batch {
  readonly promised: Promised | undefined;
}

/**
 * Writes ticks, and what belongs to them, in batches: one is on its way while the next collects. A batch that fails is
 * tried again, the same one, until it is there; those behind it wait, so nothing is lost and nothing changes places.
 */
export class TickLog {
  readonly #deps: TickLogDeps;
  readonly #begun: Map<SymbolId, Candle>;
  #place: LogPlace;
  #listener: TickLogListener | undefined;
  #queue: Entry[] = [];
  #waiting = 0;
  #written = 0;
  #run: Promise<void> | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(deps: TickLogDeps) {
    this.#deps = deps;
    this.#place = deps.place;
    this.#begun = new Map(deps.begun);
  }

  /** Before the first entry. */
  listen(listener: TickLogListener): void {
    this.#listener = listener;
  }

  /** Ticks that are not durable yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Ticks that are, since it was opened. */
  get written(): number {
    return this.#written;
  }

  push(entry: Entry): void {
    if (this.#ended) return;
    this.#queue.push(entry);
    if (entry.kind === 'tick') this.#waiting += 1;
    // What a feed passes on in one turn is one batch.
    this.#run ??= Promise.resolve().then(() => this.#writeAll());
  }

  /** Resolves when everything is written, or nothing will be any more. */
  async settled(): Promise<void> {
    while (this.#run !== undefined) await this.#run;
  }

  /** Gives up what is not written. */
  abandon(): void {
    this.#ended = true;
    this.#wake();
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#ended) {
      const batch = this.#nextBatch();
      if (!(await this.#insist(batch))) break;
      this.#waiting -= batch.ticks.length;
      this.#written += batch.ticks.length;
      this.#listener?.durable(batch.ticks, batch.promised);
    }
    this.#run = undefined;
  }

  /** True once it is durable. */
  async #insist(batch: Batch): Promise<boolean> {
    const { database, clock, log } = this.#deps;
    const place = { ...this.#place, batch: this.#place.batch + 1n };
    for (let attempt = 0; !this.#ended; attempt += 1) {
      try {
        await appendBatch(database, place, batch);
        this.#place = place;
        return true;
      } catch (error) {
        if (error instanceof OverruledError) {
          log.error({ err: error }, 'somebody else writes the log of prices: this process has none any more');
          this.#ended = true;
          this.#listener?.overruled();
          return false;
        }
        log.warn({ err: error, attempt, ticks: batch.ticks.length }, 'writing the log of prices failed');
      }
      await this.#pause(clock, backoffMs(attempt, BACKOFF, WHOLE));
    }
    return false;
  }

  #pause(clock: Clock, ms: number): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #nextBatch(): Made {
    const entries = this.#queue.splice(0, this.#lengthOfBatch());
    const promised = this.#queue.length === 0 ? this.#listener?.promised() : undefined;
    const ticks = entries.flatMap((entry) => (entry.kind === 'tick' ? [entry.tick] : []));
    return {
      ticks,
      candles: ticks.flatMap((tick) => this.#completedBy(tick)),
      opened: entries.flatMap((entry) => (entry.kind === 'opened' ? [entry] : [])),
      ended: entries.flatMap((entry) => (entry.kind === 'ended' ? [entry.day] : [])),
      promised,
    };
  }

  #lengthOfBatch(): number {
    let ticks = 0;
    const end = this.#queue.findIndex(({ kind }) => {
      if (kind === 'tick') ticks += 1;
      return ticks > TICKS_MAX;
    });
    return end === -1 ? this.#queue.length : end;
  }

  /** The minute before, where this tick is the first of another one. */
  #completedBy({ symbol, at, price }: Tick): readonly MinuteCandle[] {
    const begin = startOfCandle(at, INTERVALS['1m']);
    const begun = this.#begun.get(symbol);
    const one = { ...flatCandle(begin, price), ticks: 1 };
    const isSame = begun?.at === begin;
    this.#begun.set(symbol, isSame ? joined(begun, one, begin) : one);
    return begun === undefined || isSame ? [] : [{ ...begun, symbol }];
  }
}
