import { setTimeout as sleep } from 'node:timers/promises';

/** Something to put under load: `once` is one operation, durable when it resolves. */
export interface Load {
  readonly name: string;
  once(worker: number): Promise<void>;
  /** Bytes of write-ahead log so far. */
  walBytes(): Promise<number>;
  /** Statements sent to the database so far. */
  statements(): number;
  close(): Promise<void>;
}

export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly walBytesPerOp: number;
  readonly statementsPerOp: number;
}

const WARM_UP_MS = 700;

/** Keeps `outstanding` operations under way for `seconds`, after a warm-up, and stops by itself. */
export async function measure(load: Load, outstanding: number, seconds: number): Promise<Measured> {
  const times: number[] = [];
  let counting = false;
  let stopped = false;
  const worker = async (number: number): Promise<void> => {
    while (!stopped) {
      const started = performance.now();
      await load.once(number);
      if (counting) times.push(performance.now() - started);
    }
  };
  const workers = Array.from({ length: outstanding }, (_, number) => worker(number));
  await sleep(WARM_UP_MS);
  const walBefore = await load.walBytes();
  const statementsBefore = load.statements();
  const startedAt = performance.now();
  counting = true;
  await sleep(seconds * 1_000);
  counting = false;
  const elapsed = (performance.now() - startedAt) / 1_000;
  const statements = load.statements() - statementsBefore;
  const wal = (await load.walBytes()) - walBefore;
  stopped = true;
  await Promise.all(workers);
  const count = times.length;
  const sorted = Float64Array.from(times).sort();
  const result = {
    perSecond: count / elapsed,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    walBytesPerOp: wal / count,
    statementsPerOp: statements / count,
  };
  process.stdout.write(
    `${load.name}, ${outstanding} outstanding: ${result.perSecond.toFixed(0)}/s, p99 ${result.p99Ms.toFixed(1)} ms\n`,
  );
  return result;
}

/** `sorted` ascending; 0 for none. */
export function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Rows of cells as aligned text. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ')).join('\n');
}
