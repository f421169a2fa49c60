import assert from 'node:assert/strict';
import fc from 'fast-check';
import { INTERVALS, type Interval } from '../../src/market/candle.ts';
import { CANDLES_MAX } from '../../src/market/candles.ts';
import type { Market } from '../../src/market/market.ts';
import { NOON, until, useMarket } from './market-house.ts';
import { BTC, ETH, FakeClock } from './market-support.ts';

/** Everything of both symbols that anybody can see. */
function shown(market: Market): object {
  return [BTC, ETH].map((symbol) =>
    (Object.keys(INTERVALS) as Interval[]).map((interval) =>
      [1, 7, CANDLES_MAX].map((limit) => market.candles(symbol, interval, limit)),
    ),
  );
}

describe('the market after a restart', () => {
  const { database, open } = useMarket();

  it('shows the same candles as before, and goes on with them', async () => {
    const gap = fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 90_000 }), fc.constant(9e6));
    const said = fc.array(fc.tuple(gap, fc.integer({ min: 90, max: 110 }), fc.boolean()), {
      minLength: 1,
      maxLength: 400,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(said, fc.integer({ min: 0, max: 9e6 }), async (ticks, afterMs) => {
        await database.admin().query('truncate tick, candle');
        const clock = new FakeClock(NOON);
        const one = await open({ clock });
        one.market.start();
        clock.advance(1);
        for (const [gapMs, price, isBtc] of ticks) {
          clock.advance(gapMs);
          one.feed.say(isBtc ? BTC : ETH, price);
        }
        await until('all is written', () => one.heard.flat().length === ticks.length);
        clock.advance(afterMs);
        await one.close();
        const before = shown(one.market);
        const two = await open({ clock });
        assert.deepEqual(shown(two.market), before);
        two.market.start();
        clock.advance(1);
        two.feed.say(BTC, 105);
        await until('it is written', () => two.heard.length === 1);
        assert.equal(two.market.candles(BTC, '1s', 1)[0]?.close, 105n);
        await two.close();
      }),
      { numRuns: 12 },
    );
  });
});
