import { type Clock, systemClock } from '../../src/clock.ts';

/** The time it is; what is put off for exactly so long never comes. For servers whose chores a test does itself. */
export function clockWithout(...delaysMs: readonly number[]): Clock {
  return {
    now: systemClock.now,
    after: (delayMs, callback) => (delaysMs.includes(delayMs) ? () => undefined : systemClock.after(delayMs, callback)),
  };
}
