import { type Clock, systemClock } from '../../src/clock.ts';

/** Time that goes on as ever, from noon UTC of today: no day ends while tests run. */
export function noonClock(): Clock {
  const offset = new Date().setUTCHours(12, 0, 0, 0) - Date.now();
  return { now: () => Date.now() + offset, after: systemClock.after };
}
