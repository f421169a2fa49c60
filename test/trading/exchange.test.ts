import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { ExchangeFeed } from '../../src/market/exchange-feed.ts';
import { SYMBOLS } from '../../src/market/symbols.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  enterAccount,
  get,
  newKey,
  newPlayer,
  type Player,
  send,
  start,
  until,
} from '../journeys/support.ts';
import { ExchangeServer } from '../market/exchange-server.ts';
import { useDatabase } from '../support/database.ts';

describe('a desk on the trades of an exchange', () => {
  const database = useDatabase();
  let exchange: ExchangeServer;
  let server: Server;
  let tradeId = 100;
  before(async () => {
    exchange = await ExchangeServer.listen();
    const { url } = exchange;
    const backoff = { firstMs: 20, mostMs: 100 };
    const feed = new ExchangeFeed({ url, symbols: SYMBOLS, clock: systemClock, random: Math.random, backoff });
    server = await start(database, [], { feed });
    await until(() => exchange.connections === 1, 5_000, 'a connection');
  });
  after(async () => {
    await server.stop();
    await exchange.close();
    await assertBooks(database);
  });

  /** Somebody trades on the exchange, and the market has it: in its log, too. */
  async function trades(price: string, at = Date.now(), skipped = 0): Promise<number> {
    tradeId += 1 + skipped;
    exchange.trade(tradeId, price, at);
    const { passed, late } = counts();
    await until(() => counts().passed + counts().late > passed + late, 5_000, `the trade at ${price}`);
    await until(() => server.market.health().waiting === 0, 5_000, `the trade at ${price} in the log`);
    return tradeId;
  }
  const counts = () => {
    const { ticks: passed, missed, late } = server.market.health();
    return { passed, missed, late };
  };
  async function opens(player: Player, path: string, body: object) {
    const key = { 'Idempotency-Key': newKey() };
    const { status, json } = await send(server, 'POST', path, player, { symbol: 'BTC/USDT', ...body }, key);
    assert.equal(status, 200, JSON.stringify(json));
    return json.trade ?? json.binary;
  }

  it('S4-13 S4-42 goes on after the connection was cut, and ends everything by what the exchange says', async () => {
    const ann = await newPlayer(server, 10_000_000);
    const own = await enterAccount(server, ann);
    await trades('50000.00');
    const trade = await opens(ann, '/trades/open', { amount: '0.1', stopLoss: '49500.00' });
    const bet = await opens(ann, '/binary/open', { direction: 'UP', stake: 10_000, expirySeconds: 10 });
    const expiry = Date.parse(bet.expiry);
    const entry = await trades('50100.00');
    exchange.drop();
    await until(() => exchange.connections === 2, 5_000, 'another connection');

    const known = Date.now();
    await trades('50300.00', known, 3);
    assert.equal(counts().missed, 3, 'of what was traded meanwhile three are known to be missing');
    const { late } = counts();
    await trades('49000.00', known - 1_000);
    assert.equal(counts().late, late + 1, 'older than what is known: it ends nothing');
    assert.equal((await get(server, `/trades/${trade.tradeId}`, ann)).status, 'OPEN');
    const exit = await trades('50200.00');
    await sleep(expiry + 200 - Date.now());
    const afterwards = Date.now();
    // Both were on their way at the expiry: the first one was made before it.
    const last = await trades('50150.00', expiry - 1);
    await trades('49400.00', afterwards);

    const over = await own.hears('BINARY_RESOLVED', ({ tradeId: id }) => id === bet.tradeId);
    assert.deepEqual([over.result, over.entryPrice, over.exitPrice], ['WIN', '50100.00', '50150.00']);
    const shown = await get(server, `/binary/${bet.tradeId}`, ann);
    assert.deepEqual([shown.entryTick.seq, shown.exitTick.seq, shown.exitTick.feedId], [entry, last, 'exchange']);
    assert.ok(last > exit);
    const closed = await own.hears('TRADE_CLOSED', ({ tradeId: id }) => id === trade.tradeId);
    assert.deepEqual([closed.reason, closed.exitPrice, closed.pnl], ['STOP_LOSS', '49400.00', -6_000]);
    const { real, held } = await get(server, '/wallets/me', ann);
    assert.deepEqual([real, held], [10_000_000 - 10_000 + 18_000 - 6_000, 0]);
    await own.leaves();
  });
});
