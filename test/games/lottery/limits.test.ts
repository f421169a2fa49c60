import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyLimits, limitOf, type NumberLimits, type OverLimitPolicy } from '../../../src/games/lottery/limits.ts';
import { parseSlip } from '../../../src/games/lottery/slip/parse-slip.ts';
import { minor, ZERO } from '../../../src/money.ts';
import { number, staked, takenOf } from './lottery-support.ts';

/** The documents' 50,000 on every number, 100 on 123, nothing on 666. */
const LIMITS: NumberLimits = {
  globalLimit: minor(5_000_000),
  ofNumbers: new Map([...staked('123-100'), [number('666'), ZERO]]),
};

/** The lines taken, `+` before what is to be laid off, and those declined; or the code it is refused with. */
function limited(policy: OverLimitPolicy, text: string, before: string): string {
  const answer = applyLimits(parseSlip(text).lines, takenOf(before), LIMITS, policy);
  if (!answer.ok) return answer.code;
  const taken = answer.lines.map((line) => `${line.number}-${line.amount}${line.excess > 0n ? `+${line.excess}` : ''}`);
  const declined = answer.declined.map((line) => `not ${line.number}-${line.amount}`);
  return [...taken, ...declined].join(' ');
}

describe('the limit of a number', () => {
  it('S3-03 S3-09 is its own, or else the global one', () => {
    assert.deepEqual(
      ['123', '124', '666'].map((text) => limitOf(number(text), LIMITS)),
      [10_000n, 5_000_000n, 0n],
    );
  });

  const table: readonly [text: string, before: string, reject: string, toLimit: string, layOff: string][] = [
    ['123-100', '', '123-10000', '123-10000', '123-10000'],
    ['124-50k', '125-50k', '124-5000000', '124-5000000', '124-5000000'],
    ['123-40', '123-60', '123-4000', '123-4000', '123-4000'],
    ['123-41', '123-60', 'NUMBER_LIMIT_EXCEEDED', '123-4000 not 123-100', '123-4100+100'],
    ['123-1 124-5', '123-100', 'NUMBER_LIMIT_EXCEEDED', '124-500 not 123-100', '123-100+100 124-500'],
    ['123-1', '123-100', 'NUMBER_LIMIT_EXCEEDED', 'NUMBER_LIMIT_EXCEEDED', '123-100+100'],
    ['123-1', '123-500', 'NUMBER_LIMIT_EXCEEDED', 'NUMBER_LIMIT_EXCEEDED', '123-100+100'],
    ['666-1 124-1', '', 'NUMBER_LIMIT_EXCEEDED', '124-100 not 666-100', '666-100+100 124-100'],
  ];
  for (const [text, before, ...answers] of table) {
    for (const [index, policy] of (['reject-slip', 'accept-to-limit', 'lay-off'] as const).entries()) {
      it(`S3-09 ${policy}: ${text} after ${before || 'nothing'} is ${answers[index]}`, () => {
        assert.equal(limited(policy, text, before), answers[index]);
      });
    }
  }

  it('S3-09 S3-25 names every number that is over, not what others have staked on it', () => {
    const answer = applyLimits(parseSlip('123-50 666-1 7T1').lines, takenOf('123-60'), LIMITS, 'reject-slip');
    assert.deepEqual(answer.ok === false && answer.details, [
      { number: '123', amount: 5_000 },
      { number: '666', amount: 100 },
    ]);
  });

  it('S3-09 is never exceeded by what is not laid off, and nothing that was asked for is lost', () => {
    const money = fc.integer({ min: 1, max: 20_000 }).map(minor);
    const policy = fc.constantFrom<OverLimitPolicy>('reject-slip', 'accept-to-limit', 'lay-off');
    fc.assert(
      fc.property(money, fc.nat(20_000).map(minor), policy, (amount, before, how) => {
        const line = { number: number('123'), amount };
        const answer = applyLimits([line], () => before, LIMITS, how);
        if (!answer.ok) return assert.ok(how !== 'lay-off' && before + amount > 10_000n);
        const [taken, declined] = [answer.lines[0], answer.declined[0]];
        assert.equal((taken?.amount ?? 0n) + (declined?.amount ?? 0n), amount);
        const kept = (taken?.amount ?? 0n) - (taken?.excess ?? 0n);
        assert.ok(kept === 0n || before + kept <= 10_000n);
        assert.ok(kept === amount || before + kept >= 10_000n);
      }),
    );
  });
});
