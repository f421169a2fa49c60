import { type Refusal, refuse } from '../refusal.ts';

/** How much at once, and how long somebody waits for their turn. */
export interface TurnsOptions {
  readonly atOnce: number;
  readonly waitsMs: number;
}

/**
 * Bounds how much of some heavy work is done at once. Nobody has more than one thing under way, and who had a turn is
 * behind everybody else who waits: however much somebody asks for, others get theirs.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #underWay = new Set<string>();
  /** Whoever is first here is next. */
  readonly #waiting = new Map<string, readonly (() => void)[]>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Does the work when it is this one's turn, and answers what comes of it; BUSY where that takes too long. */
  async inTurn<T>(whose: string, work: () => Promise<T>, waitsMs = this.#options.waitsMs): Promise<T | Refusal> {
    if (!(await this.#turn(whose, waitsMs))) {
      return refuse('BUSY', 'Too many reports are being made; try again in a moment.');
    }
    try {
      return await work();
    } finally {
      this.#end(whose);
    }
  }

  /** False where it has not come in time. */
  #turn(whose: string, waitsMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const begin = () => {
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      this.#keep(
        whose,
        this.#of(whose).filter((one) => one !== begin),
      );
      resolve(false);
    }, waitsMs);
    this.#keep(whose, [...this.#of(whose), begin]);
    this.#next();
    return promise;
  }

  /** What else they have is behind everybody else now. */
  #end(whose: string): void {
    const others = this.#of(whose);
    this.#waiting.delete(whose);
    this.#keep(whose, others);
    this.#underWay.delete(whose);
    this.#next();
  }

  #next(): void {
    for (const [whose, [begin, ...others]] of this.#waiting) {
      if (this.#underWay.size >= this.#options.atOnce) return;
      if (begin === undefined || this.#underWay.has(whose)) continue;
      this.#underWay.add(whose);
      this.#keep(whose, others);
      begin();
    }
  }

  #of(whose: string): readonly (() => void)[] {
    return this.#waiting.get(whose) ?? [];
  }

  #keep(whose: string, all: readonly (() => void)[]): void {
    if (all.length > 0) this.#waiting.set(whose, all);
    else this.#waiting.delete(whose);
  }
}
