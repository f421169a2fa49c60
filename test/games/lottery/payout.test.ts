import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NUMBERS } from '../../../src/games/lottery/number.ts';
import { DEFAULT_MULTIPLIERS, liabilityOf, type Multipliers, settleLine } from '../../../src/games/lottery/payout.ts';
import { judgeMultipliers, returnToPlayer } from '../../../src/games/lottery/rtp.ts';
import { minor, type Percentage, percentOf } from '../../../src/money.ts';
import { number } from './lottery-support.ts';

const STAKE = minor(50_000);
const WITH_PERMUTATIONS: Multipliers = { straight: 500, permutation: 10 };

describe('the payout of ₹500 on 123', () => {
  const table: readonly [why: string, winning: string, multipliers: Multipliers, payout: bigint, outcome: string][] = [
    ['S3-08 80 times the stake when it wins', '123', DEFAULT_MULTIPLIERS, 4_000_000n, 'won'],
    ['S3-08 nothing when another number wins', '124', DEFAULT_MULTIPLIERS, 0n, 'lost'],
    ['nothing when a permutation wins, by default', '321', DEFAULT_MULTIPLIERS, 0n, 'lost'],
    ['S3-10 what the phase says when it wins', '123', WITH_PERMUTATIONS, 25_000_000n, 'won'],
    ['what the phase says when a permutation wins', '321', WITH_PERMUTATIONS, 500_000n, 'won'],
    [
      'the stake back where that is what a permutation pays',
      '321',
      { straight: 500, permutation: 1 },
      50_000n,
      'refunded',
    ],
  ];
  for (const [why, winning, multipliers, payout, outcome] of table) {
    it(why, () => {
      assert.deepEqual(settleLine(STAKE, number('123'), number(winning), multipliers), { payout, outcome });
    });
  }

  it('is never more than the liability reserved for it', () => {
    const any = fc.constantFrom(...NUMBERS);
    fc.assert(
      fc.property(any, any, fc.nat(900), fc.nat(20), (staked, winning, straight, permutation) => {
        const multipliers = { straight, permutation };
        const { payout } = settleLine(STAKE, staked, winning, multipliers);
        assert.ok(payout <= liabilityOf(STAKE, multipliers));
      }),
    );
    assert.equal(liabilityOf(STAKE, DEFAULT_MULTIPLIERS), 4_000_000n);
  });
});

describe('the return to player', () => {
  const table: readonly [on: string, multipliers: Multipliers, percent: string][] = [
    ['123', DEFAULT_MULTIPLIERS, '8.000'],
    ['123', { straight: 550, permutation: 0 }, '55.000'],
    ['123', WITH_PERMUTATIONS, '55.000'],
    ['112', WITH_PERMUTATIONS, '52.000'],
    ['111', WITH_PERMUTATIONS, '50.000'],
    ['123', { straight: 999, permutation: 0 }, '99.900'],
  ];
  for (const [on, multipliers, percent] of table) {
    it(`S3-10 of ${on} at ${multipliers.straight} and ${multipliers.permutation} is ${percent} %`, () => {
      assert.equal(percentOf(returnToPlayer(number(on), multipliers)), percent);
    });
  }

  it('S3-10 is what every stake on a number pays over all thousand draws', () => {
    for (const on of ['123', '112', '111'].map(number)) {
      const paid = NUMBERS.map((winning) => settleLine(STAKE, on, winning, WITH_PERMUTATIONS).payout);
      const { numerator, denominator } = returnToPlayer(on, WITH_PERMUTATIONS);
      assert.equal(paid.reduce((sum, payout) => sum + payout, 0n) * denominator, STAKE * 1_000n * numerator);
    }
  });

  const judged: readonly [multipliers: Multipliers, message: RegExp | null, commission?: number][] = [
    [DEFAULT_MULTIPLIERS, null],
    [{ straight: 999, permutation: 0 }, null],
    [DEFAULT_MULTIPLIERS, null, 9_199],
    [DEFAULT_MULTIPLIERS, /A stake on 000 would return 100.000 % with its commission/, 9_200],
    [{ straight: 999, permutation: 0 }, /would return 100.100 % with its commission/, 20],
    [{ straight: 1_000, permutation: 0 }, /A stake on 000 would return 100.000 %/],
    [{ straight: 900, permutation: 20 }, /A stake on 012 would return 100.000 %/],
    [{ straight: 1, permutation: 0 }, /straight multiplier must be a whole number from 2 on/],
    [{ straight: 80.5, permutation: 0 }, /straight multiplier must be a whole number/],
    [{ straight: 80, permutation: -1 }, /permutation multiplier must be a whole number from 0 on/],
    [{ straight: 80, permutation: Number.NaN }, /permutation multiplier must be a whole number/],
  ];
  for (const [multipliers, message, commission = 0] of judged) {
    const { straight, permutation } = multipliers;
    it(`S3-10 S3-23 ${message ? 'is refused' : 'is sound'} at ${straight}, ${permutation} and ${commission}`, () => {
      const answer = judgeMultipliers(multipliers, commission as Percentage);
      assert.equal(answer.ok, message === null);
      if (!answer.ok) assert.match(answer.message, message ?? /^$/);
    });
  }
});
