import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import type { SealingKey } from '../fairness/sealed-seed.ts';
import type { RandomBytes } from '../fairness/seed.ts';
import type { SymbolId } from '../ids.ts';
import type { Logger } from '../log.ts';
import type { Candle, Interval } from './candle.ts';
import { DurableDays, revealDaysBefore } from './day-keeper.ts';
import type { Feed, FeedHealth, SymbolHealth, Tick, TickPlace } from './feed.ts';
import { type Insights, insightsOf } from './insights.ts';
import { takeLog } from './log-store.ts';
import { type FeedSettings, openFeed } from './open-feed.ts';
import { type LoggedSymbol, readSymbol } from './restore.ts';
import { SimulatedFeed } from './simulated-feed.ts';
import { SymbolTrace } from './symbol-trace.ts';
import { type MarketSymbol, SYMBOLS } from './symbols.ts';
import { type Entry, type Promised, TickLog } from './tick-log.ts';
import { dayOf } from './walk.ts';

export interface MarketDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Or a feed of the caller's own. */
  readonly feed: FeedSettings | Feed;
  readonly sealingKey: SealingKey;
  readonly symbols?: readonly MarketSymbol[];
  readonly randomBytes?: RandomBytes;
}

/** How the market is doing: its feed, and what of that is durable. */
export interface MarketHealth extends FeedHealth {
  /** By durable ticks. */
  readonly symbols: readonly (SymbolHealth & { readonly ticks: number })[];
  /** Ticks in the log since the market was opened, and those on their way there. */
  readonly written: number;
  readonly waiting: number;
}

export type TicksListener = (ticks: readonly Tick[]) => void;

/** Insights are read off so many candles. */
const INSIGHT_CANDLES = 100;

const ENDED = 'the market has ended';

interface Parts {
  readonly feed: Feed;
  readonly days: DurableDays | undefined;
  readonly traces: ReadonlyMap<SymbolId, SymbolTrace>;
  readonly log: TickLog;
}

interface Waiter {
  readonly symbol: SymbolId;
  readonly at: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Prices, for whoever trades at them (S4-12, S4-53). A tick does not exist until it is in the log: only then is it
 * passed on, shown, and part of a candle, so what anybody has ever seen can be looked up and is the same after a crash.
 * While the database is away no tick passes and prices grow stale.
 */
export class Market {
  readonly symbols: readonly MarketSymbol[];
  readonly #deps: MarketDeps;
  readonly #feed: Feed;
  readonly #days: DurableDays | undefined;
  readonly #traces: ReadonlyMap<SymbolId, SymbolTrace>;
  readonly #log: TickLog;
  readonly #listeners = new Set<TicksListener>();
  #waiters: Waiter[] = [];
  #late = 0;
  #hasEnded = false;
  #startedAt: number | undefined;
  #unsubscribe: () => void = () => undefined;

  private constructor(deps: MarketDeps, { feed, days, traces, log }: Parts) {
    this.#deps = deps;
    this.symbols = deps.symbols ?? SYMBOLS;
    this.#feed = feed;
    this.#days = days;
    this.#traces = traces;
    this.#log = log;
    log.listen({
      promised: () => new Map(this.symbols.map(({ id }) => [id, feed.completeThrough(id)])),
      durable: (ticks, promised) => this.#pass(ticks, promised),
      overruled: () => this.#end(),
    });
  }

  /** Reads what is there and takes the log: a market that was open before is overruled. No prices before `start`. */
  static async open(deps: MarketDeps): Promise<Market> {
    const { database, clock, symbols = SYMBOLS } = deps;
    const place = await takeLog(database);
    const logged = new Map<SymbolId, LoggedSymbol>();
    for (const { id } of symbols) logged.set(id, await readSymbol(database, id, clock.now()));
    const begun = new Map([...logged].flatMap(([id, { begun: minute }]) => (minute ? [[id, minute] as const] : [])));
    const log = new TickLog({ ...deps, place, begun });
    const traces = new Map([...logged].map(([id, known]) => [id, new SymbolTrace(known)]));
    const { feed, days } = await openParts(deps, (entry) => log.push(entry));
    return new Market(deps, { feed, days, traces, log });
  }

  /** Whatever its feed does before it begins, without holding others up. */
  async prepare(): Promise<void> {
    await this.#feed.prepare?.();
  }

