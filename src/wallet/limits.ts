/**
 * What a limit is on: gross deposits, net losses with open stakes counted as lost, or stakes. A bet of a round or pool
 * is lost with its stake, and what it brings is taken off when it does. A position on a standing book may be open for
 * weeks: that would take off what nobody counts any more. So it counts as lost for as long as it is open, whenever it
 * was staked, and what it came to counts in the hour in which it ends.
 */
export const LIMIT_KINDS = ['deposit', 'loss', 'wager'] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** Rolling, in days. */
export const LIMIT_DAYS = [1, 7, 30] as const;
export type LimitDays = (typeof LIMIT_DAYS)[number];

/** A limit that a player has set. */
export interface PlayerLimit {
  readonly kind: LimitKind;
  readonly days: LimitDays;
  /** The most, in minor units; null: none. */
  readonly amount: bigint | null;
  /** What it will be from `nextFrom` on (epoch milliseconds, 0: nothing is coming). */
  readonly nextAmount: bigint | null;
  readonly nextFrom: number;
}

/**
 * What happened on a wallet within one hour. Wins and what is given back make `lost` smaller, below zero too. What is
 * open on standing books is in `wagered` alone.
 */
export interface HourSums {
  readonly wagered: bigint;
  readonly lost: bigint;
  readonly deposited: bigint;
}

/** The part of a wallet that its player's limits are about. */
export interface Counted {
  readonly limits: PlayerLimit[];
  /** The hour that `current` is of, since the epoch. */
  hour: number;
  current: HourSums;
  /** Hours before it, as far as they are known here; all of the last 30 days where `knowsHours`. */
  readonly hours: Map<number, HourSums>;
  knowsHours: boolean;
}

export const NO_SUMS: HourSums = { wagered: 0n, lost: 0n, deposited: 0n };

const HOUR_MS = 3_600_000;
/** A limit that grows, or goes, does so a day later; one that shrinks does at once. */
const GROWS_AFTER_MS = 24 * HOUR_MS;
const HOURS_KEPT = 30 * 24;

export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / HOUR_MS);
}

/** The first hour that any limit looks at. */
export function oldestHour(nowMs: number): number {
  return hourOf(nowMs) - HOURS_KEPT;
}

/** The most that a limit allows at this time; null: anything. */
export function allowed({ amount, nextAmount, nextFrom }: PlayerLimit, nowMs: number): bigint | null {
  return nextFrom > 0 && nowMs >= nextFrom ? nextAmount : amount;
}

/** The limit after its player has asked for another amount: less counts at once, more or none a day later. */
export function changed(
  limits: readonly PlayerLimit[],
  wanted: { readonly kind: LimitKind; readonly days: LimitDays; readonly amount: bigint | null },
  nowMs: number,
): PlayerLimit {
  const { kind, days, amount } = wanted;
  const before = limits.find((limit) => limit.kind === kind && limit.days === days);
  const now = before === undefined ? null : allowed(before, nowMs);
  const isStricter = amount !== null && (now === null || amount <= now);
  if (isStricter || now === null) return { kind, days, amount, nextAmount: null, nextFrom: 0 };
  return { kind, days, amount: now, nextAmount: amount, nextFrom: nowMs + GROWS_AFTER_MS };
}

/** True where a wallet may not add this much to what its limits are on. Its hours must be complete. */
export function breaksLimit(wallet: Counted, nowMs: number, more: Partial<HourSums>): boolean {
  return wallet.limits.some((limit) => {
    const most = allowed(limit, nowMs);
    const added = more[FIELD[limit.kind]] ?? 0n;
    return most !== null && added > 0n && sumOf(wallet, limit, nowMs) + added > most;
  });
}

const FIELD = { deposit: 'deposited', loss: 'lost', wager: 'wagered' } as const satisfies Record<
  LimitKind,
  keyof HourSums
>;

/** What counts towards a limit now. The hour in which its days began counts whole: in doubt the stricter reading. */
export function sumOf(wallet: Counted, { kind, days }: Pick<PlayerLimit, 'kind' | 'days'>, nowMs: number): bigint {
  const field = FIELD[kind];
  const since = hourOf(nowMs) - 24 * days;
  let sum = wallet.hour >= since ? wallet.current[field] : 0n;
  for (const [hour, sums] of wallet.hours) if (hour >= since) sum += sums[field];
  return sum;
}

/**
 * Counts something into the hour that it is now. Answers the hour that is over with it, if there is one: it is to be
 * written down. A clock that goes back counts into the later hour.
 */
export function count(
  wallet: Counted,
  nowMs: number,
  more: Partial<HourSums>,
): { hour: number; sums: HourSums } | null {
  const now = Math.max(hourOf(nowMs), wallet.hour);
  const over = now > wallet.hour && !isNothing(wallet.current) ? { hour: wallet.hour, sums: wallet.current } : null;
  if (over !== null) wallet.hours.set(over.hour, over.sums);
  if (now > wallet.hour) {
    wallet.current = NO_SUMS;
    for (const hour of wallet.hours.keys()) if (hour < now - HOURS_KEPT) wallet.hours.delete(hour);
  }
  wallet.hour = now;
  wallet.current = plus(wallet.current, more);
  return over;
}

/**
 * Counts something no more, in the hour in which it was counted: taken out of a later one it would make room there for
 * as much again once that hour alone is left of the two. Answers the hour that is over with it, as `count` does.
 */
export function uncount(
  wallet: Counted & { readonly takenOut: Map<number, HourSums> },
  hour: number,
  { wagered = 0n, lost = 0n, deposited = 0n }: Partial<HourSums>,
): { hour: number; sums: HourSums } | null {
  const less = { wagered: -wagered, lost: -lost, deposited: -deposited };
  if (hour >= wallet.hour) return count(wallet, hour * HOUR_MS, less);
  if (wallet.knowsHours || wallet.hours.has(hour))
    wallet.hours.set(hour, plus(wallet.hours.get(hour) ?? NO_SUMS, less));
  wallet.takenOut.set(hour, plus(wallet.takenOut.get(hour) ?? NO_SUMS, less));
  return null;
}

/** Both together. */
export function plus(sums: HourSums, { wagered = 0n, lost = 0n, deposited = 0n }: Partial<HourSums>): HourSums {
  return { wagered: sums.wagered + wagered, lost: sums.lost + lost, deposited: sums.deposited + deposited };
}

function isNothing({ wagered, lost, deposited }: HourSums): boolean {
  return wagered === 0n && lost === 0n && deposited === 0n;
}
