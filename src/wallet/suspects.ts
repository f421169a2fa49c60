/**
 * Commands at the head of the mailbox that were in a batch which the database refused. They are tried in smaller and
 * smaller batches until the culprit stands alone, and in larger and larger ones once there are acquittals.
 */
export class Suspects {
  #left = 0;
  #atOnce = 0;

  get any(): boolean {
    return this.#left > 0;
  }

  /** How many commands the next batch may hold. */
  get atOnce(): number {
    return this.any ? this.#atOnce : Number.POSITIVE_INFINITY;
  }

  /** A batch of `tried` was refused; so many of its commands still have somebody who waits. */
  accuse(waiting: number, tried: number): void {
    this.#left = Math.max(this.#left, waiting);
    this.#atOnce = Math.max(1, Math.ceil(tried / 2));
  }

  /** A batch of them went through. */
  acquit(count: number): void {
    this.#left = Math.max(0, this.#left - count);
    this.#atOnce *= 2;
  }

  /** The culprit was found. Where there is one there may be more beside it, but most are innocent. */
  convictOne(): void {
    this.#left = Math.max(0, this.#left - 1);
    this.#atOnce = 2;
  }
}
