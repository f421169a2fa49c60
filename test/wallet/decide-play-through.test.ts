import assert from 'node:assert/strict';
import { close, deposit, grant, hold, lines, newKey, settle, stake, window } from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

function give(m: Memory, amount: number, terms: Parameters<typeof grant>[2] = {}): number {
  return m.perform(grant(m.player.owner, amount, terms));
}

function bet(m: Memory, ...texts: readonly string[]): number {
  return m.perform(stake(m.player.owner, 1, 0, { lines: lines(...texts) }));
}

/** What a player has, then each bonus as `balance+atStake status`. */
function shown({ player }: Memory): string {
  const bonuses = player.grants.map(({ balance, atStake, status }) => `${balance}+${atStake} ${status}`);
  return [`${player.real}/${player.bonus}`, ...bonuses].join(' | ');
}

describe('decisions on withdrawals', () => {
  const pays = (m: Memory) => {
    m.perform(window('closeWindow', 1, 1));
    return m.perform(settle(1, [close([...(m.state.books.get(m.book)?.positions.keys() ?? [])][0] ?? 0, 0)]));
  };

  it('S2-34 a deposit is staked before as much can be withdrawn', () => {
    const m = memory({ real: 100 });
    m.perform(deposit(m.player.owner, 500));
    const ask = (amount: number) => m.ask(hold(m.player.owner, amount)).verdict;
    assert.deepEqual([ask(100), ask(101), ask(601)], ['OK', 'WAGERING_OPEN', 'INSUFFICIENT_FUNDS']);
    bet(m, '1:200');
    assert.deepEqual([m.player.real, m.player.playThrough], [400n, 500n]);
    pays(m);
    assert.deepEqual([m.player.real, m.player.playThrough], [400n, 300n]);
    assert.deepEqual([ask(100), ask(101)], ['OK', 'WAGERING_OPEN']);
  });

  it('S2-34 what was staked before a deposit does not count for it, but for those before', () => {
    const m = memory({ real: 100 });
    bet(m, '1:100');
    m.perform(deposit(m.player.owner, 500));
    pays(m);
    assert.equal(m.player.playThrough, 500n);
    const two = memory({ real: 0 });
    two.perform(deposit(two.player.owner, 1_000));
    bet(two, '1:700');
    two.perform(deposit(two.player.owner, 100));
    assert.deepEqual([two.player.playThroughOld, two.player.playThrough], [1_000n, 100n]);
    pays(two);
    assert.deepEqual([two.player.playThroughOld, two.player.playThrough], [300n, 100n]);
  });

  it('S2-34 one stake counts for several deposits, the oldest first, and no more than once', () => {
    const m = memory({ real: 0 });
    for (const amount of [100, 200, 300]) m.perform(deposit(m.player.owner, amount));
    bet(m, '1:450');
    pays(m);
    assert.deepEqual([m.player.playThroughOld, m.player.playThrough], [0n, 150n]);
  });

  it('S2-34 a bonus whose time is over neither keeps from it nor is forfeited by it', () => {
    const m = memory({ real: 100 });
    give(m, 50, { expiresAt: 1_000 });
    m.state.now = 1_000;
    assert.equal(m.ask(hold(m.player.owner, 100, newKey(), 'block')).verdict, 'OK');
    m.perform(hold(m.player.owner, 100));
    assert.equal(shown(m), '0/50 | 50+0 active');
  });

  it('S2-34 active bonuses are forfeited by it, or keep it from being', () => {
    const m = memory({ real: 100 });
    give(m, 50);
    give(m, 20);
    assert.equal(m.ask(hold(m.player.owner, 100, newKey(), 'block')).verdict, 'WAGERING_OPEN');
    const decision = m.ask(hold(m.player.owner, 100));
    assert.deepEqual(shownMoves(decision), [
      'player.bonus 50 → bonus-cost.bonus',
      'player.bonus 20 → bonus-cost.bonus',
    ]);
    const id = m.perform(hold(m.player.owner, 100));
    assert.deepEqual([shown(m), [...m.player.holds]], ['0/0', [[id, 100n]]]);
  });

  it('S2-34 a refused withdrawal costs no bonus', () => {
    const m = memory({ real: 100 });
    give(m, 50);
    assert.equal(m.ask(hold(m.player.owner, 101)).verdict, 'INSUFFICIENT_FUNDS');
    assert.equal(shown(m), '100/50 | 50+0 active');
  });
});
