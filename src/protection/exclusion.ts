/** For how long somebody wants to be kept from play. Hours are exact, months those of the calendar, in UTC. */
export type ExclusionWish =
  | { readonly kind: 'time-out'; readonly hours: number }
  | { readonly kind: 'self-exclusion'; readonly months: number };

const HOUR_MS = 3_600_000;

/** When an exclusion that begins now ends, epoch milliseconds. Where the last month has no such day: with its last. */
export function endOf(wish: ExclusionWish, nowMs: number): number {
  if (wish.kind === 'time-out') return nowMs + wish.hours * HOUR_MS;
  const end = new Date(nowMs);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + wish.months, 1);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  return end.setUTCDate(Math.min(day, lastDay));
}

/** The wish in a canonical text: the same key must ask for the same. */
export function wordsOf(wish: ExclusionWish): string {
  return wish.kind === 'time-out' ? `${wish.kind}|${wish.hours}` : `${wish.kind}|${wish.months}`;
}
