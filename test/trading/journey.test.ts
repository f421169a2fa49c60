import assert from 'node:assert/strict';
import type { TradingDeskState } from '../../schema/trading.ts';
import { systemClock } from '../../src/clock.ts';
import type { SymbolId } from '../../src/ids.ts';
import type { Server } from '../../src/server.ts';
import { auditTrading } from '../../src/trading/audit.ts';
import {
  assertBooks,
  enter,
  enterAccount,
  type Guest,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
  until,
} from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { useDatabase } from '../support/database.ts';
import { latenessAt } from '../support/lateness.ts';
import { sayPrice } from './served.ts';

const BTC = 'BTCUSDT' as SymbolId;

describe('a player at the trading desk', () => {
  const database = useDatabase();
  const feed = new HandFeed(systemClock);
  let server: Server;
  before(async () => {
    server = await start(database, [], { feed });
    await say(42_000);
  });
  after(async () => {
    await server.stop();
    assert.deepEqual(
      (await auditTrading(database.pool())).filter(({ broken }) => broken.length > 0),
      [],
    );
    await assertBooks(database);
  });

  const say = (price: number) => sayPrice(server, feed, price * 100);

  async function sit(player?: Player): Promise<Guest> {
    const guest = await enter(server, 'desk-main', player);
    await until(() => stateOf(guest)?.symbols?.size === 3, 5_000, 'the state');
    return guest;
  }

  const stateOf = (guest: Guest) => guest.room.state as unknown as TradingDeskState;
  const key = () => ({ 'Idempotency-Key': newKey() });

  it('S4-12 is sent prices that come quickly together, and the last one at the end', async () => {
    const guest = await sit();
    let patches = 0;
    guest.room.onStateChange(() => {
      patches += 1;
    });
    const startedAt = performance.now();
    for (let price = 41_900; price < 41_960; price += 1) await say(price);
    await until(() => stateOf(guest).symbols.get('BTC/USDT')?.price === '41959.00', 5_000, 'the last price');
    const most = 2 + (performance.now() - startedAt) / 40;
    assert.ok(patches >= 2 && patches <= most, `${patches} patches, at most ${most.toFixed(0)}`);
  });

  it('S4-12 sees prices as they come, without an account too', async () => {
    const guest = await sit();
    await say(42_001);
    await until(() => stateOf(guest).symbols.get('BTC/USDT')?.price === '42001.00', 5_000, 'the price');
    const { at, symbol } = stateOf(guest).symbols.get('BTC/USDT') ?? {};
    assert.deepEqual([symbol, at], ['BTC/USDT', server.market.lastTick(BTC)?.at]);
    assert.equal(
      (await guest.asks('open-trade', { key: newKey(), symbol: 'BTC/USDT', amount: 1 })).code,
      'UNAUTHORIZED',
    );
    await guest.leaves();
  });

  it('S4-14 S4-15 S4-21 opens over HTTP and closes in the room: both are one, and it is told in both', async () => {
    const ann = await newPlayer(server, 1_000_000);
    const [guest, account] = [await sit(ann), await enterAccount(server, ann)];
    await say(50_000);
    const opened = await send(server, 'POST', '/trades/open', ann, { symbol: 'BTC/USDT', amount: 1 }, key());
    assert.deepEqual([opened.status, opened.json.message], [200, 'Trade opened successfully']);
    const { tradeId } = opened.json.trade;
    for (const place of [guest, account]) {
      assert.equal((await place.hears('TRADE_OPENED')).tradeId, tradeId);
      const held = await place.hears('BALANCE_UPDATED', ({ reason }) => reason === 'TRADE_OPENED');
      assert.deepEqual([held.newBalance, held.held, held.change], [1_000_000, 500_000, 0]);
    }
    assert.deepEqual((await guest.asks('my-trades')).trades, [opened.json.trade]);
    await say(50_100);
    const request = { key: newKey(), tradeId };
    const closed = await guest.asks('close-trade', request);
    assert.deepEqual([closed.trade.status, closed.trade.pnl, closed.balance.total], ['CLOSED', 10_000, 1_010_000]);
    for (const place of [guest, account]) {
      const said = await place.hears('TRADE_CLOSED');
      assert.deepEqual([said.tradeId, said.exitPrice, said.pnl], [tradeId, '50100.00', 10_000]);
      const paid = await place.hears('BALANCE_UPDATED', ({ reason }) => reason === 'TRADE_SETTLEMENT');
      assert.deepEqual([paid.newBalance, paid.change, paid.userId], [1_010_000, 10_000, ann.userId]);
    }
    assert.deepEqual(await guest.asks('close-trade', request), closed, 'the same key hears the same');
    const again = await send(server, 'DELETE', `/trades/${tradeId}`, ann, undefined, key());
    assert.deepEqual([again.status, again.json.error.code], [409, 'NOT_OPEN']);
    assert.deepEqual((await get(server, '/trades?status=closed', ann)).items, [closed.trade]);
    const { items } = await get(server, '/wallets/me/ledger', ann);
    assert.deepEqual(
      items
        .slice(0, 3)
        .map(({ type, betId, change }: { type: string; betId: string; change: { total: number } }) => [
          ...[type, betId, change.total],
        ]),
      [
        ['win', closed.trade.betId, 10_000],
        ['refund', closed.trade.betId, 0],
        ['bet', closed.trade.betId, 0],
      ],
    );
    assert.deepEqual((await get(server, '/trades?status=open', ann)).items, []);
    await Promise.all([guest.leaves(), account.leaves()]);
  });

  it('S4-22 closes over HTTP what was opened in the room', async () => {
    const ann = await newPlayer(server, 1_000_000);
    const guest = await sit(ann);
    await say(50_000);
    const wish = { key: newKey(), symbol: 'BTCUSDT', amount: '0.5', side: 'SHORT', quotedAt: Date.now() };
    const { trade, balance } = await guest.asks('open-trade', { ...wish, stopLoss: null }); // as answers have it
    assert.deepEqual([trade.side, trade.amount, trade.margin, balance.held], ['SHORT', '0.5', 250_000, 250_000]);
    assert.deepEqual((await guest.asks('open-trade', wish)).trade, trade);
    const closed = await send(server, 'DELETE', `/trades/${trade.tradeId}`, ann, undefined, key());
    assert.deepEqual([closed.status, closed.json.message], [200, 'Trade closed successfully']);
    assert.deepEqual(await get(server, `/trades/${trade.tradeId}`, ann), closed.json.trade);
    await guest.leaves();
  });

  it('S4-23 S4-19 S4-47 is refused what is somebody else’s, malformed, or not for a client to say', async () => {
    const [ann, bob] = [await newPlayer(server, 1_000_000), await newPlayer(server, 1_000_000)];
    const guest = await sit(bob);
    await say(50_000);
    const body = { symbol: 'BTC/USDT', amount: 1 };
    const { tradeId } = (await send(server, 'POST', '/trades/open', ann, body, key())).json.trade;
    const refused: readonly [string, string, unknown, number, string][] = [
      ['DELETE', `/trades/${tradeId}`, undefined, 404, 'NOT_FOUND'],
      ['DELETE', `/trades/${newKey()}`, undefined, 404, 'NOT_FOUND'],
      ['DELETE', '/trades/7', undefined, 400, 'INVALID_REQUEST'],
      ['DELETE', `/trades/${tradeId}`, { pnl: 1_000_000 }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, pnl: 1_000_000 }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, entry: '1' }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, amount: -1 }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, amount: '1e9' }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, amount: '99999999999999999999' }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, leverage: 1.5 }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, leverage: 101 }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, symbol: 'DOGE/USDT' }, 400, 'INVALID_REQUEST'],
      ['POST', '/trades/open', { ...body, quotedAt: Date.now() - 5_000 }, 422, 'STALE_PRICE'],
      ['POST', '/trades/open', { ...body, amount: 50 }, 422, 'INSUFFICIENT_FUNDS'],
      [
        'POST',
        '/binary/open',
        { symbol: 'BTC/USDT', direction: 'SIDEWAYS', stake: 1, expirySeconds: 5 },
        400,
        'INVALID_REQUEST',
      ],
      [
        'POST',
        '/binary/open',
        { symbol: 'BTC/USDT', direction: 'UP', stake: 1.5, expirySeconds: 5 },
        400,
        'INVALID_REQUEST',
      ],
      [
        'POST',
        '/binary/open',
        { symbol: 'BTC/USDT', direction: 'UP', stake: 1_000, expirySeconds: 1 },
        400,
        'INVALID_REQUEST',
      ],
    ];
    for (const [method, path, sent, status, code] of refused) {
      const { status: got, json } = await send(server, method, path, bob, sent, key());
      assert.deepEqual([got, json.error?.code], [status, code], `${method} ${path} ${JSON.stringify(sent)}`);
    }
    const without = await send(server, 'POST', '/trades/open', bob, body);
    assert.deepEqual([without.status, without.json.error.code], [400, 'INVALID_REQUEST'], 'no key');
    assert.equal((await send(server, 'POST', '/trades/open', undefined, body, key())).status, 401);
    for (const bad of [{}, { key: 'x', tradeId }, { key: newKey(), tradeId, pnl: 5 }, 'close it', null]) {
      assert.equal((await guest.asks('close-trade', bad as object)).code, 'INVALID_REQUEST');
    }
    assert.equal((await guest.asks('close-trade', { key: newKey(), tradeId })).code, 'NOT_FOUND');
    assert.equal((await get(server, `/trades/${tradeId}`, bob)).error.code, 'NOT_FOUND');
    assert.deepEqual((await get(server, '/wallets/me', bob)).total, 1_000_000);
    assert.equal((await get(server, `/trades/${tradeId}`, ann)).status, 'OPEN');
    await guest.leaves();
  });

  it('S4-40 S4-43 bets on a price over HTTP, and hears its result in the room and in the own channel', async () => {
    const ann = await newPlayer(server, 100_000);
    const [guest, account] = [await sit(ann), await enterAccount(server, ann)];
    await say(42_000);
    const body = { symbol: 'BTC/USDT', direction: 'UP', stake: 1_000, expirySeconds: 5 };
    const opened = await send(server, 'POST', '/binary/open', ann, body, key());
    assert.deepEqual([opened.status, opened.json.balance.real, opened.json.binary.winPayout], [200, 99_000, 1_800]);
    const { tradeId, expiry } = opened.json.binary;
    const timer = latenessAt(Date.parse(expiry), Date.now);
    await say(42_100);
    assert.equal((await guest.hears('BINARY_ENTERED')).entryPrice, '42100.00');
    assert.equal((await get(server, '/binary', ann)).items[0].entry, '42100.00');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await say(42_200);
    for (const place of [guest, account]) {
      const { result, entryPrice, exitPrice, payout, timestamp } = await place.hears('BINARY_RESOLVED');
      assert.deepEqual([result, entryPrice, exitPrice, payout], ['WIN', '42100.00', '42200.00', 1_800]);
      const late = Date.parse(timestamp) - Date.parse(expiry);
      assert.ok(late >= 0 && late < 100 + (await timer), `${late} ms after its expiry`);
      const { newBalance, change } = await place.hears('BALANCE_UPDATED', ({ reason }) => reason === 'BINARY_WIN');
      assert.deepEqual([newBalance, change], [100_800, 1_800]);
    }
    const over = await get(server, `/binary/${tradeId}`, ann);
    assert.deepEqual([over.result, over.payout, over.exit], ['WIN', 1_800, '42200.00']);
    assert.equal(over.exitTick.feedId, 'hand');
    await Promise.all([guest.leaves(), account.leaves()]);
  });

  it('is for players: people of the house set its terms, and anybody can read them', async () => {
    const [admin, collector] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'COLLECTOR')];
    const guest = await sit(admin);
    for (const person of [admin, collector]) {
      const opened = await send(server, 'POST', '/trades/open', person, { symbol: 'BTC/USDT', amount: 1 }, key());
      assert.deepEqual([opened.status, opened.json.error.code], [403, 'FORBIDDEN']);
      const binary = { symbol: 'BTC/USDT', direction: 'UP', stake: 1_000, expirySeconds: 5 };
      assert.equal((await send(server, 'POST', '/binary/open', person, binary, key())).status, 403);
    }
    assert.equal((await guest.asks('open-trade', { key: newKey(), symbol: 'BTC/USDT', amount: 1 })).code, 'FORBIDDEN');
    const { trades, binaries, limits } = await get(server, '/trades/terms');
    assert.deepEqual([trades.maxLeverage, trades.liquidationLevel, binaries.winPays], [100, '80.000', '180.000']);
    assert.deepEqual([binaries.minSeconds, binaries.maxSeconds, limits.openPerPlayer], [5, 3_600, 100]);
    await guest.leaves();
  });

  it('S4-24 a paused desk takes nothing new and still closes what is open', async () => {
    const [ann, admin] = [await newPlayer(server, 1_000_000), await newStaff(server, 'ADMIN')];
    const guest = await sit(ann);
    await say(50_000);
    const { trade } = await guest.asks('open-trade', { key: newKey(), symbol: 'BTC/USDT', amount: 1 });
    const reason = { reason: 'the exchange is down' };
    assert.equal((await send(server, 'POST', '/admin/games/desk-main/pause', ann, reason)).status, 403);
    assert.equal((await send(server, 'POST', '/admin/games/desk-main/pause', admin, reason)).status, 200);
    assert.equal((await send(server, 'POST', '/admin/games/desk-main/pause', admin, reason)).status, 409);
    await until(() => stateOf(guest).paused, 5_000, 'the pause');
    const refused = await guest.asks('open-trade', { key: newKey(), symbol: 'BTC/USDT', amount: 1 });
    assert.equal(refused.code, 'GAME_PAUSED');
    assert.equal((await guest.asks('close-trade', { key: newKey(), tradeId: trade.tradeId })).trade.status, 'CLOSED');
    assert.equal((await send(server, 'POST', '/admin/games/desk-main/resume', admin, reason)).status, 200);
    await until(() => !stateOf(guest).paused, 5_000, 'the end of it');
    const { items } = await get(server, '/admin/audit?limit=2', admin);
    assert.deepEqual(
      items.map(({ action, target }: { action: string; target: string }) => [action, target]),
      [
        ['desk.resume', 'desk:desk-main'],
        ['desk.pause', 'desk:desk-main'],
      ],
    );
    await guest.leaves();
  });
});
