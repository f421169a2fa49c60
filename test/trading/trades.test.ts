import assert from 'node:assert/strict';
import { BalanceUpdated } from '../../schema/account.ts';
import { TradeClosed } from '../../schema/trading.ts';
import type { TradeId, UserId } from '../../src/ids.ts';
import type { Refusal } from '../../src/refusal.ts';
import type { TradeOpening } from '../../src/trading/trade-desk.ts';
import { wireTradeAsOpened } from '../../src/trading/wire-trading.ts';
import { until } from '../market/market-house.ts';
import { newKey } from '../wallet/fixture.ts';
import { accepted, closes, codeOf, countedOf, opens, purse, say, tradeOf, tradeWish, useDesk } from './house.ts';

/** As its player sees it. */
function shown(answer: TradeOpening | Refusal) {
  const { row, balance } = accepted(answer);
  return { trade: wireTradeAsOpened(row), balance };
}

describe('trades on a desk', () => {
  const desk = useDesk();

  it('S4-11 … S4-21 S4-13 the documents’ example: 100 at 50,000, closed at 51,000, is 100,000 more', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000_000);
    await say(house, '50000');
    const opened = accepted(await house.desk.openTrade(tradeWish(house, ann, { amount: 100 })));
    assert.deepEqual([opened.balance.real, opened.balance.held], [50_000_000n, 50_000_000n]);
    const { tradeId } = opened.row.terms;
    const { entry, margin, leverage, status, exit, pnl } = await tradeOf(house.database, tradeId);
    assert.deepEqual([entry, margin, leverage, status, exit, pnl], ['50000.00', 50_000_000, 10, 'OPEN', null, null]);
    await say(house, '51000');
    const closed = accepted(await closes(house, ann, tradeId));
    assert.deepEqual([closed.balance?.real, closed.balance?.held], [110_000_000n, 0n]);
    const after = await tradeOf(house.database, tradeId);
    assert.deepEqual([after.status, after.exit, after.pnl, after.reason], ['CLOSED', '51000.00', 10_000_000, 'OWNER']);
    await until('the news', () => house.told.length >= 4);
    const [openedSaid, held, closedSaid, paid] = house.told;
    assert.deepEqual([openedSaid?.type, openedSaid?.message.tradeId], ['TRADE_OPENED', tradeId]);
    assert.deepEqual(
      [held?.message.change, held?.message.newBalance, held?.message.held],
      [0, 100_000_000, 50_000_000],
    );
    assert.equal(closedSaid?.type, 'TRADE_CLOSED');
    const { exitPrice, pnl: said, timestamp } = TradeClosed.parse(closedSaid.message);
    assert.deepEqual([exitPrice, said, timestamp], ['51000.00', 10_000_000, after.closedAt]);
    assert.equal(paid?.type, 'BALANCE_UPDATED');
    const { userId, newBalance, change, reason } = BalanceUpdated.parse(paid.message);
    assert.deepEqual([userId, newBalance, change, reason], [ann, 110_000_000, 10_000_000, 'TRADE_SETTLEMENT']);
  });

  it('S4-16 a SHORT gains where the price falls, and any leverage up to the largest holds its margin', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 1_000_000);
    await say(house, '50000');
    const tradeId = await opens(house, ann, { side: 'SHORT', amount: '0.5', leverage: 100 });
    assert.equal((await tradeOf(house.database, tradeId)).margin, 25_000);
    await say(house, '49900.50');
    accepted(await closes(house, ann, tradeId));
    assert.equal((await tradeOf(house.database, tradeId)).pnl, 4_975);
    assert.equal(await purse(house.database, ann), '1004975/0');
  });

  it('the same key and wish are answered as the first time, another wish is refused', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const wish = tradeWish(house, ann, { amount: '0.1' });
    const all = await Promise.all([1, 2, 3].map(() => house.desk.openTrade(wish)));
    const [first] = all.map(shown);
    assert.ok(first);
    for (const answer of all) assert.deepEqual(shown(answer), first);
    await say(house, '60000');
    assert.deepEqual(shown(await house.desk.openTrade(wish)), first);
    assert.equal(codeOf(await house.desk.openTrade({ ...wish, amount: '0.2' })), 'IDEMPOTENCY_KEY_REUSED');
    const tradeId = first.trade.tradeId as TradeId;
    const key = newKey();
    const [one, two] = await Promise.all([closes(house, ann, tradeId, key), closes(house, ann, tradeId, key)]);
    assert.deepEqual([codeOf(one), codeOf(two)], ['OK', 'OK']);
    await say(house, '70000');
    assert.equal(codeOf(await closes(house, ann, tradeId, key)), 'OK');
    const { trades } = house.desk;
    assert.equal(trades.size, 0);
    const other = await opens(house, ann, { amount: '0.1' });
    assert.equal(codeOf(await closes(house, ann, other, key)), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann, { key }))), 'IDEMPOTENCY_KEY_REUSED');
    assert.deepEqual(shown(await house.desk.openTrade(wish)), first);
  });

  it('S4-23 nobody closes what is somebody else’s, nor twice, and what is refused stays refused', async () => {
    const house = await desk.open();
    const [ann, bob] = [await desk.player(house), await desk.player(house)];
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    const [bobs, anns] = [newKey(), newKey()];
    assert.equal(codeOf(await closes(house, bob, tradeId, bobs)), 'NOT_FOUND');
    assert.equal(codeOf(await closes(house, ann, newKey() as never)), 'NOT_FOUND');
    house.clock.advance(6_000);
    assert.equal(codeOf(await closes(house, ann, tradeId, anns)), 'STALE_PRICE');
    await say(house, '50001');
    assert.equal(codeOf(await closes(house, ann, tradeId, anns)), 'STALE_PRICE', 'the same key, the same answer');
    const all = await Promise.all([1, 2, 3, 4].map(() => closes(house, ann, tradeId)));
    assert.deepEqual(all.map(codeOf).sort(), ['NOT_OPEN', 'NOT_OPEN', 'NOT_OPEN', 'OK']);
    assert.equal(codeOf(await closes(house, ann, tradeId)), 'NOT_OPEN');
    assert.equal(codeOf(await closes(house, bob, tradeId, bobs)), 'NOT_FOUND');
    assert.equal(await purse(house.database, ann), '100000100/0');
  });

  it('S4-24 liquidates where most of the margin is lost, and never takes more than it', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const [near, far] = [await opens(house, ann, { leverage: 10 }), await opens(house, ann, { leverage: 50 })];
    await say(house, '49200.01');
    assert.equal((await tradeOf(house.database, far)).status, 'OPEN');
    await say(house, '49200');
    await until('the liquidation', async () => (await tradeOf(house.database, far)).status === 'LIQUIDATED');
    assert.equal((await tradeOf(house.database, far)).pnl, -80_000);
    await say(house, '30000');
    await until('the other', async () => (await tradeOf(house.database, near)).status === 'LIQUIDATED');
    assert.equal((await tradeOf(house.database, near)).pnl, -500_000);
    assert.equal(await purse(house.database, ann), `${10_000_000 - 80_000 - 500_000}/0`);
    assert.equal(codeOf(await closes(house, ann, near)), 'NOT_OPEN');
    assert.deepEqual(house.desk.risks.ofPlayer(ann).open, 0);
    assert.equal(await countedOf(house, ann), '600000 2 0 loss 580000 wager 600000 lost lost');
  });

  it('one that is closed where it was opened has lost nothing, and was not won', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    assert.equal(await countedOf(house, ann), '500000 1 0 loss 500000 wager 500000 pending');
    accepted(await closes(house, ann, tradeId));
    assert.equal(await countedOf(house, ann), '500000 1 0 loss 0 wager 500000 refunded');
  });

  it('stops a loss and takes a profit at the very tick that reaches it', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000_000);
    await say(house, '50000');
    const stop = await opens(house, ann, { stopLoss: '49900.5', takeProfit: 51_000 });
    const take = await opens(house, ann, { side: 'SHORT', takeProfit: '49900' });
    await say(house, '49900.50');
    await until('the stop', async () => (await tradeOf(house.database, stop)).status === 'CLOSED');
    await say(house, '49899.99');
    await until('the profit', async () => (await tradeOf(house.database, take)).status === 'CLOSED');
    const [stopped, taken] = [await tradeOf(house.database, stop), await tradeOf(house.database, take)];
    assert.deepEqual([stopped.reason, stopped.exit, stopped.pnl], ['STOP_LOSS', '49900.50', -9_950]);
    assert.deepEqual([taken.reason, taken.exit, taken.pnl], ['TAKE_PROFIT', '49899.99', 10_001]);
  });

  const refusals: readonly [string, Parameters<typeof tradeWish>[2], string][] = [
    ['S4-11 a symbol that is not traded', { symbol: 'DOGE/USDT' }, 'INVALID_REQUEST'],
    ['S4-11 nothing', { amount: 0 }, 'INVALID_REQUEST'],
    ['less than the smallest amount', { amount: '0.000000001' }, 'INVALID_REQUEST'],
    ['what is no number', { amount: '1e3' }, 'INVALID_REQUEST'],
    ['too high a leverage', { leverage: 101 }, 'INVALID_REQUEST'],
    ['a stop-loss above the entry', { stopLoss: '50001' }, 'INVALID_REQUEST'],
    ['a level of more decimals', { takeProfit: '51000.001' }, 'INVALID_REQUEST'],
    ['too small a margin', { amount: '0.00001' }, 'BELOW_MINIMUM'],
    ['too large a margin', { amount: '1000' }, 'ABOVE_MAXIMUM'],
    ['S4-17 more than there is', { amount: '21' }, 'INSUFFICIENT_FUNDS'],
    ['S4-53 a price seen too long ago', { quotedAt: Date.now() - 60_000 }, 'STALE_PRICE'],
  ];
  it('refuses with a code, and nothing has changed', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann))), 'STALE_PRICE', 'there is no price yet');
    await say(house, '50000');
    for (const [name, more, code] of refusals) {
      const wish = tradeWish(house, ann, more);
      assert.equal(codeOf(await house.desk.openTrade(wish)), code, name);
      assert.equal(codeOf(await house.desk.openTrade(wish)), code, `${name}, again`);
    }
    house.clock.advance(6_000);
    const stale = tradeWish(house, ann);
    assert.equal(codeOf(await house.desk.openTrade(stale)), 'STALE_PRICE');
    await say(house, '50000');
    assert.equal(codeOf(await house.desk.openTrade(stale)), 'STALE_PRICE', 'the same key, the same answer');
    assert.equal(await purse(house.database, ann), '10000000/0');
    assert.deepEqual([house.desk.trades.size, house.desk.risks.ofPlayer(ann).open], [0, 0]);
  });

  it('S4-24 takes no more than the limits allow, whoever comes first, however many come at once', async () => {
    const house = await desk.open();
    const people = await Promise.all(Array.from({ length: 12 }, () => desk.player(house, 1_000_000_000_000)));
    await say(house, '50000');
    // A player may have 20 of these margins at stake; 200 of these values are the limit of one direction.
    const wishes = Array.from({ length: 240 }, (_, at) => tradeWish(house, people[at % 12] as UserId, { amount: 100 }));
    // Time stands still for as long as the crowd takes: what waits too long is not taken, and that is another test.
    const { now } = house.clock;
    const moment = now();
    Object.assign(house.clock, { now: () => moment });
    const answers = await Promise.all(wishes.map((wish) => house.desk.openTrade(wish)));
    Object.assign(house.clock, { now });
    const codes = answers.map(codeOf);
    assert.deepEqual([codes.filter((code) => code === 'OK').length, new Set(codes).size], [200, 2]);
    assert.ok(codes.includes('EXPOSURE_LIMIT'));
    assert.equal(
      codeOf(await house.desk.openTrade(tradeWish(house, await desk.player(house), { side: 'SHORT', amount: 1 }))),
      'OK',
    );
  });
});
