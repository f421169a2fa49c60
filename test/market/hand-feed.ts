import type { Clock } from '../../src/clock.ts';
import type { SymbolId } from '../../src/ids.ts';
import { OutletFeed } from '../../src/market/outlet-feed.ts';
import { SYMBOLS } from '../../src/market/symbols.ts';
import type { Price } from '../../src/money.ts';

/** Prices as a test says them. */
export class HandFeed extends OutletFeed {
  readonly #clock: Clock;
  #seq = 0;
  isRunning = false;

  constructor(clock: Clock, { id = 'hand', delayMs = 0 }: { readonly id?: string; readonly delayMs?: number } = {}) {
    super({ id, symbols: SYMBOLS.map((symbol) => symbol.id), clock, staleAfterMs: 5_000, delayMs });
    this.#clock = clock;
  }

  start(): void {
    this.isRunning = true;
  }

  stop(): void {
    this.isRunning = false;
  }

  /** A price in the symbol's smallest step, of now unless another time is said. */
  say(symbol: SymbolId, price: number | bigint, at: number = this.#clock.now(), seq?: number): void {
    this.#seq += 1;
    this.outlet.publish({ symbol, price: BigInt(price) as Price, at, seq: seq ?? this.#seq });
  }
}
