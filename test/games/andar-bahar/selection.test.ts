import assert from 'node:assert/strict';
import { PAY_TABLES } from '../../../src/games/andar-bahar/pay-tables.ts';
import { betSideOf, marketOf, selectionOf } from '../../../src/games/andar-bahar/selection.ts';

describe('selection codes', () => {
  it('are what the ledger has stored: they never change', () => {
    assert.deepEqual(['andar', 'bahar', 'tie'].map(selectionOf), [1, 2, undefined]);
    assert.deepEqual([1, 2].map(betSideOf), ['andar', 'bahar']);
    assert.throws(() => betSideOf(3), /selection code 3/);
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
