import assert from 'node:assert/strict';
import type { SymbolId } from '../../src/ids.ts';
import { until } from '../market/market-house.ts';
import { BTC, bets, binaryOf, codeOf, type House, opens, say, tradeOf, tradeWish, useDesk } from './house.ts';

const BNB = 'BNBUSDT' as SymbolId;
/** How long an exchange's price is on its way. */
const WAY_MS = 150;
const STEP_MS = 100;

describe('a desk whose prices come from elsewhere', () => {
  const desk = useDesk();

  /** A price of both symbols that was made a while ago. */
  async function arrives(house: House, price: number): Promise<void> {
    house.clock.advance(STEP_MS);
    const madeAt = house.clock.now() - WAY_MS;
    house.feed.say(BNB, 32_000 + (price % 7), madeAt);
    house.feed.say(BTC, price, madeAt);
    await until('it is passed on', () => house.market.health().waiting === 0);
  }

  it('S4-42 loses none of them by what is over in the meantime: nobody can make a bet void with others', async () => {
    const house = await desk.open(undefined, { delayMs: 1_000 });
    const ann = await desk.player(house);
    let price = 4_200_000;
    house.clock.advance(WAY_MS);
    for (let step = 0; step < 3; step += 1) await arrives(house, price--);
    const tradeId = await bets(house, ann, { direction: 'UP', stake: 1_000_000, expirySeconds: 8 });
    const { expiry } = await binaryOf(house.database, tradeId);
    // From the fifth second on one of these ends with every step, of the same symbol and of another one.
    for (let step = 0; step < 70; step += 1) {
      await bets(house, ann, { symbol: step % 2 ? 'BNB/USDT' : 'BTC/USDT', stake: 100 });
      await arrives(house, price--);
    }
    assert.equal(house.market.health().late, 0);
    for (let step = 0; step < 30; step += 1) await arrives(house, price--);
    await until('its end', async () => (await binaryOf(house.database, tradeId)).result !== null);
    const { result, payout, exitTick } = await binaryOf(house.database, tradeId);
    assert.deepEqual([result, payout], ['LOSS', 0]);
    const { rows } = await desk.database
      .admin()
      .query('select max(at)::float8 as last from tick where symbol = $1 and at <= $2', [BTC, Date.parse(expiry)]);
    assert.equal(Date.parse(exitTick?.at ?? ''), rows[0].last, 'by the last price before its expiry');
    assert.equal(house.market.health().late, 0);
    house.clock.advance(7_000);
    await house.desk.sweep();
    await until('the others', () => house.desk.binaries.size === 0);
  });

  it('S4-42 settles by the clock where a symbol is silent, when no price can be on its way any more', async () => {
    const house = await desk.open(undefined, { delayMs: 5_000 });
    const ann = await desk.player(house);
    house.clock.advance(WAY_MS);
    for (const price of [4_200_000, 4_200_100]) await arrives(house, price);
    const tradeId = await bets(house, ann);
    const { expiry } = await binaryOf(house.database, tradeId);
    for (const price of [4_200_150, 4_200_200, 4_200_250, 4_200_300]) await arrives(house, price);
    house.clock.advance(5_000);
    await house.desk.sweep();
    assert.equal((await binaryOf(house.database, tradeId)).result, null, 'one may be on its way');
    house.clock.advance(5_000);
    await house.desk.sweep();
    await until('its end', async () => (await binaryOf(house.database, tradeId)).result !== null);
    assert.equal((await binaryOf(house.database, tradeId)).exit, '42003.00');
    // Another symbol is not over by that.
    house.feed.say(BNB, 32_010, Date.parse(expiry));
    house.feed.say(BTC, 4_200_400, Date.parse(expiry));
    await until('both are heard', () => house.market.health().waiting === 0);
    assert.equal(house.market.health().late, 1);
  });

  it('S4-53 takes no price of a time to come for one of now, when its clock has gone back', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    house.clock.advance(2);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    house.clock.advance(-600_000);
    const opened = await house.desk.openTrade(tradeWish(house, ann));
    const wish = { userId: ann, key: tradeWish(house, ann).key, tradeId, receivedAt: house.clock.now() };
    const closed = await house.desk.closeTrade(wish);
    assert.deepEqual([codeOf(opened), codeOf(closed)], ['STALE_PRICE', 'STALE_PRICE']);
    assert.ok(house.market.health().symbols.every(({ isStale }) => isStale));
    house.clock.advance(600_002);
    await say(house, '50001');
    assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann))), 'OK');
    assert.equal((await tradeOf(house.database, tradeId)).status, 'OPEN');
  });
});
