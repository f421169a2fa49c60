/** Numbers from 0 up to but not 1. */
export type Random = () => number;

export interface BackoffSettings {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * How long to wait before attempt number `attempt`, counted from 0: twice as long each time up to the most, and of that
 * a random half to whole, so that many who were cut off together do not come back together.
 */
export function backoffMs(attempt: number, { firstMs, mostMs }: BackoffSettings, random: Random): number {
  const wholeMs = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 32));
  return Math.round(wholeMs / 2 + (random() * wholeMs) / 2);
}
