import {
  allowed,
  type Counted,
  hourOf,
  LIMIT_DAYS,
  LIMIT_KINDS,
  type LimitDays,
  type LimitKind,
  sumOf,
} from '../wallet/limits.ts';

/** A limit as its player sees it. Amounts are minor units. */
export interface LimitView {
  readonly kind: LimitKind;
  readonly days: LimitDays;
  /** The most, now; null: none. */
  readonly amount: bigint | null;
  /** What counts towards it now. Of losses below zero for who has won more than lost. */
  readonly used: bigint;
  /** What may still be added; null without a limit. */
  readonly remaining: bigint | null;
  /** What it will be, and from when on (epoch milliseconds); null where nothing is coming. */
  readonly next: { readonly amount: bigint | null; readonly from: number } | null;
}

/** Every kind of limit over every number of days, by the wallet's own sums. */
export function limitsOf(counted: Counted, nowMs: number): readonly LimitView[] {
  return LIMIT_KINDS.flatMap((kind) => LIMIT_DAYS.map((days) => limitOf(counted, kind, days, nowMs)));
}

function limitOf(counted: Counted, kind: LimitKind, days: LimitDays, nowMs: number): LimitView {
  const used = sumOf(counted, { kind, days }, nowMs);
  const limit = counted.limits.find((each) => each.kind === kind && each.days === days);
  if (limit === undefined) return { kind, days, amount: null, used, remaining: null, next: null };
  const amount = allowed(limit, nowMs);
  const remaining = amount === null ? null : amount > used ? amount - used : 0n;
  const isComing = limit.nextFrom > nowMs;
  return {
    kind,
    days,
    amount,
    used,
    remaining,
    next: isComing ? { amount: limit.nextAmount, from: limit.nextFrom } : null,
  };
}

/** What somebody played for, minor units. What is open counts as lost. */
export interface Played {
  readonly staked: bigint;
  readonly won: bigint;
  /** `won` less `staked`. */
  readonly net: bigint;
}

/** What was played from this hour (since the epoch) on. Bets that were taken back do not count. */
export function playedSince({ hour, current, hours }: Counted, since: number): Played {
  const all = [...hours, [hour, current] as const].filter(([of]) => of >= since);
  const staked = all.reduce((sum, [, { wagered }]) => sum + wagered, 0n);
  const lost = all.reduce((sum, [, sums]) => sum + sums.lost, 0n);
  return { staked, won: staked - lost, net: -lost };
}

const DAY_MS = 86_400_000;

/** Midnight UTC, in hours since the epoch. */
export function dayBegan(nowMs: number): number {
  return hourOf(Math.floor(nowMs / DAY_MS) * DAY_MS);
}
