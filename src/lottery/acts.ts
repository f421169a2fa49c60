import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { limitOf } from '../games/lottery/limits.ts';
import type { LotteryNumber } from '../games/lottery/number.ts';
import { closePhase, enterResult, settlePhase, takesSlips } from '../games/lottery/phase.ts';
import type { PhaseId, UserId } from '../ids.ts';
import { type Minor, toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { numberLimits, removeNumberLimit, setNumberLimit } from './limit-store.ts';
import { type PhaseRow, ruleOf, targetOf } from './phase-row.ts';
import { lockPhase, recordClosed, recordConfirmed, recordEntered, recordSettling } from './phase-store.ts';

/** Who acts on which phase, and when. */
export interface PhaseAct {
  readonly id: PhaseId;
  readonly by: UserId;
  readonly at: Date;
}

/** Takes no slips from now on, before its time. NOT_FOUND; NOT_OPEN where it is closed already. */
export async function closeEarly(tx: Queries, act: PhaseAct, reason?: string): Promise<Done<PhaseRow> | Refusal> {
  const phase = await lockVisible(tx, act.id);
  if (isRefusal(phase)) return phase;
  const closed = closePhase(ruleOf(phase));
  if (isRefusal(closed)) return closed;
  await recordClosed(tx, act.id, act.by, act.at);
  const entry = { action: 'phase.close', before: { status: 'OPEN' }, after: { status: 'CLOSED' } };
  return done(phase, { ...entry, ...(reason !== undefined && { reason }) });
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
  return done(phase, { action: 'phase.limit', before: words(before), after: words(max ?? globalLimit) });
}

/**
 * One of the two people who enter the winning number (S3-20). Refuses NOT_FOUND and as `enterResult` does;
 * INVALID_REQUEST as well while slips are still being answered, and where the number is drawn: then it is nobody's to
 * choose.
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
  const entered = enterResult(ruleOf(phase), number, act.by);
  if (isRefusal(entered)) return entered;
  if (phase.shutAt === null) return refuse('INVALID_REQUEST', 'The phase is being closed; try again in a moment.');
  const target = targetOf(act.id);
  if (entered.status === 'RESULT') {
    await recordConfirmed(tx, act.id, act.by, act.at);
    const after = { winningNumber: number, enteredBy: phase.enteredBy };
    return { answer: 'confirmed', entry: { action: 'phase.result.confirm', target, after } };
  }
  await recordEntered(tx, act.id, number, act.by);
  // Not which: the second person reads this log too, and is to look it up elsewhere.
  if (phase.enteredBy === null) return { answer: 'entered', entry: { action: 'phase.result.enter', target } };
  if (phase.enteredBy === act.by) return { answer: 'entered', entry: { action: 'phase.result.correct', target } };
  const before = { enteredBy: phase.enteredBy };
  return { answer: 'disputed', entry: { action: 'phase.result.dispute', target, before } };
}

/** Everybody is to be paid. Refuses NOT_FOUND and as `settlePhase` does; ALREADY_DECIDED also while it is under way. */
export async function askForSettlement(tx: Queries, act: PhaseAct): Promise<Done<PhaseRow> | Refusal> {
  const phase = await lockVisible(tx, act.id);
  if (isRefusal(phase)) return phase;
  const settled = settlePhase(ruleOf(phase));
  if (isRefusal(settled)) return settled;
  if (phase.settlingBy !== null) return refuse('ALREADY_DECIDED');
  await recordSettling(tx, act.id, act.by, act.at);
  return done(phase, { action: 'phase.settle', after: { winningNumber: phase.winningNumber } });
}

async function lockVisible(tx: Queries, id: PhaseId): Promise<PhaseRow | Refusal> {
  const phase = await lockPhase(tx, id);
  return phase === null || phase.openedAt === null ? refuse('NOT_FOUND') : phase;
}

function done(phase: PhaseRow, entry: Omit<Done<PhaseRow>['entry'], 'target'>): Done<PhaseRow> {
  return { answer: phase, entry: { ...entry, target: targetOf(phase.id) } };
}
