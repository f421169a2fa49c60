import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minor } from '../../src/money.ts';
import { sharesOf } from '../../src/wallet/decide-closing.ts';
import type { Position } from '../../src/wallet/state.ts';
import { cancel, close, lines, settle, stake, voidBook, window } from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

/** Book 1 with these bets on it, its window closed. */
function closedBook(m: Memory, ...texts: readonly string[]): readonly number[] {
  const positions = texts.map((text) => m.perform(stake(m.player.owner, 1, 0, { lines: lines(text) })));
  m.perform(window('closeWindow', 1, 1));
  return positions;
}

describe('settling', () => {
  it('not before the window is closed', () => {
    const m = memory({ real: 100 });
    const id = m.perform(stake(m.player.owner, 1, 100));
    assert.equal(m.ask(settle(1, [close(id, 0)])).verdict, 'NOT_OPEN');
  });

  it('S1-20 a position that is closed, or never was, is not closed again; its neighbours neither', () => {
    const m = memory({ real: 100 });
    const [a = 0, b = 0] = closedBook(m, '1:50', '1:50');
    m.perform(settle(1, [close(a, 100)], false));
    assert.equal(m.ask(settle(1, [close(b, 0), close(a, 100)], false)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(settle(1, [close(99, 100)], false)).verdict, 'NOT_OPEN');
  });

  it('in chunks; the last finishes the book, which is forgotten', () => {
    const m = memory({ real: 100 });
    const [a = 0, b = 0] = closedBook(m, '1:50', '1:50');
    m.perform(settle(1, [close(a, 100)], false));
    assert.equal(m.state.books.get(m.book)?.state, 'settling');
    m.perform(settle(1, [close(b, 0)], true));
    assert.equal(m.state.books.get(m.book), undefined);
  });

  const bugs: readonly [string, (a: number, b: number) => readonly ReturnType<typeof close>[], boolean, RegExp][] = [
    ['the last chunk leaves a position open', (a) => [close(a, 0)], true, /open positions/],
    ['a position is named twice', (a) => [close(a, 0), close(a, 0)], false, /named twice/],
    ['a lost position pays', (a) => [{ ...close(a, 10), outcome: 'lost' }], false, /lost but pays/],
    ['a won position pays nothing', (a) => [{ ...close(a, 0), outcome: 'won' }], false, /won but pays/],
    ['a refund is not the stake', (a) => [{ ...close(a, 49), outcome: 'refunded' }], false, /cannot be refunded/],
  ];
  for (const [name, closes, last, message] of bugs) {
    it(`throws when ${name}: that is a bug of the caller`, () => {
      const m = memory({ real: 100 });
      const [a = 0, b = 0] = closedBook(m, '1:50', '1:50');
      assert.throws(() => m.ask(settle(1, closes(a, b), last)), message);
      assert.deepEqual([m.player.real, m.state.books.get(m.book)?.positions.size], [0n, 2]);
    });
  }

  it('the house puts in first what payouts need above the stakes, and takes last what is left of them', () => {
    const m = memory({ real: 60, bonus: 40 });
    const [a = 0, b = 0] = closedBook(m, '1:60', '1:40');
    assert.deepEqual(shownMoves(m.ask(settle(1, [close(a, 120), close(b, 0)]))), [
      'house.real 60 → escrow.real',
      'escrow.real 120 → player.real',
      'escrow.bonus 40 → house.bonus',
    ]);
  });
});

describe('the split of a win (S2-33)', () => {
  const position = (real: number, bonus: number) => ({ real: BigInt(real), bonus: BigInt(bonus) }) as Position;
  const cases: readonly [number, number, number, string][] = [
    [100, 0, 195, '195/0'],
    [0, 100, 195, '0/195'],
    [50, 50, 195, '97/98'],
    [1, 2, 10, '3/7'],
    [1, 999, 999, '0/999'],
    [999, 1, 1, '0/1'],
  ];
  for (const [real, bonus, payout, expected] of cases) {
    it(`S2-33 ${payout} on a stake of ${real} real and ${bonus} bonus is ${expected}: the remainder is bonus`, () => {
      const shares = sharesOf({ position: position(real, bonus), payout: BigInt(payout), outcome: 'won' });
      assert.equal(shares.join('/'), expected);
    });
  }

  it('S2-33 nothing is lost, nothing appears, and no real money comes from a bonus stake', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(amount, amount, fc.bigInt({ min: 1n, max: 10n ** 15n }), (real, bonus, payout) => {
        fc.pre(real + bonus > 0n);
        const [a, b] = sharesOf({ position: { real, bonus } as Position, payout, outcome: 'won' });
        assert.equal(a + b, payout);
        assert.ok(a >= 0n && b >= 0n && a * (real + bonus) <= payout * real);
        if (real === 0n) assert.equal(a, 0n);
        if (bonus === 0n) assert.equal(b, 0n);
      }),
    );
  });

  it('S1-30 a refund gives back the stake in the buckets it came from', () => {
    const refund = sharesOf({ position: position(1, 2), payout: 3n, outcome: 'refunded' });
    assert.deepEqual(refund, [1n, 2n]);
  });

  it('S2-30 losses are net of what came back, bucket by bucket; a refund loses nothing', () => {
    const m = memory({ real: 150, bonus: 50 });
    const [a = 0, b = 0, c = 0] = closedBook(m, '1:60', '1:60', '1:80');
    m.perform(settle(1, [close(a, 30), close(b, 60, 'refunded'), close(c, 0)]));
    assert.deepEqual([m.player.realLosses, m.player.bonusLosses], [60n, 50n]);
    assert.deepEqual([m.player.turnover, m.player.bets], [200n, 3]);
  });
});

