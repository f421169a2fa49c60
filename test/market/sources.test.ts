import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { Market, type MarketDeps } from '../../src/market/market.ts';
import { SEALING_KEY } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { silent } from '../wallet/fixture.ts';
import { ExchangeServer } from './exchange-server.ts';
import { until } from './market-house.ts';
import { BTC, FakeClock } from './market-support.ts';

describe('where the market has its prices from', () => {
  const database = useDatabase();
  const open = (more: Pick<MarketDeps, 'feed' | 'clock'>) =>
    Market.open({ database: database.pool(), log: silent, sealingKey: SEALING_KEY, ...more });

  it('a recording, over and over, with numbers that go on', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 26, 12));
    const market = await open({ feed: { kind: 'replay' }, clock });
    market.start();
    clock.advance(3_600_000);
    await until('it is written', () => market.health().waiting === 0);
    assert.ok(market.health().written > 3 * 1_700, 'an hour of ticks every two seconds');
    assert.equal(market.lastTick(BTC)?.feedId, 'replay');
    const ofTheStartItself = 3;
    assert.deepEqual([market.health().late, market.candles(BTC, '1m', 60).length], [ofTheStartItself, 60]);
    await market.stop();
  });

  it('an exchange: trades from before the start are none, those that come are', async () => {
    const exchange = await ExchangeServer.listen();
    const market = await open({ feed: { kind: 'exchange', url: exchange.url }, clock: systemClock });
    const startedAt = Date.now();
    market.start();
    await until('it is connected', () => exchange.connections === 1);
    exchange.trade(1, '42000.00', startedAt - 1_000);
    exchange.trade(2, '42000.01', Date.now() + 1);
    exchange.trade(5, '42000.02', Date.now() + 1);
    await until('it is written', () => market.lastTick(BTC)?.seq === 5);
    const { late, missed, written } = market.health();
    assert.deepEqual([late, missed, written], [1, 2, 2]);
    await market.stop();
    await exchange.close();
  });
});
