import type { Clock } from '../../src/clock.ts';

/** Time that stands still until a test moves it on. */
export interface ManualClock extends Clock {
  /** Whatever falls due within is run at its time, and what follows from it without time passing is waited for. */
  advance(ms: number): Promise<void>;
  /** How many callbacks wait. */
  readonly waiting: number;
}

export function manualClock(start = Date.UTC(2026, 0, 15, 12)): ManualClock {
  let now = start;
  const due = new Map<() => void, number>();
  const settle = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    now: () => now,
    after(delayMs, callback) {
      const entry = () => callback();
      due.set(entry, now + delayMs);
      return () => due.delete(entry);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const [next] = [...due].filter(([, at]) => at <= until).sort(([, one], [, other]) => one - other);
        if (next === undefined) break;
        const [callback, at] = next;
        due.delete(callback);
        now = Math.max(now, at);
        callback();
        await settle();
      }
      now = until;
    },
    get waiting() {
      return due.size;
    },
  };
}
