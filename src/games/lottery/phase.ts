import type { UserId } from '../../ids.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { LotteryNumber } from './number.ts';

/** Takes slips until `closesAt`, epoch milliseconds; a slip that arrives at this very moment is late. */
export interface Open {
  readonly status: 'OPEN';
  readonly closesAt: number;
}
/** Takes none any more. What was entered as its result waits for a second person, where anything was. */
export interface Closed {
  readonly status: 'CLOSED';
  readonly entered: EnteredResult | undefined;
}
/** Its winning number is final. Nobody entered one that was drawn. */
export interface Result {
  readonly status: 'RESULT';
  readonly winningNumber: LotteryNumber;
  readonly enteredBy: UserId | null;
  readonly confirmedBy: UserId | null;
}
/** Everything is paid, the books of the phase are closed. */
export interface Settled extends Omit<Result, 'status'> {
  readonly status: 'SETTLED';
}
export interface EnteredResult {
  readonly winningNumber: LotteryNumber;
  readonly by: UserId;
}
/** A phase of the lottery, at one moment (DOMAIN 2.3). Every function below answers a new one. */
export type Phase = Open | Closed | Result | Settled;

/** Whether it takes slips at `now`. PHASE_CLOSED. */
export function takesSlips(phase: Phase, now: number): { readonly ok: true } | Refusal {
  return phase.status === 'OPEN' && now < phase.closesAt ? { ok: true } : refuse('PHASE_CLOSED');
}

/** At its time, or earlier where a person decides so. NOT_OPEN where it is closed already. */
export function closePhase(phase: Phase): Closed | Refusal {
  return phase.status === 'OPEN' ? { status: 'CLOSED', entered: undefined } : refuse('NOT_OPEN');
}

/**
 * A person enters the winning number; when a second one enters the same, it is the result. Any other number takes the
 * place of the first, whoever enters it: nobody can block a phase, nor find out by trying what somebody else has
 * entered. INVALID_REQUEST while the phase is open; SAME_PERSON; ALREADY_DECIDED once there is a result.
 */
export function enterResult(phase: Phase, winningNumber: LotteryNumber, by: UserId): Closed | Result | Refusal {
  if (phase.status === 'OPEN') return refuse('INVALID_REQUEST', 'A phase is closed before its result is entered.');
  if (phase.status !== 'CLOSED') return refuse('ALREADY_DECIDED');
  const { entered } = phase;
  if (entered?.winningNumber !== winningNumber) return { ...phase, entered: { winningNumber, by } };
  if (entered.by === by) return refuse('SAME_PERSON');
  return { status: 'RESULT', winningNumber, enteredBy: entered.by, confirmedBy: by };
}

/** Once every line is paid. INVALID_REQUEST before there is a result; ALREADY_DECIDED when it is settled. */
export function settlePhase(phase: Phase): Settled | Refusal {
  switch (phase.status) {
    case 'OPEN':
    case 'CLOSED':
      return refuse('INVALID_REQUEST', 'A phase has its result confirmed before it is settled.');
    case 'RESULT':
      return { ...phase, status: 'SETTLED' };
    case 'SETTLED':
      return refuse('ALREADY_DECIDED');
  }
}
