import assert from 'node:assert/strict';
import { THREE_WINDOW } from '../../../src/games/andar-bahar/pay-tables.ts';
import { calculatePayout, liability } from '../../../src/games/andar-bahar/payout.ts';
import { minor } from '../../../src/money.ts';
import { outcome } from './deal-text.ts';
import { JOKER_COLOUR } from './pay-table-examples.ts';

const STAKE = minor(10_000n);

const CARD_1 = 'K♠ | K♦';
const CARD_2 = 'K♠ | 7♥ K♦';
const CARD_3 = 'K♠ | 7♥ 2♣ K♦';
const CARD_4 = 'K♠ | 7♥ 2♣ 3♣ K♦';
const CARD_5 = 'K♠ | 7♥ 2♣ 3♣ 4♣ K♦';
const CARD_6 = 'K♠ | 7♥ 2♣ 3♣ 4♣ 5♣ K♦';

describe('the payout of a bet of ₹100', () => {
  const cases: readonly [why: string, deal: string, side: string, window: number, payout: bigint, outcome: string][] = [
    ['S0-38 Bahar wins with card 1: Bahar is refunded', CARD_1, 'bahar', 1, 10_000n, 'refunded'],
    ['S0-38 Bahar wins with card 1: Andar loses', CARD_1, 'andar', 1, 0n, 'lost'],
    ['S0-38 Andar wins with card 2: Andar doubles', CARD_2, 'andar', 1, 20_000n, 'won'],
    ['S0-38 Andar wins with card 2: Bahar loses', CARD_2, 'bahar', 1, 0n, 'lost'],
    ['S0-39 Bahar wins with card 3: Bahar of window 1 doubles', CARD_3, 'bahar', 1, 20_000n, 'won'],
    ['S0-39 Bahar wins with card 3: Bahar of window 2 is refunded', CARD_3, 'bahar', 2, 10_000n, 'refunded'],
    ['S0-39 Bahar wins with card 3: Andar of window 1 loses', CARD_3, 'andar', 1, 0n, 'lost'],
    ['S0-39 Bahar wins with card 3: Andar of window 2 loses', CARD_3, 'andar', 2, 0n, 'lost'],
    ['S0-39 Andar wins with card 4: Andar of window 1 doubles', CARD_4, 'andar', 1, 20_000n, 'won'],
    ['S0-39 Andar wins with card 4: Andar of window 2 doubles', CARD_4, 'andar', 2, 20_000n, 'won'],
    ['S0-39 Andar wins with card 4: Bahar of window 2 loses', CARD_4, 'bahar', 2, 0n, 'lost'],
    ['S0-39 Bahar wins later: Bahar of window 1 doubles', CARD_5, 'bahar', 1, 20_000n, 'won'],
    ['S0-39 Bahar wins later: Bahar of window 2 doubles', CARD_5, 'bahar', 2, 20_000n, 'won'],
    ['S0-39 Bahar wins later: Andar of window 2 loses', CARD_5, 'andar', 2, 0n, 'lost'],
    ['S0-39 Andar wins later: Andar of window 1 doubles', CARD_6, 'andar', 1, 20_000n, 'won'],
    ['S0-39 Andar wins later: Andar of window 2 doubles', CARD_6, 'andar', 2, 20_000n, 'won'],
    ['S0-39 Andar wins later: Bahar of window 1 loses', CARD_6, 'bahar', 1, 0n, 'lost'],
  ];
  for (const [why, text, side, window, payout, result] of cases) {
    it(why, () => {
      const settlement = calculatePayout(STAKE, side, window, outcome(text), THREE_WINDOW);
      assert.deepEqual(settlement, { payout, outcome: result });
    });
  }

  it('is rounded down to the minor unit, in the house’s favour', () => {
    const won = outcome('K♠ | K♦', 'andar');
    assert.deepEqual(calculatePayout(minor(1_005n), 'andar', 1, won, JOKER_COLOUR), { payout: 1_909n, outcome: 'won' });
  });

  it('is never asked for a bet that the window does not take', () => {
    assert.throws(() => calculatePayout(STAKE, 'andar', 3, outcome(CARD_5), THREE_WINDOW), /no andar bets in window 3/);
    assert.throws(() => calculatePayout(STAKE, 'tie', 1, outcome(CARD_5), THREE_WINDOW), /no tie bets in window 1/);
  });

  it('S0-37 is never more than the liability reserved for it', () => {
    for (const window of [1, 2]) {
      for (const side of ['andar', 'bahar']) assert.equal(liability(STAKE, side, window, THREE_WINDOW), 20_000n);
    }
    assert.equal(liability(STAKE, 'andar', 1, JOKER_COLOUR), 20_000n);
  });
});
