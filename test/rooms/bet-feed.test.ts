import assert from 'node:assert/strict';
import { BetFeed, type BetPlaced } from '../../rooms/bet-feed.ts';
import { ManualClock } from '../rounds/support.ts';

describe('the feed of bets', () => {
  let clock: ManualClock;
  let said: BetPlaced[];
  let feed: BetFeed;
  beforeEach(() => {
    clock = new ManualClock();
    said = [];
    feed = new BetFeed(clock, (bet) => said.push(bet));
  });

  it('S0-79 says each bet by itself while there are few, with nothing of who made it', () => {
    for (let count = 0; count < 20; count++) feed.add('andar', 1_000);
    assert.equal(said.length, 20);
    assert.deepEqual(said[0], { betSide: 'andar', amount: 1_000, count: 1 });
  });

  it('above 20 a second says sums per side', () => {
    for (let count = 0; count < 120; count++) feed.add(count % 2 === 0 ? 'andar' : 'bahar', 1_000);
    assert.equal(said.length, 20);
    clock.tick();
    assert.deepEqual(said.slice(20), [
      { betSide: 'andar', amount: 50_000, count: 50 },
      { betSide: 'bahar', amount: 50_000, count: 50 },
    ]);
  });

  it('says what is left when the window closes', () => {
    for (let count = 0; count < 21; count++) feed.add('andar', 1_000);
    feed.flush();
    assert.equal(said.length, 21);
    assert.equal(clock.waiting, 0);
  });
});
