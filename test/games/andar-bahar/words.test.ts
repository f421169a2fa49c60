import assert from 'node:assert/strict';
import { PAY_TABLES } from '../../../src/games/andar-bahar/pay-tables.ts';
import { inWords } from '../../../src/games/andar-bahar/words.ts';
import { ratio } from './pay-table-examples.ts';

/** What the rows of a table say about a bet in a window. */
function words(tableId: string, betType: string, window: number): readonly string[] {
  const table = PAY_TABLES.find(({ id }) => id === tableId);
  return (table?.pays ?? []).filter((pay) => pay.betType === betType && pay.window === window).map(inWords);
}

describe('a pay table in words', () => {
  it('says for every row when it pays and what comes back', () => {
    assert.deepEqual(words('three-window', 'bahar', 2), [
      'Bahar wins with card 3 or 4: the stake back',
      'Bahar wins: 2 × the stake',
    ]);
    assert.deepEqual(words('joker-colour', 'andar', 1), [
      'Andar wins having got the first card: 1.9 × the stake',
      'Andar wins: 2 × the stake',
    ]);
    assert.deepEqual(words('side-bets', 'cards-16-25', 1), ['the deal ends with card 16 to 25: 4.5 × the stake']);
    assert.deepEqual(words('side-bets', 'cards-41-49', 1), ['the deal ends with card 41 to 49: 120 × the stake']);
    assert.deepEqual(words('joker-bets', 'joker-red', 1), ['the joker is red: 1.9 × the stake']);
    assert.deepEqual(words('joker-bets', 'joker-hearts', 1), ['the joker is a ♥: 3.8 × the stake']);
    assert.deepEqual(words('joker-bets', 'joker-low', 1), ['the joker is A, 2, 3, 4, 5 or 6: 2.08 × the stake']);
    assert.deepEqual(words('joker-bets', 'joker-seven', 1), ['the joker is 7: 12.4 × the stake']);
  });

  it('has different words for different rows of a bet', () => {
    for (const { pays } of PAY_TABLES) {
      const all = pays.map((pay) => `${pay.betType} ${pay.window} ${inWords(pay)}`);
      assert.equal(new Set(all).size, pays.length);
    }
  });

  it('names what it must of any row: a share that is no decimal, one card, a condition on nothing', () => {
    const row = { betType: 'andar', window: 1 };
    const when = { decidingCard: [7, 7], firstSide: 'bahar' } as const;
    assert.equal(
      inWords({ ...row, when, pays: ratio(4, 3) }),
      'the deal ends with card 7, Bahar got the first card: 4/3 × the stake',
    );
    assert.equal(inWords({ ...row, when: {}, pays: ratio(1, 1) }), 'always: the stake back');
  });
});
