import assert from 'node:assert/strict';
import { colourOf, DECK, displayOf, parseCard, rankOf, suitOf } from '../../../src/games/andar-bahar/cards.ts';

describe('cards', () => {
  it('S0-09 are shown by rank and suit, in the order of the unshuffled deck', () => {
    assert.equal(
      DECK.map(displayOf).join(' '),
      'A♠ 2♠ 3♠ 4♠ 5♠ 6♠ 7♠ 8♠ 9♠ 10♠ J♠ Q♠ K♠ A♥ 2♥ 3♥ 4♥ 5♥ 6♥ 7♥ 8♥ 9♥ 10♥ J♥ Q♥ K♥ ' +
        'A♦ 2♦ 3♦ 4♦ 5♦ 6♦ 7♦ 8♦ 9♦ 10♦ J♦ Q♦ K♦ A♣ 2♣ 3♣ 4♣ 5♣ 6♣ 7♣ 8♣ 9♣ 10♣ J♣ Q♣ K♣',
    );
  });

  it('are read back from what is shown, and nothing else is a card', () => {
    for (const card of DECK) assert.equal(parseCard(displayOf(card)), card);
    for (const text of ['', 'K', '♠', '1♠', '11♠', 'k♠', 'K♠ ']) assert.throws(() => parseCard(text), /not a card/);
  });

  it('know their rank, suit and colour', () => {
    const ten = parseCard('10♦');
    assert.deepEqual([rankOf(ten), suitOf(ten), colourOf(ten)], ['10', '♦', 'red']);
    assert.equal(DECK.filter((card) => colourOf(card) === 'black').length, 26);
    assert.equal(colourOf(parseCard('A♣')), 'black');
  });
});
