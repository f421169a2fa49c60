import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../clock.ts';

const WINDOW_MS = 5_000;

/**
 * How busy the one thread is: 1 is all of the time, over the last five to ten seconds, whoever asks and however often.
 * The answer ends the watch.
 */
export function watchEventLoop(registry: Registry, clock: Clock): () => void {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  let latest = before;
  let cancel: () => void = () => undefined;
  const turn = () => {
    before = latest;
    latest = performance.eventLoopUtilization();
    cancel = clock.after(WINDOW_MS, turn);
  };
  cancel = clock.after(WINDOW_MS, turn);
  new Gauge({
    name: 'croupier_event_loop_utilization',
    help: 'Share of the last seconds in which the event loop was busy.',
    registers: [registry],
    collect() {
      this.set(performance.eventLoopUtilization(before).utilization);
    },
  });
  return () => cancel();
}
