import assert from 'node:assert/strict';
import type { Command } from '../../src/wallet/command.ts';
import { deposit, endHold, hold, newUser, settle, stake, window } from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

describe('money set aside', () => {
  it('S4-32 leaves what can be staked, and stays in the total', () => {
    const m = memory({ real: 100 });
    m.perform(hold(m.player.owner, 70));
    assert.deepEqual([m.player.real, m.player.held], [30n, 70n]);
    assert.equal(m.ask(stake(m.player.owner, 1, 31)).verdict, 'INSUFFICIENT_FUNDS');
    assert.equal(m.ask(stake(m.player.owner, 1, 30)).verdict, 'OK');
  });

  const refusals: readonly [string, (m: Memory) => Command, string][] = [
    ['more than the real money there is', (m) => hold(m.player.owner, 31), 'INSUFFICIENT_FUNDS'],
    ['all of it', (m) => hold(m.player.owner, 30), 'OK'],
    ['a hold that there is not', (m) => endHold('capture', m.player.owner, 99), 'NOT_OPEN'],
    ['a bet instead of a hold', (m) => endHold('release', m.player.owner, 2), 'NOT_OPEN'],
  ];
  for (const [name, command, verdict] of refusals) {
    it(`${name}: ${verdict}`, () => {
      const m = memory({ real: 100 });
      m.perform(hold(m.player.owner, 60));
      m.perform(stake(m.player.owner, 1, 10));
      assert.equal(m.ask(command(m)).verdict, verdict);
    });
  }

  it('S4-28 captured it leaves for the cashier, released it can be staked again; once, whichever comes first', () => {
    for (const [first, second] of [
      ['capture', 'release'],
      ['release', 'capture'],
    ] as const) {
      const m = memory({ real: 100 });
      const id = m.perform(hold(m.player.owner, 60));
      const ending = m.ask(endHold(first, m.player.owner, id));
      const where = first === 'capture' ? 'cashier.real' : 'player.real';
      assert.deepEqual(shownMoves(ending), [`player.held 60 → ${where}`]);
      m.perform(endHold(first, m.player.owner, id));
      assert.deepEqual([m.player.real, m.player.held], [first === 'capture' ? 40n : 100n, 0n]);
      for (const again of [first, second]) assert.equal(m.ask(endHold(again, m.player.owner, id)).verdict, 'NOT_OPEN');
    }
  });

  it('two holds are two: each ends by itself, with its own amount', () => {
    const m = memory({ real: 100 });
    const [one, other] = [m.perform(hold(m.player.owner, 10)), m.perform(hold(m.player.owner, 25))];
    m.perform(endHold('capture', m.player.owner, other));
    assert.deepEqual([m.player.real, m.player.held], [65n, 10n]);
    m.perform(endHold('release', m.player.owner, one));
    assert.deepEqual([m.player.real, m.player.held], [75n, 0n]);
  });

  it('S2-34 of what has to be staked first it takes nothing, unless that is waived', () => {
    for (const [playThrough, verdict] of [
      ['binds', 'WAGERING_OPEN'],
      ['waived', 'OK'],
    ] as const) {
      const m = memory({ real: 100 });
      m.perform(deposit(m.player.owner, 500));
      m.perform(deposit(m.player.owner, 50));
      assert.equal(m.ask({ ...hold(m.player.owner, 101), playThrough }).verdict, verdict);
      assert.equal(m.ask({ ...hold(m.player.owner, 650), playThrough }).verdict, verdict);
      assert.equal(m.ask({ ...hold(m.player.owner, 651), playThrough }).verdict, 'INSUFFICIENT_FUNDS');
      m.perform({ ...hold(m.player.owner, 100), playThrough });
      assert.equal(m.player.playThrough + m.player.playThroughOld, 550n, 'binds again whoever can stake again');
    }
  });

  it('is nobody else’s to end', () => {
    const m = memory({ real: 100 });
    const id = m.perform(hold(m.player.owner, 10));
    const other = { ...m.player, id: 9, owner: newUser(), holds: new Map<never, bigint>() };
    m.state.add(other);
    assert.equal(m.ask(endHold('release', other.owner, id)).verdict, 'NOT_OPEN');
  });

  it('is not touched by the end of a book', () => {
    const m = memory({ real: 100 });
    m.perform(hold(m.player.owner, 60));
    const bet = m.perform(stake(m.player.owner, 1, 40));
    m.perform(window('closeWindow', 1, 1));
    m.perform(settle(1, [{ position: bet as never, payout: 80n as never, outcome: 'won' }]));
    assert.deepEqual([m.player.real, m.player.held], [80n, 60n]);
  });
});
