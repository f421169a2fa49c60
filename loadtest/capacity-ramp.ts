/** One step of a ramp: this many people, and what came of it. */
export interface Step {
  readonly people: number;
  /** The server's event-loop use over the step, 0 to 1. */
  readonly use: number;
  /** People who found no seat or lost it, and bets that failed. */
  readonly failures: number;
}

/** Above this a server has nothing left for a bad moment. */
export const USE_MAX = 0.8;
const GROWS_BY = [1.08, 2] as const;

/** Whether a server holds this many. */
export function holds({ use, failures }: Step): boolean {
  return use <= USE_MAX && failures === 0;
}

/**
 * How many to try next: what should bring the use to the limit if it grew in proportion, but not less than a twelfth
 * more nor more than twice as many; undefined when the ramp is over.
 */
export function nextPeople(last: Step, most: number): number | undefined {
  if (!holds(last) || last.people >= most) return undefined;
  const factor = Math.min(GROWS_BY[1], Math.max(GROWS_BY[0], USE_MAX / Math.max(last.use, 0.01)));
  return Math.min(most, Math.ceil(last.people * factor));
}