describe('voiding', () => {
  it('gives everything back as it was, also while the book is open', () => {
    const m = memory({ real: 70, bonus: 30 });
    const id = m.perform(stake(m.player.owner, 1, 100));
    m.perform(voidBook(1, [id]));
    assert.deepEqual([m.player.real, m.player.bonus, m.player.turnover, m.player.bets], [70n, 30n, 0n, 0]);
    assert.equal(m.state.books.get(m.book), undefined);
  });

  it('never once settlement has begun, and no settlement once voiding has: the first of them wins', () => {
    const settling = memory({ real: 100 });
    const [a = 0, b = 0] = closedBook(settling, '1:50', '1:50');
    settling.perform(settle(1, [close(a, 0)], false));
    assert.equal(settling.ask(voidBook(1, [b])).verdict, 'NOT_OPEN');
    const voiding = memory({ real: 100 });
    const c = voiding.perform(stake(voiding.player.owner, 1, 50));
    const d = voiding.perform(stake(voiding.player.owner, 1, 50));
    voiding.perform(voidBook(1, [c], false));
    assert.equal(voiding.ask(settle(1, [close(d, 0)])).verdict, 'NOT_OPEN');
    assert.equal(voiding.ask(voidBook(1, [c], false)).verdict, 'NOT_OPEN');
    assert.equal(voiding.ask(voidBook(1, [d])).verdict, 'OK');
  });

  it('begins while the first window is open, or not at all: later it would be a choice of outcome', () => {
    const closed = memory({ real: 100 });
    const [a = 0] = closedBook(closed, '1:50');
    assert.equal(closed.ask(voidBook(1, [a])).verdict, 'NOT_OPEN');
    closed.perform(window('openWindow', 1, 2));
    assert.equal(closed.ask(voidBook(1, [a])).verdict, 'NOT_OPEN');
  });

  it('an empty first chunk shuts the window: no bet, no undo, no closing of it any more', () => {
    const m = memory({ real: 100 });
    const id = m.perform(stake(m.player.owner, 1, 50));
    m.perform(voidBook(1, [], false));
    const late = [stake(m.player.owner, 1, 10), cancel(m.player.owner, 1, id), window('closeWindow', 1, 1)];
    assert.deepEqual(
      late.map((command) => m.ask(command).verdict),
      ['BETTING_CLOSED', 'BETTING_CLOSED', 'NOT_OPEN'],
    );
    assert.equal(m.ask(voidBook(1, [id])).verdict, 'OK');
  });

  it('takes no more bets once it has begun', () => {
    const m = memory({ real: 100 });
    const id = m.perform(stake(m.player.owner, 1, 50));
    m.perform(stake(m.player.owner, 1, 10));
    m.perform(voidBook(1, [id], false));
    assert.equal(m.ask(stake(m.player.owner, 1, 10)).verdict, 'BETTING_CLOSED');
  });

  it('throws when the last chunk leaves a position open', () => {
    const m = memory({ real: 100 });
    m.perform(stake(m.player.owner, 1, 100));
    assert.throws(() => m.ask(voidBook(1, [])), /open positions/);
  });

  it('an empty book is finished by either', () => {
    assert.equal(memory().ask(voidBook(1, [])).verdict, 'OK');
    const m = memory({ cap: Number(minor(0)) });
    m.perform(window('closeWindow', 1, 1));
    assert.equal(m.ask(settle(1, [])).verdict, 'OK');
  });
});
