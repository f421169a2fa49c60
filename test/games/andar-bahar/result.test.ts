import assert from 'node:assert/strict';
import { playerResult } from '../../../src/games/andar-bahar/result.ts';
import { minor } from '../../../src/money.ts';

type Bet = readonly [side: string, stake: bigint, payout: bigint];

function resultOf(...bets: readonly Bet[]) {
  return playerResult(
    bets.map(([betSide, stake, payout]) => ({ betSide, stake: minor(stake), payout: minor(payout) })),
  );
}

describe('the result of a player’s round', () => {
  it('S1-30 is a refund, not a win, when 100,000 comes back on 100,000', () => {
    assert.deepEqual(resultOf(['bahar', 10_000_000n, 10_000_000n]), {
      amount: 10_000_000n,
      totalBet: 10_000_000n,
      netProfit: 0n,
      result: 'refund',
    });
  });

  it('S1-16 S1-33 sums what was staked and what came back, gross', () => {
    assert.deepEqual(resultOf(['andar', 10_000n, 20_000n], ['andar', 5_000n, 10_000n]), {
      amount: 30_000n,
      totalBet: 15_000n,
      netProfit: 15_000n,
      result: 'win',
    });
  });

  const classes: readonly [result: string, why: string, bets: readonly Bet[]][] = [
    ['no_bet', 'nothing was staked', []],
    [
      'refund',
      'both sides at the same stake',
      [
        ['andar', 100n, 200n],
        ['bahar', 100n, 0n],
      ],
    ],
    [
      'mixed',
      'both sides, more came back',
      [
        ['andar', 300n, 600n],
        ['bahar', 100n, 0n],
      ],
    ],
    [
      'mixed',
      'both sides, less came back',
      [
        ['andar', 100n, 0n],
        ['bahar', 300n, 300n],
      ],
    ],
    [
      'win',
      'one side in two windows, the later stake refunded',
      [
        ['bahar', 100n, 200n],
        ['bahar', 100n, 100n],
      ],
    ],
    ['loss', 'one side, nothing came back', [['andar', 100n, 0n]]],
  ];
  for (const [result, why, bets] of classes) {
    it(`S1-30 is ${result}: ${why}`, () => assert.equal(resultOf(...bets).result, result));
  }
});
