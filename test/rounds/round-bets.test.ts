import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UserId } from '../../src/ids.ts';
import { RoundBets } from '../../src/rounds/round-bets.ts';

const [ANN, BEN] = ['ann', 'ben'] as UserId[] as [UserId, UserId];
const bet = (betId: number, roundId = 'now') => ({ betId: String(betId), roundId });

function begun(): RoundBets {
  const bets = new RoundBets();
  bets.begin('now');
  return bets;
}

describe('the bets of a round that its table knows', () => {
  it('are counted once, in whatever order takings and undoings become known, however often', () => {
    const heard = fc.record({ undo: fc.boolean(), betId: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(heard, { maxLength: 60 }), (all) => {
        const bets = begun();
        const sums = new Map<number, number>();
        for (const { undo, betId } of all) {
          const change = undo ? -Number(bets.undo(ANN, bet(betId))) : Number(bets.accept(ANN, bet(betId)));
          sums.set(betId, (sums.get(betId) ?? 0) + change);
          const sum = sums.get(betId);
          assert.ok(sum === 0 || (sum === 1 && !undo), `bet ${betId} counts ${sum}`);
        }
        for (const [betId, sum] of sums) {
          assert.equal(sum, all.some((each) => each.undo && each.betId === betId) ? 0 : 1);
        }
      }),
    );
  });

  it('are each player’s own, undone ones among them, in order', () => {
    const bets = begun();
    bets.accept(ANN, bet(12));
    bets.accept(BEN, bet(3));
    bets.accept(ANN, bet(7));
    bets.undo(ANN, bet(12));
    assert.deepEqual(bets.idsOf(ANN, 'now'), [7, 12]);
    assert.deepEqual(bets.idsOf(BEN, 'now'), [3]);
    assert.deepEqual(bets.idsOf('cid' as UserId, 'now'), []);
  });

  it('have to be searched for in another round, and where an outcome is not known', () => {
    const bets = begun();
    bets.accept(ANN, bet(1));
    bets.doubt(BEN, 'now');
    bets.doubt(ANN, 'before');
    assert.deepEqual([bets.idsOf(ANN, 'now'), bets.idsOf(BEN, 'now')], [[1], undefined]);
    assert.equal(bets.idsOf(ANN, 'before'), undefined);
    assert.equal(bets.accept(ANN, bet(2, 'before')), false);
    bets.begin('next');
    assert.deepEqual([bets.idsOf(ANN, 'next'), bets.idsOf(BEN, 'next')], [[], []]);
  });
});
