import { performance } from 'node:perf_hooks';

/** Answers the part of the time, 0 to 1, in which this process's event loop was busy since it was last asked. */
export function eventLoopUse(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
