import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { backoffMs } from '../../src/market/backoff.ts';
import { ExchangeFeed, type ExchangeFeedOptions } from '../../src/market/exchange-feed.ts';
import type { Tick } from '../../src/market/feed.ts';
import { SYMBOLS } from '../../src/market/symbols.ts';
import { parseTradeMessage } from '../../src/market/trade-message.ts';
import { ExchangeServer } from './exchange-server.ts';
import { BTC, ETH, FakeClock } from './market-support.ts';

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isSo(); tries += 1) await sleep(5);
  assert.ok(isSo(), `${what}: not within time`);
}

describe('a message of an exchange', () => {
  const good = { e: 'trade', s: 'BTCUSDT', t: 123, p: '42000.01', q: '0.01', T: 1_700_000_000_000 };
  const trade = { symbol: BTC, price: 4_200_001n, tradeId: 123, at: 1_700_000_000_000 };
  const read: readonly [name: string, text: unknown, trade: unknown][] = [
    ['as documented', JSON.stringify({ stream: 'btcusdt@trade', data: good }), trade],
    ['with zeros behind', JSON.stringify({ data: { ...good, p: '42000.01000000' } }), trade],
    ['of a whole price', JSON.stringify({ data: { ...good, p: '42000.00000000' } }), { ...trade, price: 4_200_000n }],
    ['with decimals the symbol does not have', JSON.stringify({ data: { ...good, p: '42000.011' } }), undefined],
    ['of another symbol', JSON.stringify({ data: { ...good, s: 'DOGEUSDT' } }), undefined],
    ['with no price', JSON.stringify({ data: { ...good, p: '0.00' } }), undefined],
    ['with a number for a price', JSON.stringify({ data: { ...good, p: 42_000.01 } }), undefined],
    ['with no number', JSON.stringify({ data: { ...good, t: undefined } }), undefined],
    ['with a broken number', JSON.stringify({ data: { ...good, t: 1.5 } }), undefined],
    ['with no time', JSON.stringify({ data: { ...good, T: 'now' } }), undefined],
    ['of another event', JSON.stringify({ data: { ...good, e: 'aggTrade' } }), undefined],
    ['that is no JSON', '{"data":', undefined],
    ['that is no object', 'null', undefined],
    ['that is endless', `${JSON.stringify({ data: good })}${' '.repeat(5_000)}`, undefined],
    ['that is binary', new ArrayBuffer(8), undefined],
  ];
  for (const [name, text, expected] of read) {
    it(`${name} is ${expected ? 'a trade' : 'none'}`, () => {
      assert.deepEqual(parseTradeMessage(text, SYMBOLS), expected);
    });
  }
});

