import assert from 'node:assert/strict';
import { PAY_TABLES } from '../../../src/games/andar-bahar/pay-tables.ts';
import { betSideOf, marketOf, selectionOf } from '../../../src/games/andar-bahar/selection.ts';

describe('selection codes', () => {
  it('are what the ledger has stored: they never change', () => {
    assert.deepEqual(['andar', 'bahar', 'tie'].map(selectionOf), [1, 2, undefined]);
    assert.deepEqual([1, 2].map(betSideOf), ['andar', 'bahar']);
    assert.throws(() => betSideOf(3), /selection code 3/);
  });

  it('of side bets are their place in their market', () => {
    const codes = {
      'cards-1-5': 1001,
      'cards-41-49': 1008,
      ...{ 'joker-red': 2001, 'joker-black': 2002 },
      ...{ 'joker-spades': 3001, 'joker-hearts': 3002, 'joker-diamonds': 3003, 'joker-clubs': 3004 },
      ...{ 'joker-A': 4001, 'joker-7': 4007, 'joker-10': 4010, 'joker-K': 4013 },
      ...{ 'joker-low': 5001, 'joker-seven': 5002, 'joker-high': 5003 },
    };
    for (const [betType, code] of Object.entries(codes)) {
      assert.deepEqual([selectionOf(betType), betSideOf(code)], [code, betType]);
    }
  });

  it('put bets that exclude one another into one market', () => {
    assert.deepEqual([1, 2, 999, 1000, 1001, 2500].map(marketOf), [0, 0, 0, 1, 1, 2]);
  });

  it('exist for every bet of every table, and fit an int2', () => {
    for (const betType of PAY_TABLES.flatMap((table) => table.windows.flatMap((window) => window.betTypes))) {
      const code = selectionOf(betType) ?? -1;
      assert.ok(code >= 1 && code <= 32_767, betType);
      assert.equal(betSideOf(code), betType);
    }
  });
});
