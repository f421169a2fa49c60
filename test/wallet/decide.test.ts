import assert from 'node:assert/strict';
import { INR, minor } from '../../src/money.ts';
import { sumOfShares } from '../../src/wallet/bonus.ts';
import type { Command } from '../../src/wallet/command.ts';
import { cancel, claim, close, credit, lines, newUser, openBook, settle, stake, voidBook, window } from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

describe('decisions on a stake', () => {
  // Everything is wrong with the first; each following one has one thing less wrong with it, in order of precedence.
  const refusals: readonly [string, (m: Memory) => Command, string][] = [
    [
      'the ruling of the rules comes first',
      ({ player }) => stake(player.owner, 9, 5_000, { ruling: 'BELOW_MINIMUM' }),
      'BELOW_MINIMUM',
    ],
    ['then the gate: no such book', ({ player }) => stake(player.owner, 9, 5_000), 'BETTING_CLOSED'],
    ['then the gate: another window', ({ player }) => stake(player.owner, 1, 5_000, { window: 2 }), 'BETTING_CLOSED'],
    ['then funds', ({ player }) => stake(player.owner, 1, 5_000), 'INSUFFICIENT_FUNDS'],
    [
      'funds are those of all lines together (S3-14)',
      ({ player }) => stake(player.owner, 1, 0, { lines: lines('1:600', '2:401') }),
      'INSUFFICIENT_FUNDS',
    ],
    ["then the player's cap", ({ player }) => stake(player.owner, 1, 901), 'ABOVE_MAXIMUM'],
    ['then exposure', ({ player }) => stake(player.owner, 1, 900), 'EXPOSURE_LIMIT'],
    ['and nothing else', ({ player }) => stake(player.owner, 1, 500), 'OK'],
  ];
  for (const [name, command, verdict] of refusals) {
    it(name, () => {
      const m = memory({ real: 700, bonus: 300, cap: 500, playerCap: 900 });
      assert.equal(m.ask(command(m)).verdict, verdict);
    });
  }

  it('a closed book takes nothing more, not even in its own window', () => {
    const m = memory({ real: 100 });
    m.perform(window('closeWindow', 1, 1));
    assert.equal(m.ask(stake(m.player.owner, 1, 100)).verdict, 'BETTING_CLOSED');
  });

  it("the player's cap counts what is at stake in all windows, and what is undone counts no more", () => {
    const m = memory({ real: 1_000, playerCap: 100 });
    m.perform(stake(m.player.owner, 1, 60));
    const second = m.perform(stake(m.player.owner, 1, 0, { lines: lines('1:20', '2:20') }));
    assert.equal(m.ask(stake(m.player.owner, 1, 1)).verdict, 'ABOVE_MAXIMUM');
    m.perform(cancel(m.player.owner, 1, second));
    assert.equal(m.ask(stake(m.player.owner, 1, 21)).verdict, 'ABOVE_MAXIMUM');
    m.perform(stake(m.player.owner, 1, 20));
    m.perform(window('closeWindow', 1, 1));
    m.perform(window('openWindow', 1, 2));
    assert.equal(m.ask(stake(m.player.owner, 1, 1, { window: 2 })).verdict, 'ABOVE_MAXIMUM');
  });

  it('a refusal tells the balance it was judged by, unless it was refused unseen', () => {
    const m = memory({ real: 100 });
    assert.equal(m.ask(stake(m.player.owner, 1, 200)).wallet?.id, m.player.id);
    assert.equal(m.ask(stake(m.player.owner, 9, 200)).wallet, null);
  });

  it('deciding changes nothing', () => {
    const m = memory({ real: 100 });
    m.ask(stake(m.player.owner, 1, 100));
    assert.deepEqual([m.player.real, m.player.version, m.state.books.get(m.book)?.positions.size], [100n, 0, 0]);
  });

  // S2-31: real first, then bonus, whatever the order of the lines' sizes.
  const splits: readonly [string, number, number, readonly string[], readonly string[]][] = [
    ['real alone where it suffices', 100, 100, ['1:60', '2:40'], ['60/0', '40/0']],
    ['one line may be paid from both', 100, 100, ['1:60', '2:60'], ['60/0', '40/20']],
    ['what follows is bonus alone', 100, 100, ['1:110', '2:60', '3:30'], ['100/10', '0/60', '0/30']],
    ['bonus alone without real money', 0, 100, ['1:100'], ['0/100']],
    ['the last unit of both', 1, 1, ['1:2'], ['1/1']],
  ];
  for (const [name, real, bonus, texts, expected] of splits) {
    it(`S0-27 S2-31 ${name}`, () => {
      const m = memory({ real, bonus });
      const { openings } = m.ask(stake(m.player.owner, 1, 0, { lines: lines(...texts) }));
      assert.deepEqual(
        openings.map((opening) => `${opening.real}/${sumOfShares(opening.shares)}`),
        expected,
      );
    });
  }
});

