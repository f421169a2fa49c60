import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Card, DECK, displayOf, rankOf } from '../../../src/games/andar-bahar/cards.ts';
import { continueDeal, dealCardsFrom, type Side } from '../../../src/games/andar-bahar/deal.ts';
import { deal, outcome } from './deal-text.ts';

const shuffledDeck = fc.shuffledSubarray([...DECK], { minLength: 52, maxLength: 52 });
const side = fc.constantFrom<Side>('andar', 'bahar');

function untilMatch(joker: Card, cards: readonly Card[]): readonly Card[] {
  return cards.slice(0, cards.findIndex((card) => rankOf(card) === rankOf(joker)) + 1);
}

describe('a deal', () => {
  const winners: readonly [string, Side, Side][] = [
    ['K♠ | K♦', 'bahar', 'bahar'],
    ['K♠ | 7♥ K♦', 'bahar', 'andar'],
    ['K♠ | 7♥ 2♣ K♦', 'bahar', 'bahar'],
    ['K♠ | K♦', 'andar', 'andar'],
    ['K♠ | 7♥ K♦', 'andar', 'bahar'],
    ['10♠ | A♠ 2♠ 3♠ 4♠ 5♠ 10♥', 'bahar', 'andar'],
  ];
  for (const [text, firstSide, winner] of winners) {
    it(`S0-30 ${text}, ${firstSide} first: ${winner} wins`, () => {
      assert.equal(outcome(text, firstSide).winner, winner);
    });
  }

  it('S0-30 lays cards alternately, beginning with the side that the table names (S0-33)', () => {
    const { andarCards, baharCards } = deal('K♠ | 7♥ 2♣ 3♣ 4♣ K♦');
    assert.equal(baharCards.map(displayOf).join(' '), '7♥ 3♣ K♦');
    assert.equal(andarCards.map(displayOf).join(' '), '2♣ 4♣');
    assert.equal(deal('K♠ | 7♥ 2♣ 3♣', 'andar').andarCards.map(displayOf).join(' '), '7♥ 3♣');
  });

  it('is open until a card of the joker’s rank falls', () => {
    assert.equal(deal('K♠ | ').outcome, undefined);
    assert.equal(deal('K♠ | 7♥ 2♣').outcome, undefined);
    assert.equal(outcome('K♠ | 7♥ 2♣ 3♣ 4♣ K♦').decidingCard, 5);
  });

  it('S0-31 never deals the joker, a card twice, or a card after the deciding one', () => {
    assert.throws(() => deal('K♠ | 7♥ K♠'), /K♠ was dealt twice/);
    assert.throws(() => deal('K♠ | 7♥ 2♣ 7♥'), /7♥ was dealt twice/);
    assert.throws(() => deal('K♠ | 7♥ K♦ 2♣'), /after the deciding one/);
  });

  it('S0-29 S0-30 has exactly one winner, by card 49 at the latest, whatever the order of the cards', () => {
    fc.assert(
      fc.property(shuffledDeck, side, ([joker, ...rest], firstSide) => {
        if (joker === undefined) throw new Error('an empty deck');
        const cards = untilMatch(joker, rest);
        const { andarCards, baharCards, outcome: won } = dealCardsFrom(joker, firstSide, cards);
        assert.ok(won && cards.length >= 1 && cards.length <= 49);
        assert.equal(won.decidingCard, cards.length);
        const [winning, losing] = won.winner === 'andar' ? [andarCards, baharCards] : [baharCards, andarCards];
        const match = (card: Card) => rankOf(card) === rankOf(joker);
        assert.deepEqual([winning.filter(match).length, losing.filter(match).length], [1, 0]);
        assert.equal(winning.at(-1), cards.at(-1));
        const ahead =
          firstSide === 'andar' ? andarCards.length - baharCards.length : baharCards.length - andarCards.length;
        assert.equal(ahead, cards.length % 2);
      }),
    );
  });

  it('is the same dealt at once or in parts', () => {
    fc.assert(
      fc.property(shuffledDeck, side, fc.nat(50), ([joker, ...rest], firstSide, stop) => {
        if (joker === undefined) throw new Error('an empty deck');
        const cards = untilMatch(joker, rest);
        const begun = dealCardsFrom(joker, firstSide, cards.slice(0, stop));
        assert.deepEqual(continueDeal(begun, cards.slice(stop)), dealCardsFrom(joker, firstSide, cards));
      }),
    );
  });
});