  /** The feed begins. Nothing from before this moment is taken. */
  start(): void {
    if (this.#startedAt !== undefined) return;
    const now = this.#deps.clock.now();
    this.#startedAt = now;
    this.#unsubscribe = this.#feed.subscribe((tick) => this.#hear(tick));
    for (const [symbol, trace] of this.#traces) {
      this.#feed.sealThrough(symbol, now);
      trace.completeTo(this.#feed.completeThrough(symbol));
    }
    this.#feed.start();
  }

  /** No more ticks; what was heard before is written and passed on. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#feed.stop();
    await this.#log.settled();
    this.#end();
  }

  /** For a `stop` that takes too long: what is not written by now is given up, and nobody hears of it. */
  abandon(): void {
    this.#log.abandon();
    this.#end();
  }

  /**
   * Every batch of ticks once it is durable, in order, from now on. Listeners are called synchronously; what one throws
   * is logged. The answer ends it.
   */
  onTicks(listener: TicksListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The last durable one since the start. */
  lastTick(symbol: SymbolId): Tick | undefined {
    return this.#trace(symbol).recent.last;
  }

  /** Durable ones later than `after`, from memory: undefined where it does not reach back so far, minutes at least. */
  ticksSince(symbol: SymbolId, after: TickPlace): readonly Tick[] | undefined {
    return this.#trace(symbol).recent.since(after);
  }

  /** No durable tick of this symbol at or before this time can follow, and those there are have been passed on. */
  completeThrough(symbol: SymbolId): number {
    const trace = this.#trace(symbol);
    // Kept, so that what was said once is not taken back while ticks are on their way.
    if (this.#log.waiting === 0) trace.completeTo(this.#feed.completeThrough(symbol));
    return trace.complete;
  }

  /** What its ticks carry from now on; those in the log may be of another feed. */
  get feedId(): string {
    return this.#feed.id;
  }

  /** How long after its time a price may be on its way yet: what is sealed any sooner may lose some. */
  get delayMs(): number {
    return this.#feed.delayMs;
  }

  /**
   * Makes it so: resolved once everything up to there is durable and passed on, rejected where the market ends before.
   * Other symbols go on as they do: what is over in one takes no price from another.
   */
  async sealThrough(symbol: SymbolId, at: number): Promise<void> {
    if (this.#hasEnded) throw new Error(ENDED);
    this.#feed.sealThrough(symbol, at);
    // Where the feed is at work it seals at the end of its turn.
    await Promise.resolve();
    if (this.completeThrough(symbol) >= at) return;
    await new Promise<void>((resolve, reject) => this.#waiters.push({ symbol, at, resolve, reject }));
  }

  /** The last ones until now, in order, the one that goes on included. Throws RangeError unless 1 <= limit <= 1,000. */
  candles(symbol: SymbolId, interval: Interval, limit: number): readonly Candle[] {
    return this.#trace(symbol).candles.recent(interval, limit, this.#deps.clock.now());
  }

  /**
   * What the price has changed by since the first one of its UTC day that is known, in percent, rounded toward zero:
   * `+0.31`, `-1.25`, `0.00`. Undefined while there is no price.
   */
  changeOf(symbol: SymbolId): string | undefined {
    return this.#trace(symbol).change();
  }

  insights(symbol: SymbolId, interval: Interval): Insights {
    const known = this.symbols.find(({ id }) => id === symbol);
    if (known === undefined) throw new Error(`there is no symbol ${symbol}`);
    return insightsOf(known, interval, this.candles(symbol, interval, INSIGHT_CANDLES));
  }

  health(): MarketHealth {
    const now = this.#deps.clock.now();
    const feed = this.#feed.health();
    const symbols = [...this.#traces].map(([symbol, { recent, ticks }]) => {
      const lastTickAt = recent.last?.at;
      return { symbol, ticks, lastTickAt, isStale: !this.#isFresh(lastTickAt, now) };
    });
    const { written, waiting } = this.#log;
    return { ...feed, symbols, late: feed.late + this.#late, written, waiting };
  }

  /** Whether some price is fresh, or the market began so short a time ago that none need be there yet. */
  get isReady(): boolean {
    const now = this.#deps.clock.now();
    if (this.#hasEnded) return false;
    return this.#isFresh(this.#startedAt, now) || this.health().symbols.some(({ isStale }) => !isStale);
  }

  /** Now and then: seeds of the days to come are made, those of days that were left behind revealed. */
  async keepDays(): Promise<void> {
    if (this.#days) await this.#days.prepare();
    else await revealDaysBefore(this.#deps, dayOf(this.#deps.clock.now()));
  }

  #hear(tick: Tick): void {
    const trace = this.#traces.get(tick.symbol);
    if (trace?.hears(tick)) this.#log.push({ kind: 'tick', tick });
    else this.#late += 1;
  }

  #pass(ticks: readonly Tick[], promised: Promised | undefined): void {
    for (const tick of ticks) this.#trace(tick.symbol).pass(tick);
    for (const [symbol, at] of promised ?? []) this.#trace(symbol).completeTo(at);
    if (ticks.length > 0) {
      for (const listener of [...this.#listeners]) this.#tell(listener, ticks);
    }
    const done = this.#waiters.filter(({ symbol, at }) => this.completeThrough(symbol) >= at);
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    for (const { resolve } of done) resolve();
  }

  #tell(listener: TicksListener, ticks: readonly Tick[]): void {
    try {
      listener(ticks);
    } catch (error) {
      this.#deps.log.error({ err: error }, 'passing prices on failed');
    }
  }

  #end(): void {
    this.#hasEnded = true;
    this.#unsubscribe();
    this.#feed.stop();
    for (const { reject } of this.#waiters.splice(0)) reject(new Error(ENDED));
  }

  #isFresh(at: number | undefined, now: number): boolean {
    // One from a time to come is none: the clock has gone back, and no price passes until it is there again.
    return at !== undefined && Math.abs(now - at) <= this.#feed.staleAfterMs;
  }

  #trace(symbol: SymbolId): SymbolTrace {
    const trace = this.#traces.get(symbol);
    if (trace === undefined) throw new Error(`there is no symbol ${symbol}`);
    return trace;
  }
}

/** A feed as the settings say; one of the caller's own keeps no days. */
async function openParts(deps: MarketDeps, write: (entry: Entry) => void): Promise<Pick<Parts, 'feed' | 'days'>> {
  const { feed, clock, symbols = SYMBOLS } = deps;
  if (!('kind' in feed)) return { feed, days: undefined };
  if (feed.kind !== 'simulated') return { feed: await openFeed(feed, { clock, symbols }), days: undefined };
  const days = await DurableDays.open({ ...deps, write });
  return { feed: new SimulatedFeed({ clock, symbols, days, intervalMs: feed.intervalMs }), days };
}
