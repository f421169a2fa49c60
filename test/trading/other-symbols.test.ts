import assert from 'node:assert/strict';
import { type MarketSymbol, SYMBOLS } from '../../src/market/symbols.ts';
import { BTC, bets, closes, codeOf, opens, say, tradeOf, useDesk } from './house.ts';

describe('a desk whose symbols are others than before', () => {
  const desk = useDesk();
  const mistakes: readonly (readonly [string, readonly MarketSymbol[], RegExp])[] = [
    ['has other decimals', SYMBOLS.map((one) => ({ ...one, priceScale: 3 })), /2 decimals, and the symbol has 3$/],
    ['is gone', SYMBOLS.filter(({ id }) => id !== BTC), /2 decimals, and the symbol is gone$/],
  ];
  it('starts where all that was at the old prices is over', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    house.clock.advance(10);
    await say(house, '50000');
    assert.equal(codeOf(await closes(house, ann, await opens(house, ann))), 'OK');
    await house.crash();
    await desk.open(undefined, { symbols: SYMBOLS.map((one) => ({ ...one, priceScale: 3 })) });
  });

  for (const [what, symbols, message] of mistakes) {
    it(`S4-19 S4-36 does not start where one ${what} on which something is open: it would end at prices of nothing`, async () => {
      const house = await desk.open();
      const ann = await desk.player(house);
      house.clock.advance(10);
      await say(house, '50000');
      const trade = await opens(house, ann);
      await bets(house, ann);
      await house.crash();
      await assert.rejects(desk.open(undefined, { symbols }), message);

      const mended = await desk.open();
      assert.equal((await tradeOf(mended.database, trade)).status, 'OPEN');
      mended.clock.advance(10);
      await say(mended, '50000');
      assert.equal(codeOf(await closes(mended, ann, trade)), 'OK');
    });
  }
});
