import assert from 'node:assert/strict';
import type { NumberLimits } from '../../../src/games/lottery/limits.ts';
import { DEFAULT_MULTIPLIERS } from '../../../src/games/lottery/payout.ts';
import { riskFigure, riskFigures } from '../../../src/games/lottery/risk.ts';
import { minor } from '../../../src/money.ts';
import { number, staked } from './lottery-support.ts';

const LIMITS: NumberLimits = { globalLimit: minor(5_000_000), ofNumbers: staked('456-100') };

describe('the risk of a phase', () => {
  it('S3-07 S3-09 is told for each number with stakes, the largest first', () => {
    assert.deepEqual(riskFigures(staked('123-500 456-300 007-500'), LIMITS, DEFAULT_MULTIPLIERS), [
      { number: '007', totalBet: 50_000n, potentialPayout: 4_000_000n, limit: 5_000_000n, excess: 0n },
      { number: '123', totalBet: 50_000n, potentialPayout: 4_000_000n, limit: 5_000_000n, excess: 0n },
      { number: '456', totalBet: 30_000n, potentialPayout: 2_400_000n, limit: 10_000n, excess: 20_000n },
    ]);
    assert.deepEqual(riskFigures(new Map(), LIMITS, DEFAULT_MULTIPLIERS), []);
  });

  it('S3-07 at the documents’ limit and multiplier is 4,000,000 on a number (DOMAIN 2.3)', () => {
    const figure = riskFigure(number('123'), staked('123-50k'), LIMITS, DEFAULT_MULTIPLIERS);
    assert.deepEqual([figure.potentialPayout, figure.excess], [400_000_000n, 0n]);
  });

  it('S3-15 of one number is the same as among all', () => {
    const totals = staked('5T10 555-990');
    for (const figure of riskFigures(totals, LIMITS, DEFAULT_MULTIPLIERS)) {
      assert.deepEqual(riskFigure(figure.number, totals, LIMITS, DEFAULT_MULTIPLIERS), figure);
    }
  });

  it('counts what would be paid on permutations where the phase pays on them, stakes on the number or not', () => {
    const figures = riskFigures(staked('112-100 211-10'), LIMITS, { straight: 500, permutation: 10 });
    assert.deepEqual(
      figures.map(({ number: on, totalBet, potentialPayout }) => [on, totalBet, potentialPayout]),
      [
        ['112', 10_000n, 5_010_000n],
        ['211', 1_000n, 600_000n],
        ['121', 0n, 110_000n],
      ],
    );
  });
});
