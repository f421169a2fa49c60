import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { ServerSeed } from '../fairness/seed.ts';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import { OutletFeed } from './outlet-feed.ts';
import { Pacer } from './pacer.ts';
import { openDay, type PublishedDay, type RevealedDay, revealDay, simulatedTick } from './simulated-day.ts';
import type { MarketSymbol } from './symbols.ts';
import { type Day, dayOf, startOf, ticksPerDay, type Walk, walkOf } from './walk.ts';

/** Who keeps seeds and publishes days. Told the same again after a restart. */
export interface DayKeeper {
  /** Durable before it is answered, and the same every time. Secret until `ended`. */
  seedOf(day: Day): ServerSeed;
  /** The last day that was opened; undefined where there was none yet. */
  lastOpened(): PublishedDay | undefined;
  /** Before the first tick of the day is passed on. */
  opened(day: PublishedDay): void;
  /** After the last one, and before the next day is opened: whatever a crash cuts off is told again. */
  ended(day: RevealedDay): void;
}

export interface SimulatedFeedOptions {
  readonly id?: string;
  readonly clock: Clock;
  readonly symbols: readonly MarketSymbol[];
  readonly days: DayKeeper;
  /** A day is a whole number of these; a change counts from the next day on. */
  readonly intervalMs?: number;
}

interface Today {
  readonly published: PublishedDay;
  readonly seed: ServerSeed;
  readonly intervalMs: number;
  readonly priceAt: ReadonlyMap<SymbolId, Walk>;
}

const INTERVAL_MS = 2_000;
/** The day that goes on may have a longer interval than the settings of tomorrow. */
const STALE_AFTER_MS = 7_500;
/** What a walk goes in one turn: some milliseconds of computing. */
const TICKS_AT_ONCE = 1_000;
/** Who was held up for longer, as a machine that was asleep, goes on from the present as after a restart. */
const CAUGHT_UP_MS_MAX = 300_000;

/**
 * Simulated prices, by default every two seconds. Ticks that were due while the process was held up for some minutes
 * are passed on afterwards, with the times they were due at; those of the time before `start` are not.
 */
export class SimulatedFeed extends OutletFeed {
  readonly #options: Required<SimulatedFeedOptions>;
  readonly #pacer: Pacer;
  #today: Today | undefined;
  #next = 0;

  constructor(options: SimulatedFeedOptions) {
    const all = { id: 'simulated', intervalMs: INTERVAL_MS, ...options };
    ticksPerDay(all.intervalMs);
    super({
      ...all,
      symbols: all.symbols.map(({ id }) => id),
      staleAfterMs: Math.max(STALE_AFTER_MS, 3 * all.intervalMs),
    });
    this.#options = all;
    this.#pacer = new Pacer(options.clock, {
      nextDueAt: () => this.#today && dueAt(this.#today, this.#next),
      doNext: () => this.#passNext(),
    });
  }

  /**
   * Walks to the present, a piece at a time. Late in a day of short intervals that is seconds of computing, in which
   * the process would seem to be dead to whoever waits to take its place.
   */
  async prepare(): Promise<void> {
    const { clock, days } = this.#options;
    if (this.#pacer.isRunning) return;
    const last = days.lastOpened();
    if (last !== undefined && last.day !== dayOf(clock.now())) {
      this.#today = todayOf(last, days.seedOf(last.day), this.#options.intervalMs);
      await walkTo(this.#today, 0, ticksPerDay(this.#today.intervalMs));
    }
    const { today, stands } = this.#goOnFrom(clock.now());
    await walkTo(today, stands, this.#next);
  }

  /** Passes on the present prices at once. */
  start(): void {
    if (this.#pacer.isRunning) return;
    this.#goOnFrom(this.#options.clock.now());
    this.#pacer.start();
  }

  stop(): void {
    this.#pacer.stop();
  }

  override sealThrough(symbol: SymbolId, at: number): void {
    this.#pacer.afterDue(() => this.outlet.sealThrough(symbol, at));
  }

  /** What is public of the day that goes on. */
  get today(): PublishedDay | undefined {
    return this.#today?.published;
  }

  /** Answers at which tick its walks stand. */
  #goOnFrom(now: number): { readonly today: Today; readonly stands: number } {
    const day = dayOf(now);
    const [walked, from] = [this.#today, this.#next];
    // A walk goes forward only.
    const goesOn = walked?.published.day === day && tickAt(walked, now) >= from;
    const today = goesOn ? walked : this.#open(day);
    this.#today = today;
    this.#next = tickAt(today, now);
    return { today, stands: goesOn ? from : 0 };
  }

  #passNext(): void {
    if (this.#today === undefined) return;
    const now = this.#options.clock.now();
    if (now - dueAt(this.#today, this.#next) > CAUGHT_UP_MS_MAX) this.#goOnFrom(now);
    const today = this.#today;
    const k = this.#next;
    this.#next += 1;
    this.#pass(today, k);
    if (k < ticksPerDay(today.intervalMs)) return;
    this.#today = this.#open(dayOf(dueAt(today, k)));
    this.#next = 1;
  }

  #pass({ published, priceAt }: Today, k: number): void {
    for (const terms of published.walks) {
      const price = priceAt.get(terms.symbol)?.(k);
      if (price !== undefined) this.outlet.publish(simulatedTick(published.day, terms, k, price));
    }
  }

  /** Goes on with this day where it is the last one that was opened; else that one is over, and this one begins. */
  #open(day: Day): Today {
    const { days, symbols } = this.#options;
    const last = days.lastOpened();
    const seed = days.seedOf(day);
    if (last?.day === day) return todayOf(last, seed, this.#options.intervalMs);
    const published = openDay(day, seed, symbols, this.#options.intervalMs, (id) => this.#lastPriceOf(id, last));
    if (last) days.ended(revealDay(last, days.seedOf(last.day)));
    days.opened(published);
    return todayOf(published, seed, this.#options.intervalMs);
  }

  /** At a midnight the walk is there already; it takes a moment to go through a day that ended while we were away. */
  #lastPriceOf(id: SymbolId, last: PublishedDay | undefined): Price | undefined {
    const terms = last?.walks.find(({ symbol }) => symbol === id);
    if (last === undefined || terms === undefined) return undefined;
    const walk = this.#today?.published.day === last.day ? this.#today.priceAt.get(id) : undefined;
    return (walk ?? walkOf(this.#options.days.seedOf(last.day), last.day, terms))(ticksPerDay(terms.intervalMs));
  }
}

function todayOf(published: PublishedDay, seed: ServerSeed, otherwiseMs: number): Today {
  const walks = published.walks.map((terms) => [terms.symbol, walkOf(seed, published.day, terms)] as const);
  return { published, seed, intervalMs: published.walks[0]?.intervalMs ?? otherwiseMs, priceAt: new Map(walks) };
}

async function walkTo({ priceAt }: Today, begin: number, end: number): Promise<void> {
  for (const walk of priceAt.values()) {
    for (let k = begin; k < end; k += TICKS_AT_ONCE) {
      walk(k);
      await nextTurn();
    }
    walk(end);
  }
}

/** The last tick that is due. */
function tickAt({ published, intervalMs }: Today, now: number): number {
  return Math.floor((now - startOf(published.day)) / intervalMs);
}

function dueAt({ published, intervalMs }: Today, k: number): number {
  return startOf(published.day) + k * intervalMs;
}
