import assert from 'node:assert/strict';
import { acceptsSlip, type PhaseSettings } from '../../../src/games/lottery/accept.ts';
import { DEFAULT_MULTIPLIERS } from '../../../src/games/lottery/payout.ts';
import type { Phase } from '../../../src/games/lottery/phase.ts';
import { parseSlip } from '../../../src/games/lottery/slip/parse-slip.ts';
import { INR, minor } from '../../../src/money.ts';
import { staked, takenOf } from './lottery-support.ts';

const CLOSES_AT = 1_700_000_000_000;
const SETTINGS: PhaseSettings = {
  currency: INR,
  multipliers: DEFAULT_MULTIPLIERS,
  limits: { globalLimit: minor(5_000_000), ofNumbers: staked('123-100') },
  overLimit: 'reject-slip',
  minStake: minor(100),
  maxStake: minor(10_000_000),
};

interface Case {
  readonly phase: Phase;
  readonly settings: PhaseSettings;
  readonly text: string;
  readonly now: number;
}
const GOOD: Case = {
  phase: { status: 'OPEN', closesAt: CLOSES_AT },
  settings: SETTINGS,
  text: '123-60 456-5',
  now: CLOSES_AT - 1,
};

function ask({ phase, settings, text, now }: Case) {
  return acceptsSlip(phase, settings, parseSlip(text).lines, takenOf('123-40'), now);
}

/** One thing wrong each, the most important first: with several wrong, the first one answers. */
const PRECEDENCE: readonly [name: string, spoil: (good: Case) => Case, code: string, message: string][] = [
  ['the phase has closed', (c) => ({ ...c, now: CLOSES_AT }), 'PHASE_CLOSED', 'This phase is closed.'],
  ['a line is too small', (c) => ({ ...c, text: `${c.text}\n457-0.99` }), 'BELOW_MINIMUM', '457: the least is ₹1'],
  [
    'a line is too large',
    (c) => ({ ...c, text: `${c.text}\n458-100,001` }),
    'ABOVE_MAXIMUM',
    '458: the most is ₹100000',
  ],
  [
    'S3-09 a number is used up',
    (c) => ({ ...c, text: `${c.text}\n123-1` }),
    'NUMBER_LIMIT_EXCEEDED',
    'The limit of this number is used up.',
  ],
];

describe('a slip is refused', () => {
  for (const [index, [name, spoil, code, message]] of PRECEDENCE.entries()) {
    it(`${code} when ${name}, and everything after it in the order is wrong too`, () => {
      const spoilt = PRECEDENCE.slice(index).reduce((all, [, alsoSpoil]) => alsoSpoil(all), GOOD);
      for (const answer of [ask(spoil(GOOD)), ask(spoilt)]) {
        assert.deepEqual(answer.ok === false && [answer.code, answer.message], [code, message]);
      }
    });
  }

  it('ABOVE_MAXIMUM when the wallet could not reserve what a line can pay', () => {
    const settings = { ...SETTINGS, maxStake: minor(10n ** 15n), overLimit: 'lay-off' } as const;
    const reserve = (text: string) => ask({ ...GOOD, settings, text });
    assert.equal(reserve('456-1,000,000,000').ok, true);
    const answer = reserve('456-1,000,000,000\n'.repeat(200));
    assert.equal(answer.ok === false && answer.code, 'ABOVE_MAXIMUM');
  });
});

describe('a slip is accepted', () => {
  it('S3-08 with each number’s code in the ledger and the most it can pay', () => {
    assert.ok(ask(GOOD).ok);
    assert.deepEqual(ask({ ...GOOD, text: '123-60 007-1' }), {
      ok: true,
      lines: [
        { number: '123', amount: 6_000n, excess: 0n, selection: 123, liability: 480_000n },
        { number: '007', amount: 100n, excess: 0n, selection: 7, liability: 8_000n },
      ],
      declined: [],
    });
  });

  it('in part where the policy takes what fits, and says what it did not take', () => {
    const settings = { ...SETTINGS, overLimit: 'accept-to-limit' } as const;
    assert.deepEqual(ask({ ...GOOD, settings, text: '123-100' }), {
      ok: true,
      lines: [{ number: '123', amount: 6_000n, excess: 0n, selection: 123, liability: 480_000n }],
      declined: [{ number: '123', amount: 4_000n }],
    });
  });
});
