import { allowed, hourOf, LIMIT_DAYS, LIMIT_KINDS, type LimitDays, type LimitKind, sumOf } from '../wallet/limits.ts';
import type { PlayerProtection } from '../wallet/protection.ts';

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

/** What is counted of somebody, and what is open on standing books, by the hour in which it was staked. */
type Figures = Pick<PlayerProtection, 'counted' | 'standing'>;

/** Every kind of limit over every number of days, by the wallet's own sums. */
export function limitsOf(figures: Figures, nowMs: number): readonly LimitView[] {
  return LIMIT_KINDS.flatMap((kind) => LIMIT_DAYS.map((days) => limitOf(figures, kind, days, nowMs)));
}

function limitOf({ counted, standing }: Figures, kind: LimitKind, days: LimitDays, nowMs: number): LimitView {
  const open = kind === 'loss' ? standing.values().reduce((sum, stake) => sum + stake, 0n) : 0n;
  const used = sumOf(counted, { kind, days }, nowMs) + open;
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

/**
 * What was played from this hour (since the epoch) on. Bets that were taken back do not count. A trade that was open
 * before is played for what it came to: a loss of more than all stakes since is a stake of as much.
 */
export function playedSince({ counted: { hour, current, hours }, standing }: Figures, since: number): Played {
  const all = [...hours, [hour, current] as const].filter(([of]) => of >= since);
  const wagered = all.reduce((sum, [, sums]) => sum + sums.wagered, 0n);
  const open = standing.entries().reduce((sum, [of, stake]) => (of >= since ? sum + stake : sum), 0n);
  const lost = all.reduce((sum, [, sums]) => sum + sums.lost, open);
  const staked = wagered > lost ? wagered : lost;
  return { staked, won: staked - lost, net: -lost };
}

const DAY_MS = 86_400_000;

/** Midnight UTC, in hours since the epoch. */
export function dayBegan(nowMs: number): number {
  return hourOf(Math.floor(nowMs / DAY_MS) * DAY_MS);
}
