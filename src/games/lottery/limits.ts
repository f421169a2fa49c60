import { type Minor, minor, toWire, ZERO } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { LotteryNumber } from './number.ts';
import type { Line } from './slip/lines.ts';

/** The most that a phase takes on one number, all slips together: its own, or else the global one (S3-03, S3-09). */
export interface NumberLimits {
  readonly globalLimit: Minor;
  readonly ofNumbers: ReadonlyMap<LotteryNumber, Minor>;
}

/** What happens to a slip that would lift a number above its limit (DOMAIN 2.3). */
export type OverLimitPolicy =
  /** The whole slip is refused. */
  | 'reject-slip'
  /** What fits is taken, the rest of the line is not. */
  | 'accept-to-limit'
  /** All is taken, and what is above the limit is marked for lay-off to a bigger banker. */
  | 'lay-off';

/** A line as it is taken. */
export interface LimitedLine extends Line {
  /** The part of `amount` that is above the limit, to be laid off. */
  readonly excess: Minor;
}

/** What is taken of a slip's lines, and what is not: together they are what was asked for. */
export interface Limited {
  readonly ok: true;
  readonly lines: readonly LimitedLine[];
  readonly declined: readonly Line[];
}

export function limitOf(number: LotteryNumber, { globalLimit, ofNumbers }: NumberLimits): Minor {
  return ofNumbers.get(number) ?? globalLimit;
}

/**
 * Holds lines, at most one for each number, against the limits; `taken` is what is staked on a number so far. Refuses
 * with NUMBER_LIMIT_EXCEEDED, and the numbers concerned as details, where the policy rejects the slip or nothing at all
 * of it fits. How much would fit is not said: it is what others have staked.
 */
export function applyLimits(
  lines: readonly Line[],
  taken: (number: LotteryNumber) => Minor,
  limits: NumberLimits,
  policy: OverLimitPolicy,
): Limited | Refusal {
  const judged = lines.map(({ number, amount }) => {
    const left = atLeastNothing(limitOf(number, limits) - taken(number));
    return { number, amount, excess: atLeastNothing(amount - left) };
  });
  if (policy === 'lay-off') {
    return { ok: true, lines: judged.map(({ number, amount, excess }) => ({ number, amount, excess })), declined: [] };
  }
  const exceeding = judged.filter(({ excess }) => excess > 0n);
  const fitting = judged.filter(({ amount, excess }) => amount > excess);
  if (exceeding.length > 0 && (policy === 'reject-slip' || fitting.length === 0)) {
    const details = exceeding.map(({ number, amount }) => ({ number, amount: toWire(amount) }));
    return refuse('NUMBER_LIMIT_EXCEEDED', undefined, details);
  }
  return {
    ok: true,
    lines: fitting.map(({ number, amount, excess }) => ({ number, amount: minor(amount - excess), excess: ZERO })),
    declined: exceeding.map(({ number, excess }) => ({ number, amount: excess })),
  };
}

/** A limit that was lowered may lie below what was taken before. */
function atLeastNothing(amount: bigint): Minor {
  return amount > 0n ? minor(amount) : ZERO;
}
