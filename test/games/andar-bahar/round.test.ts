import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Card, DECK, parseCard, rankOf } from '../../../src/games/andar-bahar/cards.ts';
import { JOKER_BETS, JOKER_COLOUR } from '../../../src/games/andar-bahar/pay-tables.ts';
import {
  closeBetting,
  dealCards,
  openRound,
  type Round,
  turnJoker,
  voidRound,
} from '../../../src/games/andar-bahar/round.ts';
import { cards, firstWindow, OPENED_AT, ROUND, SECONDS_30, SETTINGS, secondWindow } from './round-support.ts';

describe('a round', () => {
  it('S0-10 S0-12 opens with the joker turned, no card dealt, and window 1 open for the table’s seconds', () => {
    const { phase, roundId, roundNumber, bettingWindow, bettingEndsAt, deal } = firstWindow();
    assert.deepEqual([phase, roundId, roundNumber, bettingWindow], ['betting', ROUND, 7, 1]);
    assert.equal(bettingEndsAt, OPENED_AT + SECONDS_30);
    assert.deepEqual(deal?.cards, []);
  });

  it('takes no bet between the close of a window and its cards', () => {
    const closed = closeBetting(firstWindow());
    assert.deepEqual([closed.phase, closed.bettingWindow], ['dealing', 1]);
    assert.equal('bettingEndsAt' in closed, false);
  });

  it('opens window 2 after two cards without a match', () => {
    const round = secondWindow(OPENED_AT + 40_000);
    assert.deepEqual([round.phase, round.bettingWindow, round.roundNumber], ['betting', 2, 7]);
    assert.equal(round.bettingEndsAt, OPENED_AT + 40_000 + SECONDS_30);
    assert.deepEqual(round.deal?.cards, cards('7♥ 2♣'));
  });

  it('does not open window 3, which takes no bets: its cards are dealt at once', () => {
    const third = dealCards(closeBetting(secondWindow()), SETTINGS, cards('3♣ 4♣'), OPENED_AT);
    assert.deepEqual([third.phase, third.bettingWindow], ['dealing', 3]);
  });

  it('S0-30 S0-32 is settled by the first card of the joker’s rank, in any step', () => {
    const first = dealCards(closeBetting(firstWindow()), SETTINGS, cards('K♦'), OPENED_AT);
    assert.ok(first.phase === 'settled');
    assert.deepEqual([first.outcome.winner, first.outcome.decidingCard, first.bettingWindow], ['bahar', 1, 1]);
    const second = dealCards(closeBetting(secondWindow()), SETTINGS, cards('3♣ K♦'), OPENED_AT);
    assert.ok(second.phase === 'settled');
    assert.deepEqual([second.outcome.winner, second.outcome.decidingCard, second.bettingWindow], ['andar', 4, 2]);
  });

  it('S0-47 keeps the running round number apart from the window within the deal', () => {
    const third = dealCards(closeBetting(secondWindow()), SETTINGS, cards('3♣ 4♣'), OPENED_AT);
    assert.ok(third.phase === 'dealing');
    const settled = dealCards(third, SETTINGS, cards('5♣ 6♣ K♦'), OPENED_AT);
    assert.deepEqual(settled.phase === 'settled' && [settled.roundNumber, settled.bettingWindow], [7, 3]);
  });

  it('throws on cards that cannot be the step’s: too few, too many, dealt before', () => {
    const closed = closeBetting(firstWindow());
    const deal = (text: string) => () => dealCards(closed, SETTINGS, cards(text), OPENED_AT);
    assert.throws(deal('7♥'), /1 cards without a match are not all of window 1/);
    assert.throws(deal('7♥ 2♣ 3♣'), /3 cards are too many for window 1/);
    assert.throws(deal('7♥ 2♣ K♦'), /3 cards are too many for window 1/);
    assert.throws(deal('7♥ K♠'), /K♠ was dealt twice/);
    const third = dealCards(closeBetting(secondWindow()), SETTINGS, cards('3♣ 4♣'), OPENED_AT);
    assert.ok(third.phase === 'dealing');
    assert.throws(() => dealCards(third, SETTINGS, cards('5♣'), OPENED_AT), /not all of window 3/);
  });

  it('leaves the state it was given as it was', () => {
    const open = firstWindow();
    const before = structuredClone(open);
    dealCards(closeBetting(open), SETTINGS, cards('7♥ 2♣'), OPENED_AT);
    voidRound(open);
    assert.deepEqual(open, before);
  });

  it('can be voided in its first open window only (DESIGN 5)', () => {
    const voided = voidRound(firstWindow());
    assert.deepEqual('phase' in voided && [voided.phase, voided.roundId], ['voided', ROUND]);
    const tooLate: Round[] = [{ phase: 'idle' }, closeBetting(firstWindow()), secondWindow()];
    for (const round of tooLate) {
      const answer = voidRound(round);
      assert.equal('code' in answer && answer.code, 'NOT_OPEN', round.phase);
    }
  });

  it('always ends with exactly one winner, having opened windows in order, whatever the deck', () => {
    const deck = fc.shuffledSubarray([...DECK], { minLength: 52, maxLength: 52 });
    fc.assert(
      fc.property(deck, ([joker, ...rest]) => {
        if (joker === undefined) throw new Error('an empty deck');
        const { windows, settled } = play(joker, rest);
        assert.deepEqual(windows, [1, 2].slice(0, windows.length));
        assert.ok(settled.phase === 'settled');
        assert.equal(settled.deal.cards.filter((card) => rankOf(card) === rankOf(joker)).length, 1);
        assert.equal(settled.outcome.winner, settled.outcome.decidingCard % 2 === 1 ? 'bahar' : 'andar');
        assert.equal(windows.length, settled.outcome.decidingCard <= 2 ? 1 : 2);
      }),
    );
  });
});

