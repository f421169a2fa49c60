import type { Clock } from '../../src/clock.ts';
import { type ServerSeed, serverSeed } from '../../src/fairness/seed.ts';
import type { SymbolId } from '../../src/ids.ts';
import type { Day } from '../../src/market/walk.ts';

export const BTC = 'BTCUSDT' as SymbolId;
export const ETH = 'ETHUSDT' as SymbolId;
export const DAY = '2026-11-26' as Day;
/** The bytes 0, 1, 2 … 31. */
export const SEED = seedFrom(0);

export function seedFrom(first: number): ServerSeed {
  return serverSeed(Uint8Array.from({ length: 32 }, (_, index) => first + index));
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  /** Runs every timer that comes due, each at its own time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = until;
  }

  /** As when the process is held up: time passes, and only then timers run. */
  jump(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }
}
