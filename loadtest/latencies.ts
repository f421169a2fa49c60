/** Each bucket is this much wider than the one before, so a percentile is right to within one percent. */
const GROWTH = 1.01;
const SMALLEST_MS = 0.01;

/** What goes between processes: buckets with their counts. */
export type LatencyCounts = readonly (readonly [bucket: number, count: number])[];

/** Durations in milliseconds, counted in buckets: as small after an hour as after a second, and added up exactly. */
export class Latencies {
  readonly #counts = new Map<number, number>();
  #total = 0;

  static of(counts: LatencyCounts): Latencies {
    const latencies = new Latencies();
    latencies.add(counts);
    return latencies;
  }

  get total(): number {
    return this.#total;
  }

  record(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / Math.log(GROWTH)));
    this.#count(bucket, 1);
  }

  add(counts: LatencyCounts): void {
    for (const [bucket, count] of counts) this.#count(bucket, count);
  }

  counts(): LatencyCounts {
    return [...this.#counts];
  }

  /** The duration that `part` of all (0 to 1) do not exceed; NaN of none. */
  percentile(part: number): number {
    let left = Math.max(1, Math.ceil(this.#total * part));
    for (const [bucket, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return SMALLEST_MS * GROWTH ** bucket;
    }
    return Number.NaN;
  }

  #count(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }
}
