import assert from 'node:assert/strict';
import { minor } from '../../src/money.ts';
import type { BookId, Command, Custody, OpenBook } from '../../src/wallet/command.ts';
import { cancel, close, deposit, FAR_FUTURE, newKey, openBook, settle, stake, voidBook, window } from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

const DESK = 7;

/** A ledger in memory with a desk that is open, and what a player has. */
function desk(standing: Custody, { real = 1_000, bonus = 0, cap = 1_000_000 } = {}): Memory {
  const m = memory({ real, bonus });
  m.perform({ ...(openBook(DESK, minor(cap)) as OpenBook), standing });
  return m;
}

describe('a desk’s positions', () => {
  const ends: readonly [Custody, string, number, readonly string[], real: bigint, xp: bigint][] = [
    ['margin', 'won', 1_300, ['player.held 500 → player.real', 'house.real 800 → player.real'], 1_800n, 0n],
    ['margin', 'won', 320, ['player.held 320 → player.real', 'player.held 180 → house.real'], 820n, 0n],
    ['margin', 'lost', 0, ['player.held 500 → house.real'], 500n, 0n],
    ['margin', 'refunded', 500, ['player.held 500 → player.real'], 1_000n, 0n],
    ['stake', 'won', 900, ['house.real 400 → escrow.real', 'escrow.real 900 → player.real'], 1_400n, 4n],
    ['stake', 'lost', 0, ['escrow.real 500 → house.real'], 500n, 5n],
    ['stake', 'refunded', 500, ['escrow.real 500 → player.real'], 1_000n, 0n],
  ];
  for (const [standing, outcome, payout, moves, real, xp] of ends) {
    it(`S4-17 S4-20 S4-43 a ${standing} of 500 that is ${outcome} with ${payout}: ${moves.join(', ')}`, () => {
      const m = desk(standing);
      const position = m.perform(stake(m.player.owner, DESK, 500));
      assert.deepEqual([m.player.real, m.player.held], [500n, standing === 'margin' ? 500n : 0n]);
      const end = settle(DESK, [close(position, payout, outcome as 'won')], false);
      assert.deepEqual(shownMoves(m.ask(end)), moves);
      m.perform(end);
      assert.deepEqual([m.player.real, m.player.held, m.player.xp], [real, 0n, xp]);
      const { state, positions, exposure, staked } = m.state.books.get(DESK as BookId) ?? {};
      assert.deepEqual([state, positions?.size, exposure?.stakes, staked?.size], ['open', 0, 0n, 0]);
      assert.equal(m.ask({ ...end, key: newKey() }).verdict, 'NOT_OPEN');
    });
  }

  it('are not closed as what they are not, and nothing has changed then', () => {
    for (const standing of ['margin', 'stake'] as const) {
      const m = desk(standing);
      const position = m.perform(stake(m.player.owner, DESK, 500));
      for (const [payout, outcome] of [
        [499, 'refunded'],
        [499, 'cancelled'],
        [1, 'lost'],
        [0, 'won'],
      ] as const) {
        assert.throws(() => m.ask(settle(DESK, [close(position, payout, outcome)], false)), /position/);
      }
      m.perform(settle(DESK, [close(position, 500, 'cancelled')], false));
    }
  });

  it('free what they reserved of the cap, each when it ends', () => {
    const m = desk('stake', { cap: 500 });
    const position = m.perform(stake(m.player.owner, DESK, 400));
    assert.equal(m.ask(stake(m.player.owner, DESK, 200)).verdict, 'EXPOSURE_LIMIT');
    m.perform(settle(DESK, [close(position, 0)], false));
    assert.equal(m.ask(stake(m.player.owner, DESK, 200)).verdict, 'OK');
  });

  it('are of real money alone', () => {
    const m = desk('margin', { real: 100, bonus: 900 });
    assert.equal(m.ask(stake(m.player.owner, DESK, 101)).verdict, 'INSUFFICIENT_FUNDS');
    m.perform(stake(m.player.owner, DESK, 100));
    assert.equal(m.player.bonus, 900n);
  });

  it('count for a deposit by what stakes have won or lost, up to themselves; given back, nothing', () => {
    const m = desk('stake', { real: 0 });
    m.perform(deposit(m.player.owner, 1_000, 1_000));
    const [one, other, even] = [0, 1, 2].map(() => m.perform(stake(m.player.owner, DESK, 300)));
    m.perform(settle(DESK, [close(even ?? 0, 300, 'refunded')], false));
    assert.equal(m.player.playThrough, 1_000n);
    m.perform(settle(DESK, [close(one ?? 0, 250), close(other ?? 0, 5_000)], false));
    assert.equal(m.player.playThrough, 650n);
  });

  it('count for nothing as margins, won or lost: opposite trades cost nothing together', () => {
    const m = desk('margin', { real: 0 });
    m.perform(deposit(m.player.owner, 1_000, 1_000));
    const [long, short] = [m.perform(stake(m.player.owner, DESK, 300)), m.perform(stake(m.player.owner, DESK, 300))];
    m.perform(settle(DESK, [close(long, 0)], false));
    m.perform(settle(DESK, [close(short, 600)], false));
    const { real, playThrough, xp, netLoss } = m.player;
    assert.deepEqual([real, playThrough, xp, netLoss], [1_000n, 1_000n, 0n, 0n]);
  });

  it('S4-52 S4-23 nobody takes back, voids or finishes while it is open', () => {
    const m = desk('stake');
    const position = m.perform(stake(m.player.owner, DESK, 100));
    assert.equal(m.ask(cancel(m.player.owner, DESK, position)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(voidBook(DESK, [position])).verdict, 'NOT_OPEN');
    assert.throws(() => m.ask(settle(DESK, [close(position, 0)], true)), /finished before it is closed/);
    m.perform(window('closeWindow', DESK, 1));
    assert.equal(m.ask(window('openWindow', DESK, 2)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(stake(m.player.owner, DESK, 100)).verdict, 'BETTING_CLOSED');
    m.perform(settle(DESK, [close(position, 0)], true));
    assert.equal(m.state.books.has(DESK as BookId), false);
  });

  it('are not for who is excluded', () => {
    const m = desk('margin');
    m.player.excludedUntil = FAR_FUTURE;
    assert.equal(m.ask(stake(m.player.owner, DESK, 100)).verdict, 'SELF_EXCLUDED');
  });

  it('a request is put on record with what the rules say of it', () => {
    const m = desk('margin');
    const request: Command = { kind: 'request', origin: m.player.owner, key: newKey(), request: 'close 1' };
    assert.equal(m.ask(request).verdict, 'OK');
    assert.equal(m.ask({ ...request, ruling: 'STALE_PRICE' }).verdict, 'STALE_PRICE');
  });
});
