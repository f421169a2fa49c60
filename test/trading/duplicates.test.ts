import assert from 'node:assert/strict';
import { newKey } from '../wallet/fixture.ts';
import { closes, codeOf, opens, purse, say, tradeWish, useDesk } from './house.ts';

describe('what is sent to a desk again', () => {
  const desk = useDesk();

  it('S4-23 a wish to close what ends at that moment is answered the same ever after', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    const keys = [newKey(), newKey(), newKey()];
    const all = await Promise.all(keys.map((key) => closes(house, ann, tradeId, key)));
    assert.deepEqual(all.map(codeOf).sort(), ['NOT_OPEN', 'NOT_OPEN', 'OK']);
    const again = await Promise.all(keys.map((key) => closes(house, ann, tradeId, key)));
    assert.deepEqual(again.map(codeOf), all.map(codeOf));
  });

  it('what was refused for where the price was is not opened later, when it is elsewhere', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const wish = tradeWish(house, ann, { stopLoss: '50001' });
    assert.equal(codeOf(await house.desk.openTrade(wish)), 'INVALID_REQUEST');
    await say(house, '50100');
    assert.equal(codeOf(await house.desk.openTrade(wish)), 'INVALID_REQUEST');
    assert.equal(await purse(house.database, ann), '10000000/0');
  });

  it('prices beyond everything are refused, and break nothing', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const far = '999999999999999999';
    for (const more of [{ takeProfit: far }, { side: 'SHORT', stopLoss: far }, { amount: far }] as const) {
      assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann, more))), 'INVALID_REQUEST');
    }
  });
});