describe('decisions on an undo', () => {
  const bet = (m: Memory) => m.perform(stake(m.player.owner, 1, 100));
  const refusals: readonly [string, (m: Memory, position: number) => Command, string][] = [
    ['the ruling comes first', ({ player }) => ({ ...cancel(player.owner, 9, 9), ruling: 'FORBIDDEN' }), 'FORBIDDEN'],
    ['then: no such book', ({ player }, id) => cancel(player.owner, 9, id), 'NOT_OPEN'],
    ['then: no such position', ({ player }, id) => cancel(player.owner, 1, id + 1), 'NOT_OPEN'],
    ["then: another player's position", (_, id) => cancel(newUser(), 1, id), 'NOT_OPEN'],
    ['and nothing else, where no other bet rests on it', ({ player }, id) => cancel(player.owner, 1, id), 'OK'],
  ];
  for (const [name, command, verdict] of refusals) {
    it(name, () => {
      const m = memory({ real: 1_000 });
      assert.equal(m.ask(command(m, bet(m))).verdict, verdict);
    });
  }

  it('only while its own window is open: neither when that is closed, nor in the next', () => {
    const m = memory({ real: 1_000 });
    const first = bet(m);
    m.perform(window('closeWindow', 1, 1));
    assert.equal(m.ask(cancel(m.player.owner, 1, first)).verdict, 'BETTING_CLOSED');
    m.perform(window('openWindow', 1, 2));
    assert.equal(m.ask(cancel(m.player.owner, 1, first)).verdict, 'BETTING_CLOSED');
    const second = m.perform(stake(m.player.owner, 1, 100, { window: 2 }));
    assert.equal(m.ask(cancel(m.player.owner, 1, second)).verdict, 'OK');
  });

  it('once: the position is gone then', () => {
    const m = memory({ real: 1_000 });
    const id = bet(m);
    m.perform(cancel(m.player.owner, 1, id));
    assert.equal(m.ask(cancel(m.player.owner, 1, id)).verdict, 'NOT_OPEN');
  });

  it('DESIGN 3 lifts no exposure above the cap: bets on both sides with one of them undone are no way around', () => {
    const m = memory({ real: 1_000, cap: 100 });
    const first = m.perform(stake(m.player.owner, 1, 0, { lines: lines('1:100x200') }));
    const second = m.perform(stake(m.player.owner, 1, 0, { lines: lines('2:150x300') }));
    assert.equal(m.ask(cancel(m.player.owner, 1, first)).verdict, 'EXPOSURE_LIMIT');
    m.perform(cancel(m.player.owner, 1, second));
    assert.equal(m.ask(cancel(m.player.owner, 1, first)).verdict, 'OK');
  });

  it('S2-36 takes back turnover, experience and the count of bets, and frees the exposure', () => {
    const m = memory({ real: 1_000, cap: 150 });
    const id = m.perform(stake(m.player.owner, 1, 150));
    assert.deepEqual([m.player.turnover, m.player.xp, m.player.bets], [150n, 1n, 1]);
    assert.equal(m.ask(stake(m.player.owner, 1, 1)).verdict, 'EXPOSURE_LIMIT');
    m.perform(cancel(m.player.owner, 1, id));
    assert.deepEqual([m.player.turnover, m.player.xp, m.player.bets], [0n, 0n, 0]);
    assert.equal(m.ask(stake(m.player.owner, 1, 150)).verdict, 'OK');
  });
});

describe("decisions on a book's life", () => {
  it('a claim raises the epoch, and everything under the old one is fenced', () => {
    const m = memory({ real: 100 });
    const id = m.perform(stake(m.player.owner, 1, 100));
    assert.equal(m.ask(claim(1)).epoch, 2);
    m.perform(claim(1));
    const old = [
      window('closeWindow', 1, 1),
      window('openWindow', 1, 2),
      settle(1, [close(id, 0)]),
      voidBook(1, [id]),
    ].map((command) => m.ask(command).verdict);
    assert.deepEqual(old, ['BOOK_FENCED', 'BOOK_FENCED', 'BOOK_FENCED', 'BOOK_FENCED']);
    assert.equal(m.ask(window('closeWindow', 1, 1, 2)).verdict, 'OK');
    assert.equal(m.ask(window('closeWindow', 1, 1, 3)).verdict, 'BOOK_FENCED');
  });

  it('nothing can be done to a book that is not there', () => {
    const m = memory();
    const commands = [
      claim(9),
      window('closeWindow', 9, 1),
      window('openWindow', 9, 2),
      settle(9, []),
      voidBook(9, []),
    ];
    assert.deepEqual(
      commands.map((command) => m.ask(command).verdict),
      commands.map(() => 'NOT_OPEN'),
    );
  });

  it('windows open and close in turn, and their numbers only rise', () => {
    const m = memory();
    assert.equal(m.ask(window('openWindow', 1, 2)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(window('closeWindow', 1, 2)).verdict, 'NOT_OPEN');
    m.perform(window('closeWindow', 1, 1));
    assert.equal(m.ask(window('closeWindow', 1, 1)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(window('openWindow', 1, 1)).verdict, 'NOT_OPEN');
    m.perform(window('openWindow', 1, 3));
    assert.equal(m.ask(window('openWindow', 1, 4)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(window('closeWindow', 1, 3)).verdict, 'OK');
  });

  it('a book that is open is not opened again: that is a bug of the caller', () => {
    assert.throws(() => memory().ask(openBook(1)), /open already/);
  });
});

describe('decisions on an adjustment', () => {
  it('S0-19 S3-14 a debit is refused beyond the real money there is, whatever the bonus', () => {
    const m = memory({ real: 100, bonus: 50 });
    const debit = (amount: number) => m.ask(credit(m.player.owner, -amount)).verdict;
    assert.deepEqual([debit(100), debit(101)], ['OK', 'INSUFFICIENT_FUNDS']);
  });

  it('S3-23 a commission comes from the house’s commissions, not from the outside world', () => {
    const m = memory();
    const decision = m.ask({ ...credit(m.player.owner, 5), from: 'commission' } as Command);
    assert.deepEqual(shownMoves(decision), ['commission.real 5 → player.real']);
  });

  it('a wallet that was not loaded is a bug, not an empty wallet', () => {
    assert.throws(
      () => memory().ask({ ...credit(newUser(), 1), currency: INR, amount: minor(1) } as Command),
      /loaded/,
    );
  });
});
