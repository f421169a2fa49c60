import type { Clock } from '../clock.ts';
import type { SymbolId } from '../ids.ts';
import { type Feed, type FeedHealth, type Tick, type TickListener, TickOutlet } from './feed.ts';

export interface OutletFeedOptions {
  readonly id: string;
  readonly symbols: readonly SymbolId[];
  readonly clock: Clock;
  readonly staleAfterMs: number;
  readonly delayMs?: number;
}

/** What all feeds have in common: they pass on through an outlet. Where its ticks come from is each feed's own. */
export abstract class OutletFeed implements Feed {
  readonly id: string;
  readonly staleAfterMs: number;
  readonly delayMs: number;
  protected readonly outlet: TickOutlet;

  protected constructor({ id, symbols, clock, staleAfterMs, delayMs = 0 }: OutletFeedOptions) {
    this.id = id;
    this.staleAfterMs = staleAfterMs;
    this.delayMs = delayMs;
    this.outlet = new TickOutlet(id, symbols, clock, staleAfterMs);
  }

  abstract start(): void;

  abstract stop(): void;

  subscribe(listener: TickListener): () => void {
    return this.outlet.subscribe(listener);
  }

  lastTick(symbol: SymbolId): Tick | undefined {
    return this.outlet.lastTick(symbol);
  }

  completeThrough(symbol: SymbolId): number {
    return this.outlet.completeThrough(symbol);
  }

  sealThrough(symbol: SymbolId, at: number): void {
    this.outlet.sealThrough(symbol, at);
  }

  health(): FeedHealth {
    return this.outlet.health();
  }
}
