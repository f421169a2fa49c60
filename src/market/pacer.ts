import type { Clock } from '../clock.ts';

/** What a feed with ticks of its own has to do. */
export interface Pace {
  /** When the next thing is due, epoch milliseconds; undefined where nothing follows. */
  nextDueAt(): number | undefined;
  /** Does it: after that another one is the next. */
  doNext(): void;
}

/** Does what is due, one thing after the other and each once, and waits for the next. */
export class Pacer {
  readonly #clock: Clock;
  readonly #pace: Pace;
  #isRunning = false;
  #isBusy = false;
  #afterwards: (() => void)[] = [];
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    this.#isRunning = true;
    if (!this.#isBusy) this.#beat();
  }

  /** May be called while something is being done: nothing is done after that. */
  stop(): void {
    this.#isRunning = false;
    this.#cancel?.();
  }

  /** Acts once everything is done that is due by now: at once, or, where that is going on already, at its end. */
  afterDue(act: () => void): void {
    this.#afterwards.push(act);
    if (!this.#isBusy) this.#beat();
  }

  #beat(): void {
    this.#cancel?.();
    const now = this.#clock.now();
    this.#isBusy = true;
    try {
      while (this.#isRunning && (this.#pace.nextDueAt() ?? Number.POSITIVE_INFINITY) <= now) this.#pace.doNext();
      for (let act = this.#afterwards.shift(); act; act = this.#afterwards.shift()) act();
    } finally {
      this.#isBusy = false;
    }
    const next = this.#pace.nextDueAt();
    if (!this.#isRunning || next === undefined) return;
    this.#cancel = this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#beat());
  }
}
