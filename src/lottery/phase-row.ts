import type { PhaseSettings } from '../games/lottery/accept.ts';
import type { NumberLimits, OverLimitPolicy } from '../games/lottery/limits.ts';
import type { LotteryNumber } from '../games/lottery/number.ts';
import type { Phase } from '../games/lottery/phase.ts';
import type { PhaseId, UserId } from '../ids.ts';
import { type Currency, type Minor, minor, type Percentage } from '../money.ts';
import type { BookId } from '../wallet/command.ts';

export const PHASE_STATUSES = ['OPEN', 'CLOSED', 'RESULT', 'SETTLED'] as const;
export type PhaseStatus = (typeof PHASE_STATUSES)[number];

export const OVER_LIMIT_POLICIES = ['reject-slip', 'accept-to-limit', 'lay-off'] as const satisfies OverLimitPolicy[];

/** `manual`: two people enter the number of a draw elsewhere. `provable`: it follows from a seed and the slips. */
export const DRAWS = ['manual', 'provable'] as const;

/** What an admin decides about a phase when it is created; none of it changes afterwards. */
export interface PhaseTerms {
  readonly name: string;
  readonly endsAt: Date;
  readonly globalLimit: Minor;
  readonly overLimit: OverLimitPolicy;
  readonly straightMultiplier: number;
  readonly commission: Percentage;
  /** Of one line. */
  readonly minStake: Minor;
  readonly maxStake: Minor;
  /** The largest worst-case loss that is accepted. */
  readonly exposureCap: Minor;
  readonly draw: (typeof DRAWS)[number];
}

/** What holds for a phase of which nobody says otherwise: 50,000.00 on every number (S3-02). */
export const DEFAULT_TERMS = {
  globalLimit: minor(5_000_000),
  overLimit: 'reject-slip',
  commission: 0 as Percentage,
  minStake: minor(1),
  maxStake: minor(10n ** 11n),
  exposureCap: minor(10n ** 15n),
  draw: 'manual',
} as const satisfies Partial<PhaseTerms>;

/** A phase of the lottery, and how far it has come (S3-02, S3-19). */
export interface PhaseRow extends PhaseTerms {
  readonly id: PhaseId;
  readonly book: BookId;
  readonly currency: Currency;
  readonly status: PhaseStatus;
  readonly startsAt: Date;
  readonly permutationMultiplier: number;
  readonly commitment: string | null;
  /** Of the keys of all its slips, once it is drawn. */
  readonly root: string | null;
  readonly revealedSeed: string | null;
  /** Null until the ledger has its book: before that nobody sees it. */
  readonly openedAt: Date | null;
  readonly closedAt: Date | null;
  /** From then on the book takes nothing, and every slip has its answer. */
  readonly shutAt: Date | null;
  readonly enteredNumber: LotteryNumber | null;
  readonly enteredBy: UserId | null;
  readonly winningNumber: LotteryNumber | null;
  readonly confirmedBy: UserId | null;
  readonly settlingBy: UserId | null;
  readonly settledAt: Date | null;
}

/** What has to be done next, by nobody's decision. */
export type PhaseStep = 'open' | 'shut' | 'draw' | 'settle';

/** The step that is due; null where a decision is, or nothing. The column `unfinished` says the same. */
export function nextStep({ status, openedAt, shutAt, draw, settlingBy }: PhaseRow): PhaseStep | null {
  if (openedAt === null) return 'open';
  if (status === 'CLOSED') {
    if (shutAt === null) return 'shut';
    return draw === 'provable' ? 'draw' : null;
  }
  return status === 'RESULT' && settlingBy !== null ? 'settle' : null;
}

/** As the rules know it. */
export function ruleOf(row: PhaseRow): Phase {
  const { status, endsAt, enteredNumber, enteredBy, winningNumber, confirmedBy } = row;
  if (status === 'OPEN') return { status, closesAt: endsAt.getTime() };
  if (status === 'CLOSED') {
    const entered = enteredNumber && enteredBy ? { winningNumber: enteredNumber, by: enteredBy } : undefined;
    return { status, entered };
  }
  if (winningNumber === null) throw new Error(`phase ${row.id} is ${status} without a number`);
  return { status, winningNumber, enteredBy, confirmedBy };
}

export function settingsOf(row: PhaseRow, ofNumbers: NumberLimits['ofNumbers']): PhaseSettings {
  const { currency, straightMultiplier, permutationMultiplier, globalLimit, overLimit, minStake, maxStake } = row;
  const multipliers = { straight: straightMultiplier, permutation: permutationMultiplier };
  return { currency, multipliers, limits: { globalLimit, ofNumbers }, overLimit, minStake, maxStake };
}

/** What the acts of the house are done to, in the audit log. */
export function targetOf(id: PhaseId): string {
  return `phase:${id}`;
}
