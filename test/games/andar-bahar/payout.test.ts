import assert from 'node:assert/strict';
import { firstSideOf, type PayTable } from '../../../src/games/andar-bahar/pay-table.ts';
import { JOKER_BETS, JOKER_COLOUR, SIDE_BETS, THREE_WINDOW } from '../../../src/games/andar-bahar/pay-tables.ts';
import { calculatePayout, liability } from '../../../src/games/andar-bahar/payout.ts';
import { minor } from '../../../src/money.ts';
import { deal, outcome } from './deal-text.ts';

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

  const others: readonly [why: string, table: PayTable, bet: string, deal: string, payout: bigint][] = [
    ['the side dealt first pays 0.9:1', JOKER_COLOUR, 'andar', CARD_1, 19_000n],
    ['the other side pays 1:1', JOKER_COLOUR, 'bahar', CARD_2, 20_000n],
    ['a red joker deals Bahar first', JOKER_COLOUR, 'bahar', 'K♥ | K♦', 19_000n],
    ['five cards are 1 to 5', SIDE_BETS, 'cards-1-5', CARD_5, 35_000n],
    ['six cards are not', SIDE_BETS, 'cards-1-5', CARD_6, 0n],
    ['six cards are 6 to 10', SIDE_BETS, 'cards-6-10', CARD_6, 45_000n],
    ['Bahar is paid as at the three-window table', SIDE_BETS, 'bahar', CARD_1, 10_000n],
    ['a black joker', JOKER_BETS, 'joker-black', CARD_1, 19_000n],
    ['a black joker is not red', JOKER_BETS, 'joker-red', CARD_1, 0n],
    ['the joker’s suit', JOKER_BETS, 'joker-spades', CARD_1, 38_000n],
    ['another suit of its colour', JOKER_BETS, 'joker-clubs', CARD_1, 0n],
    ['the joker’s rank', JOKER_BETS, 'joker-K', CARD_1, 124_000n],
    ['another rank', JOKER_BETS, 'joker-Q', CARD_1, 0n],
    ['a king is high', JOKER_BETS, 'joker-high', CARD_1, 20_800n],
    ['an ace is low', JOKER_BETS, 'joker-low', 'A♦ | A♠', 20_800n],
    ['a seven is neither', JOKER_BETS, 'joker-high', '7♦ | 7♠', 0n],
    ['a seven is a seven', JOKER_BETS, 'joker-seven', '7♦ | 7♠', 124_000n],
  ];
  for (const [why, table, betType, text, payout] of others) {
    it(`${table.id}: ${why}`, () => {
      const firstSide = firstSideOf(table, deal(text).joker);
      const settlement = calculatePayout(STAKE, betType, 1, outcome(text, firstSide), table);
      assert.equal(settlement.payout, payout);
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
