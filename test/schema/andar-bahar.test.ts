import assert from 'node:assert/strict';
import { Decoder, Encoder } from '@colyseus/schema';
import { AndarBaharState, MyBets, PlaceBet, RepeatBets, SideTotals, UndoBet } from '../../schema/andar-bahar.ts';
import { minor } from '../../src/money.ts';

const KEY = '018f0000-0000-7000-8000-00000000000a';
const ROUND = '01890000-0000-7000-8000-000000000001';

/** What a client holds after the state has crossed the wire. */
function received(state: AndarBaharState): AndarBaharState {
  const copy = new AndarBaharState();
  new Decoder(copy).decode(new Encoder(state).encodeAll());
  return copy;
}

describe('the state of an Andar Bahar table', () => {
  it('S0-10 has the fields of the wire contract', () => {
    const contract =
      'tableId variant currency phase roundId roundNumber bettingWindow bettingEndsAt jokerCard andarCards ' +
      'baharCards winningSide totalAndarBets totalBaharBets totalBets totalBetAmount sides minBet maxBet ' +
      'maxPlayerStake commitment serverSeed ' +
      'recentWinners paused';
    const state = new AndarBaharState();
    for (const field of contract.split(' ')) assert.notEqual(Reflect.get(state, field), undefined, field);
  });

  it('begins idle and empty', () => {
    const { phase, roundId, winningSide, totalBets, totalAndarBets, andarCards, paused } = received(
      new AndarBaharState(),
    );
    assert.deepEqual([phase, roundId, winningSide, totalBets, totalAndarBets], ['idle', '', '', 0, 0n]);
    assert.deepEqual([andarCards.length, paused], [0, false]);
  });

  it('X-01 S0-28 carries money exactly, the count of bets apart from their sum, and time to the millisecond', () => {
    const state = new AndarBaharState();
    state.totalBetAmount = minor(9_007_199_254_740_993n);
    state.totalAndarBets = minor(1n);
    state.totalBets = 70_000;
    state.bettingEndsAt = 1_763_730_000_123;
    state.andarCards.push('K♠', '10♥');
    const { totalBetAmount, totalAndarBets, totalBets, bettingEndsAt, andarCards } = received(state);
    assert.deepEqual([totalBetAmount, totalAndarBets, totalBets], [9_007_199_254_740_993n, 1n, 70_000]);
    assert.deepEqual([bettingEndsAt, ...andarCards], [1_763_730_000_123, 'K♠', '10♥']);
  });
});

describe('what is at stake on the sides of a table', () => {
  it('crosses the wire by the name of the side, exactly', () => {
    const state = new AndarBaharState();
    const side = new SideTotals();
    side.amount = minor(9_007_199_254_740_993n);
    side.bets = 3;
    side.players = 2;
    state.sides.set('cards-1-5', side);
    state.sides.set('andar', new SideTotals());
    const { sides } = received(state);
    assert.deepEqual([...sides.keys()], ['cards-1-5', 'andar']);
    const { amount, bets, players } = sides.get('cards-1-5') ?? {};
    assert.deepEqual([amount, bets, players, sides.get('andar')?.amount], [9_007_199_254_740_993n, 3, 2, 0n]);
  });
});

describe('a message of the player', () => {
  const bet = { key: KEY, roundId: ROUND, betSide: 'andar', amount: 10_000 };

  it('S0-78 place-bet names round, side and amount, and may name the window', () => {
    assert.deepEqual(PlaceBet.parse(bet), bet);
    assert.deepEqual(PlaceBet.parse({ ...bet, bettingWindow: 2 }), { ...bet, bettingWindow: 2 });
  });

  const malformed: readonly [string, object][] = [
    ['S0-87 a user id', { userId: ROUND }],
    ['no key', { key: undefined }],
    ['a key in capitals', { key: KEY.toUpperCase() }],
    ['a round that is no UUID', { roundId: '7' }],
    ['an empty side', { betSide: '' }],
    ['a side of 33 letters', { betSide: 'a'.repeat(33) }],
    ['no stake', { amount: 0 }],
    ['a negative stake', { amount: -1 }],
    ['half a paisa', { amount: 0.5 }],
    ['a stake that is not exact', { amount: 2 ** 53 }],
    ['a stake beyond every limit', { amount: 1e15 + 1 }],
    ['a stake that is not a number', { amount: Number.NaN }],
    ['a stake as text', { amount: '100' }],
    ['window 0', { bettingWindow: 0 }],
    ['window 10', { bettingWindow: 10 }],
  ];
  for (const [what, change] of malformed) {
    it(`place-bet with ${what} is not well formed`, () => {
      assert.equal(PlaceBet.safeParse({ ...bet, ...change }).success, false);
    });
  }

  it('undo-bet names a bet by the digits of its position', () => {
    assert.equal(UndoBet.safeParse({ key: KEY, betId: '9223372036854775807' }).success, true);
    for (const betId of ['', '0', '-1', '1.0', '1e3', '01', 7, '1'.repeat(20)]) {
      assert.equal(UndoBet.safeParse({ key: KEY, betId }).success, false, String(betId));
    }
  });

  it('rebet and double name the round, my-bets nothing', () => {
    assert.equal(RepeatBets.safeParse({ key: KEY, roundId: ROUND, bettingWindow: 1 }).success, true);
    assert.equal(RepeatBets.safeParse({ key: KEY, roundId: ROUND, amount: 1 }).success, false);
    for (const payload of [undefined, null, {}]) assert.equal(MyBets.safeParse(payload).success, true);
    assert.equal(MyBets.safeParse({ userId: ROUND }).success, false);
  });
});
