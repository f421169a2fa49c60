import type { Queries } from '../../db/pool.ts';
import type { AuditEntry } from '../backoffice/audit-line.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { whoStillCounts } from '../backoffice/house.ts';
import { limitOf } from '../games/lottery/limits.ts';
import type { LotteryNumber } from '../games/lottery/number.ts';
import { closePhase, enterResult, settlePhase, takesSlips } from '../games/lottery/phase.ts';
import type { PhaseId, UserId } from '../ids.ts';
import { type Minor, toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { numberLimits, removeNumberLimit, setNumberLimit } from './limit-store.ts';
import { type PhaseRow, ruleOf, targetOf } from './phase-row.ts';
import { entriesOf, lockPhase, recordClosed, recordConfirmed, recordEntered, recordSettling } from './phase-store.ts';

/** Who acts on which phase, and when. */
export interface PhaseAct {
  readonly id: PhaseId;
  readonly by: UserId;
  readonly at: Date;
  readonly reason?: string | undefined;
}

/** Takes no slips from now on, before its time. NOT_FOUND; NOT_OPEN where it is closed already. */
export async function closeEarly(tx: Queries, act: PhaseAct): Promise<Done<PhaseRow> | Refusal> {
  const phase = await lockVisible(tx, act.id);
  if (isRefusal(phase)) return phase;
  const closed = closePhase(ruleOf(phase));
  if (isRefusal(closed)) return closed;
  await recordClosed(tx, act.id, act.by, act.at);
  return done(act, phase, { action: 'phase.close', before: { status: 'OPEN' }, after: { status: 'CLOSED' } });
}

/**
 * The most that is taken on one number from now on (S3-03); null: as on any other. What is above a lower limit already
 * stays. NOT_FOUND, PHASE_CLOSED.
 */
export async function limitNumber(
  tx: Queries,
  act: PhaseAct,
  number: LotteryNumber,
  max: Minor | null,
): Promise<Done<PhaseRow> | Refusal> {
  const phase = await lockVisible(tx, act.id);
  if (isRefusal(phase)) return phase;
  const open = takesSlips(ruleOf(phase), act.at.getTime());
  if (isRefusal(open)) return open;
  const { globalLimit } = phase;
  const before = limitOf(number, { globalLimit, ofNumbers: await numberLimits(tx, act.id) });
  if (max === null) await removeNumberLimit(tx, act.id, number);
  else await setNumberLimit(tx, act.id, number, max);
  const words = (limit: Minor) => ({ number, maxAmount: toWire(limit) });
  return done(act, phase, { action: 'phase.limit', before: words(before), after: words(max ?? globalLimit) });
}

/**
 * One of the two people who enter the winning number (S3-20). Refuses NOT_FOUND and as `enterResult` does;
 * INVALID_REQUEST as well while slips are still being answered, and where the number is drawn: then it is nobody's to
 * choose. What was entered by somebody who may not act for the house any more counts for nothing.
 */
export async function enterNumber(
  tx: Queries,
  act: PhaseAct,
  number: LotteryNumber,
): Promise<Done<'entered' | 'disputed' | 'confirmed'> | Refusal> {
  const phase = await lockVisible(tx, act.id);
  if (isRefusal(phase)) return phase;
  if (phase.draw === 'provable') {
    if (phase.winningNumber !== null) return refuse('ALREADY_DECIDED');
    return refuse('INVALID_REQUEST', 'The number of this phase is drawn; nobody enters it.');
  }
  const all = await entriesOf(tx, act.id);
  const first = await whoStillCounts(tx, all.at(-1) ?? null);
  const entered = enterResult(ruleOf({ ...phase, enteredBy: first }), number, act.by);
  if (isRefusal(entered)) return entered;
  if (phase.shutAt === null) return refuse('INVALID_REQUEST', 'The phase is being closed; try again in a moment.');
  if (entered.status === 'RESULT') {
    await recordConfirmed(tx, act.id, act.by, act.at);
    const before = {
      entered: all.map(({ number: winningNumber, by, at }) => ({ winningNumber, by, at: at.toISOString() })),
    };
    const after = { winningNumber: number, enteredBy: first };
    return done(act, 'confirmed', { action: 'phase.result.confirm', before, after });
  }
  await recordEntered(tx, act.id, { number, by: act.by, at: act.at });
  // Not which: the second person reads this log too, and is to look it up elsewhere. The confirmation has them all.
  const [before, after] = [{ enteredBy: phase.enteredBy }, { enteredBy: act.by }];
  if (first === null) return done(act, 'entered', { action: 'phase.result.enter', before, after });
  if (first === act.by) return done(act, 'entered', { action: 'phase.result.correct', before, after });
  return done(act, 'disputed', { action: 'phase.result.dispute', before, after });
}

/** Everybody is to be paid. Refuses NOT_FOUND and as `settlePhase` does; ALREADY_DECIDED also while it is under way. */
export async function askForSettlement(tx: Queries, act: PhaseAct): Promise<Done<PhaseRow> | Refusal> {
  const phase = await lockVisible(tx, act.id);
  if (isRefusal(phase)) return phase;
  const settled = settlePhase(ruleOf(phase));
  if (isRefusal(settled)) return settled;
  if (phase.settlingBy !== null) return refuse('ALREADY_DECIDED');
  await recordSettling(tx, act.id, act.by, act.at);
  return done(act, phase, { action: 'phase.settle', after: { winningNumber: phase.winningNumber } });
}

async function lockVisible(tx: Queries, id: PhaseId): Promise<PhaseRow | Refusal> {
  const phase = await lockPhase(tx, id);
  return phase === null || phase.openedAt === null ? refuse('NOT_FOUND') : phase;
}

function done<T>({ id, reason }: PhaseAct, answer: T, entry: Omit<AuditEntry, 'target' | 'reason'>): Done<T> {
  return { answer, entry: { ...entry, target: targetOf(id), ...(reason !== undefined && { reason }) } };
}