describe('the wait before another attempt', () => {
  it('doubles up to the most, with a random half of it', () => {
    const settings = { firstMs: 500, mostMs: 30_000 };
    const waits = (random: number) => [0, 1, 2, 5, 6, 7, 1_000].map((n) => backoffMs(n, settings, () => random));
    assert.deepEqual(waits(0), [250, 500, 1_000, 8_000, 15_000, 15_000, 15_000]);
    assert.deepEqual(waits(0.5), [375, 750, 1_500, 12_000, 22_500, 22_500, 22_500]);
    assert.deepEqual(waits(0.999_999), [500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
  });
});

describe('the exchange feed', () => {
  let server: ExchangeServer;
  let feed: ExchangeFeed;
  let ticks: Tick[];

  beforeEach(async () => {
    server = await ExchangeServer.listen();
  });
  afterEach(async () => {
    feed.stop();
    await server.close();
  });

  async function started(options: Partial<ExchangeFeedOptions> = {}): Promise<void> {
    ticks = [];
    feed = new ExchangeFeed({
      url: server.url,
      symbols: SYMBOLS,
      clock: systemClock,
      random: () => 0.5,
      backoff: { firstMs: 20, mostMs: 100 },
      ...options,
    });
    feed.subscribe((tick) => ticks.push(tick));
    feed.start();
    feed.start();
    await until('a connection', () => server.connections === 1);
  }
  const counts = () => {
    const { ticks: passed, missed, late, malformed } = feed.health();
    return { passed, missed, late, malformed };
  };

  it('passes on the trades of its symbols', async () => {
    await started();
    assert.deepEqual(server.paths, ['/stream?streams=btcusdt@trade/ethusdt@trade/bnbusdt@trade']);
    const at = Date.now() - 100;
    server.trade(7, '42000.01000000', at);
    server.trade(3, '2200.50', at, 'ETHUSDT');
    await until('two ticks', () => ticks.length === 2);
    assert.deepEqual(ticks, [
      { symbol: BTC, price: 4_200_001n, at, seq: 7, feedId: 'exchange' },
      { symbol: ETH, price: 220_050n, at, seq: 3, feedId: 'exchange' },
    ]);
    assert.deepEqual(feed.lastTick(BTC), ticks[0]);
    assert.deepEqual(
      feed.health().symbols.map(({ isStale }) => isStale),
      [false, false, true],
    );
  });

  it('counts trades that are left out, of each symbol by itself', async () => {
    await started();
    const at = Date.now() - 100;
    for (const tradeId of [10, 11, 15]) server.trade(tradeId, '42000', at + tradeId);
    for (const tradeId of [900, 901]) server.trade(tradeId, '2200', at + tradeId - 890, 'ETHUSDT');
    await until('five ticks', () => ticks.length === 5);
    assert.deepEqual(counts(), { passed: 5, missed: 3, late: 0, malformed: 0 });
  });

  it('drops a trade whose number no exchange has come to, and goes on counting', async () => {
    await started();
    const at = Date.now() - 100;
    for (const tradeId of [10, Number.MAX_SAFE_INTEGER, 13]) server.trade(tradeId, '42000', at + (tradeId % 100));
    await until('two ticks', () => ticks.length === 2);
    assert.deepEqual(counts(), { passed: 2, missed: 2, late: 0, malformed: 1 });
  });

  it('counts from the second one on, where the number of the first was none', async () => {
    await started();
    const at = Date.now() - 100;
    for (const [index, tradeId] of [Number.MAX_SAFE_INTEGER, 10, 14].entries())
      server.trade(tradeId, '42000', at + index);
    await until('three ticks', () => ticks.length === 3);
    assert.deepEqual(counts(), { passed: 3, missed: 3, late: 0, malformed: 0 });
  });

  it('drops trades that come late or twice', async () => {
    await started();
    const at = Date.now() - 100;
    server.trade(10, '42000', at);
    server.trade(11, '42001', at + 5);
    server.trade(11, '42001', at + 5);
    server.trade(9, '1', at - 5);
    server.trade(12, '42002', at + 5);
    await until('all', () => counts().passed + counts().late === 5);
    assert.deepEqual(
      ticks.map(({ seq }) => seq),
      [10, 11, 12],
    );
    assert.deepEqual(counts(), { passed: 3, missed: 0, late: 2, malformed: 0 });
  });

  it('survives messages that are none, and counts them', async () => {
    await started();
    for (const garbage of [
      '',
      'null',
      '{',
      '[]',
      '{"result":null,"id":1}',
      '{"data":{"e":"trade"}}',
      'x'.repeat(1e6),
    ]) {
      server.say(garbage);
    }
    server.trade(1, '42000', Date.now());
    await until('a tick', () => ticks.length === 1);
    assert.deepEqual(counts(), { passed: 1, missed: 0, late: 0, malformed: 7 });
  });

  it('does not believe times that lie ahead', async () => {
    await started();
    server.trade(1, '42000', Date.now() + 3_600_000);
    await until('a tick', () => ticks.length === 1);
    assert.ok((ticks[0]?.at ?? Number.POSITIVE_INFINITY) <= Date.now());
  });

  it('connects again when the connection is cut, and counts what it did not hear', async () => {
    await started();
    server.trade(1, '42000', Date.now());
    await until('a tick', () => ticks.length === 1);
    for (const connections of [2, 3]) {
      server.drop();
      await until('another connection', () => server.connections === connections);
    }
    server.trade(5, '42010', Date.now());
    await until('another tick', () => ticks.length === 2);
    assert.deepEqual(counts(), { passed: 2, missed: 3, late: 0, malformed: 0 });
  });

  it('gives up a connection on which nothing comes', async () => {
    const clock = new FakeClock(Date.now());
    await started({ clock, silenceMs: 15_000 });
    for (let trades = 1; trades <= 5; trades += 1) {
      clock.advance(10_000);
      server.trade(trades, '42000', clock.now());
      await until('a tick', () => ticks.length === trades);
    }
    clock.advance(14_999);
    server.trade(6, '42000', clock.now());
    await until('a tick', () => ticks.length === 6);
    assert.equal(server.connections, 1);
    clock.advance(15_000);
    clock.advance(100);
    await until('another connection', () => server.connections === 2);
  });

  it('keeps trying where nobody listens, ever more slowly, and takes up again', async () => {
    const { port } = server;
    await started({ backoff: { firstMs: 10, mostMs: 80 } });
    await server.close();
    await sleep(300);
    server = await ExchangeServer.listen(port);
    await until('a connection', () => server.connections === 1);
    server.trade(1, '42000', Date.now());
    await until('a tick', () => ticks.length === 1);
  });

  it('S4-53 is stale when the exchange says nothing', async () => {
    await started({ staleAfterMs: 30 });
    server.trade(1, '42000', Date.now());
    await until('a tick', () => ticks.length === 1);
    await until('staleness', () => feed.health().symbols[0]?.isStale === true);
  });

  it('says nothing more once it is stopped, and may be started again', async () => {
    await started();
    feed.stop();
    server.trade(1, '42000', Date.now());
    await sleep(50);
    assert.deepEqual([ticks.length, server.connections], [0, 1]);
    feed.start();
    await until('a connection', () => server.connections === 2);
    server.trade(2, '42000', Date.now());
    await until('a tick', () => ticks.length === 1);
  });
});
