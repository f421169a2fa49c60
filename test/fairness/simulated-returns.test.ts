import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { dealFromSeed } from '../../src/fairness/andar-bahar.ts';
import { EMPTY_ROOT } from '../../src/fairness/merkle.ts';
import { serverSeed } from '../../src/fairness/seed.ts';
import { DECK } from '../../src/games/andar-bahar/cards.ts';
import type { Outcome } from '../../src/games/andar-bahar/deal.ts';
import { THREE_WINDOW } from '../../src/games/andar-bahar/pay-tables.ts';
import { calculatePayout } from '../../src/games/andar-bahar/payout.ts';
import { returnToPlayer } from '../../src/games/andar-bahar/rtp.ts';
import type { RoundId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';

const DEALS = 200_000;
const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
const ROOTS = [EMPTY_ROOT, EMPTY_ROOT, EMPTY_ROOT];
const STAKE = minor(100n);
/** Fixed seeds: either always within, or never. Chance of four true returns all lying within 3.5 σ: 99.8 %. */
const SIGMAS = 3.5;

describe(`${DEALS.toLocaleString('en')} deals from fixed seeds`, function () {
  this.timeout(120_000);
  const outcomes: Outcome[] = [];

  before(() => {
    for (let deal = 0; deal < DEALS; deal += 1) {
      const seed = serverSeed(createHash('sha256').update(`deal ${deal}`).digest());
      const { outcome } = dealFromSeed({ seed, roundId: ROUND, table: THREE_WINDOW, roots: ROOTS });
      if (!outcome) throw new Error('a deal without a winner');
      outcomes.push(outcome);
    }
  });

  for (const { betType, window, ratio } of returnToPlayer(THREE_WINDOW)) {
    it(`return to ${betType} of window ${window} what was computed exactly`, () => {
      const seenBefore = (window - 1) * 2;
      const returns = outcomes
        .filter((outcome) => outcome.decidingCard > seenBefore)
        .map((outcome) => Number(calculatePayout(STAKE, betType, window, outcome, THREE_WINDOW).payout) / 100);
      const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
      const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
      const expected = Number(ratio.numerator) / Number(ratio.denominator);
      const deviations = Math.abs(mean - expected) / Math.sqrt(variance / returns.length);
      assert.ok(deviations < SIGMAS, `${mean} instead of ${expected}: ${deviations.toFixed(2)} σ`);
    });
  }

  it('turn every joker equally often (chi-square, 51 degrees of freedom, 99.9 %)', () => {
    assert.ok(chiSquare(DECK.map((joker) => [countIf((outcome) => outcome.joker === joker), 1 / 52])) < 87.968);
  });

  it('end with card n as often as C(51 − n, 2) / C(51, 3) says (chi-square, 40 degrees of freedom, 99.9 %)', () => {
    const pairs = (count: number) => (count * (count - 1)) / 2;
    const cells = Array.from({ length: 40 }, (_, index): [number, number] => [
      countIf((outcome) => outcome.decidingCard === index + 1),
      pairs(50 - index) / 20_825,
    ]);
    const rest: [number, number] = [countIf((outcome) => outcome.decidingCard > 40), 165 / 20_825];
    assert.ok(chiSquare([...cells, rest]) < 73.402);
  });

  function countIf(holds: (outcome: Outcome) => boolean): number {
    return outcomes.filter(holds).length;
  }

  function chiSquare(cells: readonly (readonly [seen: number, probability: number])[]): number {
    return cells.reduce((sum, [seen, p]) => sum + (seen - p * DEALS) ** 2 / (p * DEALS), 0);
  }
});
