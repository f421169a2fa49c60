import assert from 'node:assert/strict';
import { LiveStatistics } from '../../schema/backoffice.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  enterBackoffice,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
  testConfig,
} from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { useDatabase } from '../support/database.ts';
import { noonClock } from '../support/noon-clock.ts';
import { sayPrice } from './served.ts';

const METRICS_TOKEN = 'a-token-of-the-tests';

describe('what the house sees and decides of the trading desk', () => {
  const database = useDatabase();
  const clock = noonClock();
  const feed = new HandFeed(clock);
  let server: Server;
  let admin: Player;
  before(async () => {
    server = await start(database, [], { clock, feed, config: testConfig({ METRICS_TOKEN }) });
    admin = await newStaff(server, 'ADMIN');
    await say(5_000_000);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const say = (price: number) => sayPrice(server, feed, price);

  const key = () => ({ 'Idempotency-Key': newKey() });
  const trade = { symbol: 'BTC/USDT', amount: '0.1', side: 'SHORT' };

  it('S0-73 is at risk, live in the back office and in the figures, and what it comes to now', async () => {
    const [ann, office] = [await newPlayer(server), await enterBackoffice(server, admin)];
    const opened = await send(server, 'POST', '/trades/open', ann, trade, key());
    const binary = { symbol: 'BTC/USDT', direction: 'UP', stake: 1_000, expirySeconds: 60 };
    await send(server, 'POST', '/binary/open', ann, binary, key());
    await say(4_990_000);
    const { desk } = await office.hears('live-statistics', (live) => live.desk.symbols[0].houseResult === -1_000);
    const [btc, eth] = LiveStatistics.shape.desk.parse(desk).symbols;
    assert.deepEqual([desk.openTrades, desk.openBinaries, btc?.price, btc?.stale], [1, 1, '49900.00', false]);
    assert.deepEqual(btc?.down, { trades: 500_000, binaries: 0, atStake: 50_000, open: 1 });
    assert.deepEqual(btc?.up, { trades: 0, binaries: 800, atStake: 1_000, open: 1 });
    assert.deepEqual([eth?.price, eth?.stale, eth?.houseResult], [null, true, 0]);
    const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
    const figures = await (await fetch(`http://127.0.0.1:${server.port}/metrics`, { headers })).text();
    for (const line of [
      'croupier_desk_open{kind="trade"} 1',
      'croupier_desk_open{kind="binary"} 1',
      'croupier_desk_exposure_minor{symbol="BTC/USDT",direction="down",kind="trade"} 500000',
      'croupier_desk_exposure_minor{symbol="BTC/USDT",direction="up",kind="binary"} 800',
      'croupier_desk_house_result_minor{symbol="BTC/USDT"} -1000',
    ]) {
      assert.ok(figures.includes(line), line);
    }
    await send(server, 'DELETE', `/trades/${opened.json.trade.tradeId}`, ann, undefined, key());
    await office.hears('live-statistics', (live) => live.desk.symbols[0].down.open === 0);
    const { games } = await office.hears('live-statistics', (live) => live.games[1].today.rounds > 0);
    assert.deepEqual(
      LiveStatistics.shape.games.parse(games).map(({ game, today }) => [game, today.rounds, today.ggr]),
      [
        ['lottery', 0, 0],
        ['trading', 1, -1_000],
        ['binary', 0, 0],
      ],
    );
    await office.leaves();
  });

  it('is set by people of the house, on record; what is open keeps its terms', async () => {
    const ann = await newPlayer(server);
    assert.equal((await send(server, 'GET', '/admin/games/desk-main', ann)).status, 403);
    const before = await get(server, '/admin/games/desk-main', admin);
    const { settings } = before;
    await say(5_000_000);
    const opened = await send(server, 'POST', '/trades/open', ann, trade, key());
    const changed = structuredClone(settings);
    changed.trades.maxLeverage = 5;
    changed.trades.defaultLeverage = 2;
    changed.limits.openPerPlayer = 1;
    const reason = 'less risk';
    const put = (body: unknown) => send(server, 'PUT', '/admin/games/desk-main', admin, body);
    const { status, json } = await put({ settings: changed, reason });
    assert.deepEqual([status, json.settings], [200, changed]);
    assert.equal((await get(server, `/trades/${opened.json.trade.tradeId}`, ann)).leverage, 10);
    const refused = await send(server, 'POST', '/trades/open', ann, { ...trade, leverage: 5 }, key());
    assert.equal(refused.json.error.code, 'EXPOSURE_LIMIT');
    const tooHigh = await send(
      server,
      'POST',
      '/trades/open',
      await newPlayer(server),
      { ...trade, leverage: 6 },
      key(),
    );
    assert.equal(tooHigh.json.error.code, 'INVALID_REQUEST');
    const bad: readonly ((copy: typeof settings) => void)[] = [
      (copy) => Object.assign(copy.binaries.terms.payout, { numerator: 2, denominator: 1 }),
      (copy) => Object.assign(copy.binaries.terms.payout, { numerator: 1, denominator: 1 }),
      (copy) => Object.assign(copy.trades, { minMargin: 10, maxMargin: 9 }),
      (copy) => Object.assign(copy.trades, { defaultLeverage: 101 }),
      (copy) => Object.assign(copy.trades, { liquidationLevel: 10_001 }),
      (copy) => Object.assign(copy.limits, { openPerPlayer: 1_001 }),
      (copy) => Object.assign(copy, { result: 'WIN' }),
      (copy) => Reflect.deleteProperty(copy, 'limits'),
    ];
    for (const [index, spoil] of bad.entries()) {
      const copy = structuredClone(settings);
      spoil(copy);
      const answer = await put({ settings: copy, reason });
      assert.deepEqual([answer.status, answer.json.error?.code], [400, 'INVALID_REQUEST'], `${index}`);
    }
    assert.equal((await put({ settings, reason })).status, 200);
    const [line] = (await get(server, '/admin/audit?limit=1&action=desk.change', admin)).items;
    assert.deepEqual([line.before, line.after, line.reason], [changed, settings, reason]);
    await send(server, 'DELETE', `/trades/${opened.json.trade.tradeId}`, ann, undefined, key());
  });

  it('S4-53 a price is stale once the desk takes nothing at it any more, by the desk’s own settings', async () => {
    const ann = await newPlayer(server);
    const { settings } = await get(server, '/admin/games/desk-main', admin);
    const set = async (maxPriceAgeMs: number) => {
      const changed = structuredClone(settings);
      for (const kind of [changed.trades, changed.binaries]) kind.maxPriceAgeMs = maxPriceAgeMs;
      const body = { settings: changed, reason: 'a test' };
      return (await send(server, 'PUT', '/admin/games/desk-main', admin, body)).json;
    };
    await set(100);
    await say(5_000_000);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const [btc] = (await get(server, '/admin/games/desk-main', admin)).exposure.symbols;
    assert.deepEqual([btc.symbol, btc.stale], ['BTC/USDT', true]);
    assert.equal((await send(server, 'POST', '/trades/open', ann, trade, key())).json.error.code, 'STALE_PRICE');
    await set(60_000);
    assert.equal((await get(server, '/admin/games/desk-main', admin)).exposure.symbols[0].stale, false);
    await set(settings.trades.maxPriceAgeMs);
  });

  it('S4-24 what margins hold is players’ money in the reconciliation, and counts for nothing else', async () => {
    const ann = await newPlayer(server);
    await say(5_000_000);
    await send(server, 'POST', '/trades/open', ann, trade, key());
    const { right, currencies } = await get(server, '/admin/reconciliation?full=true', admin);
    const { holds, games } = currencies[0];
    assert.deepEqual([right, holds.margins, holds.difference], [true, 50_000, 0]);
    const desk = games.find(({ game }: { game: string }) => game === 'trading');
    assert.deepEqual([desk.bets, desk.atStake.held, desk.escrow.total, desk.difference], [1, 50_000, 0, 0]);
    assert.deepEqual((await get(server, '/wallets/me/ledger', ann)).items[0].change, {
      ...{ real: -50_000, bonus: 0, held: 50_000, total: 0 },
    });
    const withdrawal = { amount: 60_000, method: 'upi' };
    const refused = await send(server, 'POST', '/transactions/withdrawals', ann, withdrawal, key());
    assert.equal(refused.json.error.code, 'INSUFFICIENT_FUNDS');
  });
});
