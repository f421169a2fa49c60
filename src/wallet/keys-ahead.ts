/** Above every key. */
const NO_KEY = 'g';

/**
 * Keys on record whose time has not come yet: minted by clocks that run ahead, or on purpose. When it comes they would
 * look new, each costing the actor a failed batch. Bounded: beyond `capacity` every key from the smallest on is
 * doubted.
 */
export class KeysAhead {
  readonly #capacity: number;
  #keys: Set<string>;
  #doubtedFrom: string;

  /** `doubtedFrom`: keys from here on are not known; nothing when all are. */
  constructor(capacity: number, keys: readonly string[] = [], doubtedFrom: string = NO_KEY) {
    this.#capacity = capacity;
    this.#keys = new Set(keys);
    this.#doubtedFrom = doubtedFrom;
  }

  has(key: string): boolean {
    return key >= this.#doubtedFrom || (this.#keys.size > 0 && this.#keys.has(key));
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= this.#capacity) return;
    for (const each of this.#keys) if (each < this.#doubtedFrom) this.#doubtedFrom = each;
    this.#keys.clear();
  }

  /** Keys up to the horizon are looked up anyway. */
  forgetUpTo(horizon: string): void {
    for (const key of this.#keys) if (key <= horizon) this.#keys.delete(key);
  }
}
