import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UserId } from '../../src/ids.ts';
import { RoundBets } from '../../src/rounds/round-bets.ts';

const [ANN, BEN] = ['ann', 'ben'] as UserId[] as [UserId, UserId];
const bet = (betId: number, roundId = 'now', betSide = 'andar') => ({ betId: String(betId), roundId, betSide });

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

  it('have as many players on a side as there are with a standing bet on it', () => {
    const heard = fc.record({
      undo: fc.boolean(),
      betId: fc.integer({ min: 1, max: 12 }),
    });
    // Whose bet it is, and on which side, follows from its number.
    const ownerOf = (betId: number) => (betId % 2 === 0 ? ANN : BEN);
    const sideOf = (betId: number) => (betId % 3 === 0 ? 'bahar' : 'andar');
    fc.assert(
      fc.property(fc.array(heard, { maxLength: 40 }), (all) => {
        const bets = begun();
        for (const { undo, betId } of all) {
          const known = bet(betId, 'now', sideOf(betId));
          if (undo) bets.undo(ownerOf(betId), known);
          else bets.accept(ownerOf(betId), known);
        }
        const undone = new Set(all.filter(({ undo }) => undo).map(({ betId }) => betId));
        const standing = all.map(({ betId }) => betId).filter((betId) => !undone.has(betId));
        for (const side of ['andar', 'bahar']) {
          const owners = new Set(standing.filter((betId) => sideOf(betId) === side).map(ownerOf));
          assert.equal(bets.playersOn(side), owners.size);
        }
      }),
    );
    const bets = begun();
    bets.accept(ANN, bet(1));
    bets.begin('next');
    assert.equal(bets.playersOn('andar'), 0);
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
