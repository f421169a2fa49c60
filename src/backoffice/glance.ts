/** Under way or done: who asks meanwhile waits for it too. */
interface Look<T> {
  readonly at: number;
  readonly of: number;
  readonly found: Promise<T>;
}

/** Keeps what a query found for a moment, as people look once a second and need not each have it made anew. */
export class Glance<T> {
  readonly #everyMs: number;
  readonly #find: (of: number) => Promise<T>;
  #last: Look<T> | null = null;

  constructor(everyMs: number, find: (of: number) => Promise<T>) {
    this.#everyMs = everyMs;
    this.#find = find;
  }

  /** A little old, but always of what it is asked for. A look that fails is not kept. */
  at(now: number, of = 0): Promise<T> {
    const last = this.#last;
    if (last !== null && now - last.at < this.#everyMs && of === last.of) return last.found;
    const look: Look<T> = { at: now, of, found: this.#find(of) };
    this.#last = look;
    look.found.catch(() => {
      if (this.#last === look) this.#last = null;
    });
    return look.found;
  }
}
