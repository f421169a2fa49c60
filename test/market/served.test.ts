import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/server.ts';
import { type Answer, assertError } from '../http/support.ts';
import { get, newPlayer, start, testConfig } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { until } from './market-house.ts';

const DAY_MS = 86_400_000;
const METRICS_TOKEN = 'a-token-of-the-tests';

/** Early in a day of quick prices there are few before. */
function clockFromMidnight(): Clock {
  const ahead = DAY_MS - (Date.now() % DAY_MS) + 10_000;
  return { now: () => Date.now() + ahead, after: systemClock.after };
}

describe('prices over HTTP', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    const config = testConfig({ MARKET_INTERVAL_MS: '100', METRICS_TOKEN });
    server = await start(database, [], { config, clock: clockFromMidnight() });
    await until('there are prices', () => (server.market.health().symbols[0]?.ticks ?? 0) >= 5);
  });
  after(() => server.stop());

  async function ask(path: string): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: response.status, headers: response.headers, json: await response.json() };
  }

  it('are those of every symbol, with the change of the day (S4-12)', async () => {
    const { items, nextCursor } = await get(server, '/market');
    assert.equal(nextCursor, null);
    assert.deepEqual(
      items.map(({ symbol, name }: { symbol: string; name: string }) => [symbol, name]),
      [
        ['BTCUSDT', 'BTC/USDT'],
        ['ETHUSDT', 'ETH/USDT'],
        ['BNBUSDT', 'BNB/USDT'],
      ],
    );
    for (const { price, at, change } of items) {
      assert.match(price, /^\d+\.\d\d$/);
      assert.match(at, /^\d{4}-\d\d-\d\dT.*Z$/);
      assert.match(change, /^([+-]\d+\.\d\d|0\.00)$/);
    }
  });

  it('come as candles in every interval, under both names of a symbol', async () => {
    for (const interval of ['1s', '1m', '5m', '1h']) {
      const { items } = await get(server, `/market/BTCUSDT/candles?interval=${interval}&limit=1000`);
      assert.ok(items.length >= 1);
      const [first] = items;
      assert.deepEqual(Object.keys(first), ['at', 'open', 'high', 'low', 'close', 'ticks']);
      assert.match(first.open, /^\d+\.\d\d$/);
    }
    const { items, nextCursor } = await get(server, '/market/BTC%2FUSDT/candles');
    assert.equal(nextCursor, null, 'a list as all others');
    assert.equal(items.at(-1).at, new Date(Math.floor(Date.parse(items.at(-1).at) / 60_000) * 60_000).toISOString());
    assert.equal((await get(server, '/market/BTCUSDT/candles?interval=1s&limit=1')).items.length, 1);
  });

  for (const [path, status, code] of [
    ['/market/DOGEUSDT/candles', 404, 'NOT_FOUND'],
    ['/market/btcusdt/candles', 404, 'NOT_FOUND'],
    ['/market/DOGEUSDT/ticks', 404, 'NOT_FOUND'],
    ['/market/BTCUSDT', 404, 'NOT_FOUND'],
    ['/market/days/2020-01-01', 404, 'NOT_FOUND'],
    ['/market/BTCUSDT/candles?interval=2m', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/candles?limit=0', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/candles?limit=1001', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/candles?limit=1.5', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/candles?limit=1&limit=2', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/candles?since=0', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/ticks?from=yesterday', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/ticks?from=-1', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/ticks?to=9999999999999999', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/ticks?cursor=1', 400, 'INVALID_REQUEST'],
    ['/market/BTCUSDT/ticks?limit=1001', 400, 'INVALID_REQUEST'],
    ['/market/days/tomorrow', 400, 'INVALID_REQUEST'],
    ['/market/days?cursor=0', 400, 'INVALID_REQUEST'],
    ['/ai/insights/BTCUSDT', 401, 'UNAUTHORIZED'],
  ] as const) {
    it(`${path} is ${code}`, async () => assertError(await ask(path), status, code));
  }

  it('come with a reading for everybody who is signed in', async () => {
    const player = await newPlayer(server, 0);
    const { symbol, interval, price, trend } = await get(server, '/ai/insights/BTC%2FUSDT?interval=1s', player);
    assert.deepEqual([symbol, interval], ['BTCUSDT', '1s']);
    assert.match(price, /^\d+\.\d\d$/);
    assert.deepEqual(Object.keys(trend), ['reading', 'words', 'numbers']);
    assert.equal((await get(server, '/ai/insights/DOGE', player)).error.code, 'NOT_FOUND');
  });

  it('are all in the log, page by page, in order', async () => {
    const path = '/market/ETHUSDT/ticks';
    const { items: all } = await get(server, `${path}?limit=1000`);
    assert.ok(all.length >= 5);
    const [first, , third] = all;
    assert.deepEqual(Object.keys(first), ['at', 'seq', 'price', 'feedId']);
    const paged: object[] = [];
    let cursor = '';
    while (paged.length < all.length) {
      const page = await get(server, `${path}?limit=2${cursor}`);
      paged.push(...page.items);
      assert.ok(page.nextCursor !== null || paged.length >= all.length);
      cursor = `&cursor=${page.nextCursor}`;
    }
    assert.deepEqual(paged.slice(0, all.length), all);
    const iso = (at: number) => encodeURIComponent(new Date(at).toISOString());
    const some = await get(server, `${path}?from=${first.at}&to=${iso(third.at)}`);
    assert.deepEqual(some, { items: all.slice(0, 3), nextCursor: null });
  });

  it('come with what they follow from: commitments days ahead, and the terms of today', async () => {
    const { items, nextCursor } = await get(server, '/market/days?limit=7');
    const rest = await get(server, `/market/days?cursor=${nextCursor}`);
    const [today] = rest.items;
    assert.deepEqual([items.length, rest.items.length, rest.nextCursor], [7, 1, null]);
    assert.ok(items.every(({ seed, walks }: { seed: null; walks: [] }) => seed === null && walks.length === 0));
    assert.equal(nextCursor > today.day, true);
    const [walk] = today.walks;
    const terms = { priceScale: 2, annualVolatility: 60, annualDrift: 0, intervalMs: 100 };
    assert.deepEqual(walk, { symbol: 'BTCUSDT', openingPrice: '42000.00', ...terms });
    assert.deepEqual([today.algorithmVersion, today.seed, today.walks.length], [1, null, 3]);
    assert.match(today.commitment, /^[0-9a-f]{64}$/);
    assert.deepEqual(await get(server, `/market/days/${today.day}`), today);
  });

  it('have figures, and are part of being ready', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`, {
      headers: { Authorization: `Bearer ${METRICS_TOKEN}` },
    });
    const text = await answer.text();
    assert.match(text, /^croupier_market_ticks_total\{symbol="BTCUSDT"\} \d+$/m);
    assert.match(text, /^croupier_market_last_tick_age_seconds\{symbol="BNBUSDT"\} [\d.e-]+$/m);
    for (const name of ['late_total', 'missed_total', 'malformed_total', 'waiting']) {
      assert.match(text, new RegExp(`^croupier_market_${name} \\d+$`, 'm'));
    }
    assert.equal((await get(server, '/readyz')).checks.feed, true);
  });
});
