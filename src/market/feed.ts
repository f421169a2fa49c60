import type { Clock } from '../clock.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';

/** One price of one symbol, as everything behind a feed sees it. */
export interface Tick {
  readonly symbol: SymbolId;
  readonly price: Price;
  /** When it was the price, epoch milliseconds. */
  readonly at: number;
  /** Its number among the ticks of this feed and symbol: of two ticks of one time the higher is the later. */
  readonly seq: number;
  readonly feedId: string;
}

/** Where a tick stands among those of its symbol. */
export type TickPlace = Pick<Tick, 'at' | 'seq'>;

/** The order of ticks: by time, then by number. */
export function isLaterThan(tick: TickPlace, than: TickPlace): boolean {
  return tick.at > than.at || (tick.at === than.at && tick.seq > than.seq);
}

export interface SymbolHealth {
  readonly symbol: SymbolId;
  /** Undefined while there was none. */
  readonly lastTickAt: number | undefined;
  /** No tick, or none for longer than the feed allows; also where the clock has gone back behind the last one. */
  readonly isStale: boolean;
}

/** How a feed is doing; counts are since it was made. */
export interface FeedHealth {
  readonly feedId: string;
  readonly symbols: readonly SymbolHealth[];
  readonly ticks: number;
  /** Ticks that should have been there and were not, as far as a feed can tell. */
  readonly missed: number;
  /** Ticks that were dropped because a later one had been passed on, or their time was over (`sealThrough`). */
  readonly late: number;
  /** Messages that could not be read. */
  readonly malformed: number;
}

export type TickListener = (tick: Tick) => void;

/** Where prices come from: simulated, a recording, an exchange. */
export interface Feed {
  readonly id: string;
  /** A price that is older than this says that something is wrong with the feed. */
  readonly staleAfterMs: number;
  /** So long after its time a tick may be on its way yet; 0 where a feed's ticks are its own. */
  readonly delayMs: number;
  /** Does what takes long before `start`, and lets others have their turn meanwhile. */
  prepare?(): Promise<void>;
  start(): void;
  /** May be started again. */
  stop(): void;
  /** Every tick from now on, each symbol's in order. Answers how to end it. */
  subscribe(listener: TickListener): () => void;
  lastTick(symbol: SymbolId): Tick | undefined;
  /** No tick of this symbol at or before this time can follow: what has expired until then can be settled. */
  completeThrough(symbol: SymbolId): number;
  /**
   * Makes it so, where no tick comes to do it: what comes later all the same is dropped, so this is to be asked for no
   * time less than `delayMs` ago. Ticks that are due are passed on before.
   */
  sealThrough(symbol: SymbolId, at: number): void;
  health(): FeedHealth;
}

/** The common half of every feed: passes ticks on in their order, and counts. */
export class TickOutlet {
  readonly #feedId: string;
  readonly #clock: Clock;
  readonly #staleAfterMs: number;
  readonly #listeners = new Set<TickListener>();
  readonly #last = new Map<SymbolId, Tick | undefined>();
  readonly #counts = { ticks: 0, missed: 0, late: 0, malformed: 0 };
  readonly #sealed = new Map<SymbolId, number>();

  constructor(feedId: string, symbols: readonly SymbolId[], clock: Clock, staleAfterMs: number) {
    this.#feedId = feedId;
    this.#clock = clock;
    this.#staleAfterMs = staleAfterMs;
    for (const symbol of symbols) this.#last.set(symbol, undefined);
  }

  /** To every listener, unless it is late, out of order or a second time the same: then it is dropped and counted. */
  publish(tick: Omit<Tick, 'feedId'>): void {
    const last = this.#last.get(tick.symbol);
    const isNext = last === undefined || isLaterThan(tick, last);
    if (!isNext || tick.at <= this.#sealedThrough(tick.symbol)) {
      this.#counts.late += 1;
      return;
    }
    const passed: Tick = { ...tick, feedId: this.#feedId };
    this.#last.set(tick.symbol, passed);
    this.#counts.ticks += 1;
    for (const listener of [...this.#listeners]) listener(passed);
  }

  countMissed(ticks: number): void {
    this.#counts.missed += ticks;
  }

  countMalformed(): void {
    this.#counts.malformed += 1;
  }

  subscribe(listener: TickListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  lastTick(symbol: SymbolId): Tick | undefined {
    return this.#last.get(symbol);
  }

  /** Of the time of the last tick there may be another one. */
  completeThrough(symbol: SymbolId): number {
    return Math.max(this.#sealedThrough(symbol), (this.lastTick(symbol)?.at ?? Number.NEGATIVE_INFINITY) - 1);
  }

  sealThrough(symbol: SymbolId, at: number): void {
    this.#sealed.set(symbol, Math.max(this.#sealedThrough(symbol), at));
  }

  health(): FeedHealth {
    const now = this.#clock.now();
    const symbols = [...this.#last].map(([symbol, last]) => ({
      symbol,
      lastTickAt: last?.at,
      isStale: last === undefined || Math.abs(now - last.at) > this.#staleAfterMs,
    }));
    return { feedId: this.#feedId, symbols, ...this.#counts };
  }

  #sealedThrough(symbol: SymbolId): number {
    return this.#sealed.get(symbol) ?? Number.NEGATIVE_INFINITY;
  }
}
