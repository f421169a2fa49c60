import assert from 'node:assert/strict';
import {
  type Closed,
  closePhase,
  enterResult,
  type Open,
  type Phase,
  type Result,
  settlePhase,
  takesSlips,
} from '../../../src/games/lottery/phase.ts';
import { ADMIN_1, ADMIN_2, number } from './lottery-support.ts';

const CLOSES_AT = 1_700_000_000_000;
const OPEN: Open = { status: 'OPEN', closesAt: CLOSES_AT };
const CLOSED: Closed = { status: 'CLOSED', entered: undefined };
const ENTERED: Closed = { status: 'CLOSED', entered: { winningNumber: number('123'), by: ADMIN_1 } };
const RESULT: Result = {
  status: 'RESULT',
  winningNumber: number('123'),
  enteredBy: ADMIN_1,
  confirmedBy: ADMIN_2,
};
const SETTLED: Phase = { ...RESULT, status: 'SETTLED' };

function codeOf(answer: object): string {
  return 'code' in answer ? String(answer.code) : 'none';
}

describe('a phase of the lottery', () => {
  it('S3-19 goes from open to settled, its result entered by one person and confirmed by another', () => {
    const closed = closePhase(OPEN);
    assert.deepEqual(closed, CLOSED);
    const entered = enterResult(CLOSED, number('123'), ADMIN_1);
    assert.deepEqual(entered, ENTERED);
    const result = enterResult(ENTERED, number('123'), ADMIN_2);
    assert.deepEqual(result, RESULT);
    assert.deepEqual(settlePhase(RESULT), SETTLED);
  });

  it('takes slips until the millisecond it closes at, and never after', () => {
    assert.deepEqual(takesSlips(OPEN, CLOSES_AT - 1), { ok: true });
    assert.equal(codeOf(takesSlips(OPEN, CLOSES_AT)), 'PHASE_CLOSED');
    for (const phase of [CLOSED, ENTERED, RESULT, SETTLED]) {
      assert.equal(codeOf(takesSlips(phase, CLOSES_AT - 1)), 'PHASE_CLOSED', phase.status);
    }
  });

  it('lets whoever entered a number correct it, until it is confirmed', () => {
    const corrected = { status: 'CLOSED', entered: { winningNumber: number('132'), by: ADMIN_1 } };
    assert.deepEqual(enterResult(ENTERED, number('132'), ADMIN_1), corrected);
  });

  const refused: readonly [why: string, answer: object, code: string][] = [
    ['to be closed twice', closePhase(CLOSED), 'NOT_OPEN'],
    ['to be closed after its result', closePhase(RESULT), 'NOT_OPEN'],
    ['a result while it is open', enterResult(OPEN, number('123'), ADMIN_1), 'INVALID_REQUEST'],
    ['one person as both', enterResult(ENTERED, number('123'), ADMIN_1), 'SAME_PERSON'],
    ['S3-20 a result once there is one', enterResult(RESULT, number('123'), ADMIN_2), 'ALREADY_DECIDED'],
    ['S3-20 a result once it is settled', enterResult(SETTLED, number('132'), ADMIN_1), 'ALREADY_DECIDED'],
    ['to be settled while it is open', settlePhase(OPEN), 'INVALID_REQUEST'],
    ['to be settled on one person’s word', settlePhase(ENTERED), 'INVALID_REQUEST'],
    ['S3-05 to be settled twice', settlePhase(SETTLED), 'ALREADY_DECIDED'],
  ];
  for (const [why, answer, code] of refused) {
    it(`refuses ${why}: ${code}`, () => assert.equal(codeOf(answer), code));
  }

  it('S3-20 another number takes the place of the first: nobody blocks a phase, nor finds a number by trying', () => {
    const entered = { winningNumber: number('132'), by: ADMIN_2 };
    assert.deepEqual(enterResult(ENTERED, number('132'), ADMIN_2), { status: 'CLOSED', entered });
  });
});