describe('a round with bets on the joker', () => {
  const settings = { ...SETTINGS, table: JOKER_BETS };
  const start = { roundId: ROUND, roundNumber: 7, now: OPENED_AT };
  const opened = () => {
    const round = openRound(settings, { ...start, joker: undefined });
    assert.ok(round.phase === 'betting');
    return round;
  };

  it('begins without a joker, and has none until the window of these bets is closed', () => {
    const closed = closeBetting(opened());
    assert.deepEqual([opened().bettingWindow, opened().deal, closed.deal], [1, undefined, undefined]);
    const second = turnJoker(closed, settings, parseCard('K♥'), OPENED_AT + 40_000);
    assert.ok(second.phase === 'betting');
    assert.deepEqual([second.bettingWindow, second.bettingEndsAt], [2, OPENED_AT + 40_000 + SECONDS_30]);
    assert.deepEqual([second.deal?.joker, second.deal?.firstSide], [parseCard('K♥'), 'bahar']);
  });

  it('is dealt to its end after the second window, the joker’s colour first', () => {
    const second = turnJoker(closeBetting(opened()), settings, parseCard('K♠'), OPENED_AT);
    assert.ok(second.phase === 'betting');
    const settled = dealCards(closeBetting(second), settings, cards('7♥ 2♣ K♦'), OPENED_AT);
    assert.deepEqual(settled.phase === 'settled' && [settled.outcome.winner, settled.outcome.firstSide], [
      'andar',
      'andar',
    ]);
  });

  it('can be voided while these bets are taken, never after the joker is turned', () => {
    assert.equal('phase' in voidRound(opened()), true);
    const second = turnJoker(closeBetting(opened()), settings, parseCard('K♠'), OPENED_AT);
    const late = voidRound(second);
    assert.equal('code' in late && late.code, 'NOT_OPEN');
  });

  it('throws on a joker too early, missing or turned twice, and on cards before it', () => {
    const joker = parseCard('K♠');
    assert.throws(() => openRound(settings, { ...start, joker }), /begins with a joker/);
    const ordinary = { ...SETTINGS, table: JOKER_COLOUR };
    assert.throws(() => openRound(ordinary, { ...start, joker: undefined }), /begins without a joker/);
    assert.throws(() => turnJoker(closeBetting(firstWindow()), SETTINGS, joker, OPENED_AT), /turned already/);
    assert.throws(() => dealCards(closeBetting(opened()), settings, cards('7♥'), OPENED_AT), /before the joker/);
  });
});

/** Plays a whole round from a shuffled deck, as a room does. */
function play(joker: Card, deck: readonly Card[]) {
  const match = deck.findIndex((card) => rankOf(card) === rankOf(joker));
  const windows: number[] = [];
  let round: Round = openRound(SETTINGS, { roundId: ROUND, roundNumber: 1, joker, now: OPENED_AT });
  while (round.phase === 'betting' || round.phase === 'dealing') {
    if (round.phase === 'betting') {
      windows.push(round.bettingWindow);
      round = closeBetting(round);
    } else {
      const from = round.deal?.cards.length ?? 0;
      const stop = round.bettingWindow < 3 ? Math.min(from + 2, match + 1) : match + 1;
      round = dealCards(round, SETTINGS, deck.slice(from, stop), OPENED_AT);
    }
  }
  return { windows, settled: round };
}
