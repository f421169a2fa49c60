import { type Currency, formatMoney, type Minor } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import { applyLimits, type LimitedLine, type NumberLimits, type OverLimitPolicy } from './limits.ts';
import { type LotteryNumber, selectionOf } from './number.ts';
import { liabilityOf, type Multipliers } from './payout.ts';
import { type Phase, takesSlips } from './phase.ts';
import type { Line } from './slip/lines.ts';

/** What the operator decides about a phase. */
export interface PhaseSettings {
  readonly currency: Currency;
  readonly multipliers: Multipliers;
  readonly limits: NumberLimits;
  readonly overLimit: OverLimitPolicy;
  /** Of one line, what a slip stakes on one number. */
  readonly minStake: Minor;
  readonly maxStake: Minor;
}

/** What the wallet needs to know of a line that the rules allow, and what is to be laid off of it. */
export interface AcceptedLine extends LimitedLine {
  readonly selection: number;
  /** The most that it can pay, gross: reserved with the stake. */
  readonly liability: Minor;
}

export interface AcceptedSlip {
  readonly ok: true;
  readonly lines: readonly AcceptedLine[];
  /** What was asked for and is above a limit, where the policy takes the rest: to be shown to the collector. */
  readonly declined: readonly Line[];
}

/** The wallet can reserve no more for one line. */
const LIABILITY_MAX = 10n ** 15n;

/**
 * Whether the rules take the lines of a slip, one for each number, at `now` (epoch milliseconds). The first that
 * applies refuses all of it: PHASE_CLOSED, BELOW_MINIMUM, ABOVE_MAXIMUM, NUMBER_LIMIT_EXCEEDED. `taken` is what is
 * staked on a number so far. Funds are the wallet's to judge.
 */
export function acceptsSlip(
  phase: Phase,
  settings: PhaseSettings,
  lines: readonly Line[],
  taken: (number: LotteryNumber) => Minor,
  now: number,
): AcceptedSlip | Refusal {
  const open = takesSlips(phase, now);
  if (!open.ok) return open;
  const { minStake, maxStake, multipliers, limits, overLimit, currency } = settings;
  const small = lines.find(({ amount }) => amount < minStake);
  if (small) return refuse('BELOW_MINIMUM', `${small.number}: the least is ${formatMoney(minStake, currency)}`);
  const large = lines.find(({ amount }) => amount > maxStake || liabilityOf(amount, multipliers) > LIABILITY_MAX);
  if (large) return refuse('ABOVE_MAXIMUM', `${large.number}: the most is ${formatMoney(maxStake, currency)}`);
  const limited = applyLimits(lines, taken, limits, overLimit);
  if (!limited.ok) return limited;
  const accepted = limited.lines.map((line) => ({
    ...line,
    selection: selectionOf(line.number),
    liability: liabilityOf(line.amount, multipliers),
  }));
  return { ok: true, lines: accepted, declined: limited.declined };
}
