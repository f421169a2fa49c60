import type { Clock } from '../src/clock.ts';

/** `bet-placed` as everybody hears it: no word about who it was (S0-79). */
export interface BetPlaced {
  readonly betSide: string;
  /** Minor units. */
  readonly amount: number;
  readonly count: number;
}

const SINGLY_PER_SECOND = 20;
const SUMMED_EVERY_MS = 100;

/** Tells the table of bets: one by one up to 20 a second, above that as sums per side every 100 ms. */
export class BetFeed {
  readonly #clock: Clock;
  readonly #say: (bet: BetPlaced) => void;
  #secondEndsAt = 0;
  #saidSingly = 0;
  #sums = new Map<string, { amount: number; count: number }>();
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, say: (bet: BetPlaced) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  add(betSide: string, amount: number): void {
    const now = this.#clock.now();
    if (now >= this.#secondEndsAt) {
      this.#secondEndsAt = now + 1_000;
      this.#saidSingly = 0;
    }
    if (this.#cancel === null && this.#saidSingly < SINGLY_PER_SECOND) {
      this.#saidSingly += 1;
      this.#say({ betSide, amount, count: 1 });
      return;
    }
    const sum = this.#sums.get(betSide) ?? { amount: 0, count: 0 };
    this.#sums.set(betSide, { amount: sum.amount + amount, count: sum.count + 1 });
    this.#cancel ??= this.#clock.after(SUMMED_EVERY_MS, () => this.flush());
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#cancel?.();
    this.#sums.clear();
  }

  /** Says what is still unsaid. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const sums = this.#sums;
    this.#sums = new Map();
    for (const [betSide, { amount, count }] of sums) this.#say({ betSide, amount, count });
  }
}
