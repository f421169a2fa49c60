import assert from 'node:assert/strict';
import { auditTrading } from '../../src/trading/audit.ts';
import { until } from '../market/market-house.ts';
import { bets, binaryOf, closes, codeOf, opens, purse, say, tradeOf, useDesk } from './house.ts';

describe('a desk whose prices come from another feed than before', () => {
  const desk = useDesk();

  it('S4-19 S4-24 S4-36 ends nothing over two of them: binaries are void, trades wait for the old one', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '42000');
    const long = await opens(house, ann, { takeProfit: '43000' });
    const short = await opens(house, ann, { side: 'SHORT', leverage: 50 });
    const binaries = [await bets(house, ann, { expirySeconds: 60 }), await bets(house, ann, { direction: 'DOWN' })];
    house.clock.advance(10);
    await say(house, '42001');
    house.clock.advance(10);
    await say(house, '42002');
    const before = await purse(house.database, ann);
    await house.crash();

    const next = await desk.open(undefined, { feedId: 'another' });
    next.clock.advance(10);
    await say(next, '100000');
    next.clock.advance(4_000);
    await say(next, '100000');
    for (const trade of [long, short]) {
      assert.equal((await tradeOf(next.database, trade)).status, 'OPEN');
      assert.equal(codeOf(await closes(next, ann, trade)), 'STALE_PRICE');
    }
    assert.equal(await purse(next.database, ann), before);
    const here = await opens(next, ann);
    next.clock.advance(62_000);
    await say(next, '100000.50');
    await next.desk.sweep();
    const [late, early] = binaries;
    assert.ok(late && early);
    await until('they are over', async () => (await binaryOf(next.database, late)).result !== null);
    assert.equal((await binaryOf(next.database, late)).result, 'VOID', 'no price of its own near its expiry');
    const own = await binaryOf(next.database, early);
    assert.deepEqual([own.entry, own.exit, own.result], ['42001.00', '42002.00', 'LOSS'], 'by its own last price');
    assert.equal(codeOf(await closes(next, ann, here)), 'OK');
    assert.equal((await tradeOf(next.database, here)).pnl, 50);
    await next.crash();

    // Both kinds of prices are in the log that is held against them now.
    const back = await desk.open();
    assert.equal(back.desk.trades.size, 2);
    back.clock.advance(10);
    await say(back, '42100');
    assert.equal(codeOf(await closes(back, ann, short)), 'OK');
    back.clock.advance(10);
    await say(back, '43000');
    await until('its end', async () => (await tradeOf(back.database, long)).status === 'CLOSED');
    const ended = await Promise.all([long, short].map((trade) => tradeOf(back.database, trade)));
    assert.deepEqual(
      ended.map(({ exit, pnl, reason }) => [exit, pnl, reason]),
      [
        ['43000.00', 100_000, 'TAKE_PROFIT'],
        ['42100.00', -10_000, 'OWNER'],
      ],
    );
    assert.equal(await purse(back.database, ann), '10089050/0', 'one binary was lost, one trade made 50');
  });

  it('S4-53 is found out by the audit where an end is of another one than its entry', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    house.clock.advance(10);
    await say(house, '42000');
    const trade = await opens(house, ann);
    house.clock.advance(10);
    await say(house, '42100');
    assert.equal(codeOf(await closes(house, ann, trade)), 'OK');
    const admin = desk.database.admin();
    const set = async (feed: string) => {
      await admin.query('update trade set exit_feed = $2 where id = $1', [trade, feed]);
      await admin.query(
        `update tick k set feed = $2 from trade t
          where t.id = $1 and k.symbol = t.symbol and k.at = t.exit_at and k.seq = t.exit_seq`,
        [trade, feed],
      );
    };
    await set('another');
    const found = (await auditTrading(house.database)).filter(({ broken }) => broken.length > 0);
    assert.deepEqual(
      found.map(({ check, broken }) => [check, broken]),
      [['ticks of trades', [`trade ${trade} was opened at a price of hand and ended at one of another`]]],
    );
    await set('hand');
  });
});
