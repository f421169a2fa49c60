import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import type { SymbolId } from '../../src/ids.ts';
import { WireRiskInsight } from '../../src/insight/wire-insight.ts';
import type { Server } from '../../src/server.ts';
import { assertBooks, newKey, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { until } from '../market/market-house.ts';
import { useDatabase } from '../support/database.ts';

const BTC = 'BTCUSDT' as SymbolId;
const ETH = 'ETHUSDT' as SymbolId;

describe('what the house should look at on the trading desk', () => {
  const database = useDatabase();
  const feed = new HandFeed(systemClock);
  let server: Server;
  before(async () => {
    server = await start(database, [], { feed });
  });
  // Prices are good for five seconds.
  beforeEach(() => says(BTC, 5_000_000n));
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  async function says(symbol: SymbolId, price: bigint): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 2)); // no two ticks in one millisecond
    const at = Date.now();
    feed.say(symbol, price, at);
    await until('the price', () => {
      const last = server.market.lastTick(symbol);
      return last !== undefined && last.at >= at && last.price === price;
    });
  }

  async function trades(who: Player, body: object): Promise<string> {
    const key = { 'Idempotency-Key': newKey() };
    const { json } = await send(server, 'POST', '/trades/open', who, { symbol: 'BTC/USDT', ...body }, key);
    return json.trade.tradeId;
  }

  it('has opposite trades of linked accounts while both are open, and no others (S4-51)', async () => {
    const [ann, bob, cat] = [await newPlayer(server), await newPlayer(server), await newPlayer(server)];
    // All of them come from this machine: as if each had an address of their own.
    for (const [index, { userId }] of [ann, bob, cat].entries()) {
      await database.admin().query('update session set ip = $1 where user_id = $2', [`10.0.0.${index}`, userId]);
    }
    await database.admin().query('update users set referred_by = $1 where id = $2', [ann.userId, bob.userId]);
    await says(BTC, 5_000_000n);
    await trades(ann, { amount: '0.1' });
    await trades(ann, { amount: '0.02' });
    await trades(bob, { amount: '0.05', side: 'SHORT' });
    await trades(cat, { amount: '0.1', side: 'SHORT' });
    const { status, json } = await send(server, 'GET', '/ai/risk', await newStaff(server, 'ADMIN'));
    assert.equal(status, 200, JSON.stringify(json));
    const { oppositeBets } = WireRiskInsight.parse(json);
    const stakes = new Map(oppositeBets[0]?.accounts.map(({ userId, stake }) => [userId, stake]));
    assert.deepEqual(
      [oppositeBets.length, oppositeBets[0]?.kind, oppositeBets[0]?.lastPlace],
      [1, 'opposite-trades', BTC],
    );
    assert.deepEqual([stakes.get(ann.userId), stakes.get(bob.userId)], [60_000, 25_000]);
    assert.deepEqual([oppositeBets[0]?.numbers.covered, oppositeBets[0]?.links], [25_000, ['referral']]);
  });

  it('has margins far above what the same player usually holds (S4-51)', async () => {
    const ann = await newPlayer(server, 1_000_000);
    for (let count = 0; count < 20; count += 1) {
      if (count % 4 === 0) await says(BTC, 5_000_000n);
      await trades(ann, { amount: '0.001' });
    }
    const large = await trades(ann, { amount: '0.02' });
    const { json } = await send(server, 'GET', '/ai/risk?hours=2', await newStaff(server, 'ADMIN'));
    const { unusualStakes } = WireRiskInsight.parse(json);
    const own = unusualStakes.filter(({ userId }) => userId === ann.userId);
    assert.deepEqual(
      own.map(({ game, betId, numbers }) => [game, betId, numbers.stake, numbers.usual]),
      [['trading', large, 10_000, 500]],
    );
  });

  it('counts what stood against each other at the time, and nothing that was undone (S4-51)', async () => {
    const [ann, bob, admin] = [await newPlayer(server), await newPlayer(server), await newStaff(server, 'ADMIN')];
    for (const [index, { userId }] of [ann, bob].entries()) {
      await database.admin().query('update session set ip = $1 where user_id = $2', [`10.0.1.${index}`, userId]);
    }
    await database.admin().query('update users set referred_by = $1 where id = $2', [ann.userId, bob.userId]);
    await says(ETH, 250_000n);
    const undone = await trades(ann, { symbol: 'ETH/USDT', amount: '0.2', leverage: 5 });
    const other = await newStaff(server, 'ADMIN');
    await database.admin().query(
      `insert into desk_void (id, desk, symbol, reason, asked_by, asked_at, confirmed_by, confirmed_at)
       values ($1, 'desk-main', $2, 'a test', $3, now(), $4, now() + interval '1 millisecond')`,
      [newKey(), ETH, admin.userId, other.userId],
    );
    await server.desk.sweep();
    const voided = await send(server, 'GET', `/trades/${undone}`, ann);
    assert.equal(voided.json.status, 'VOID');
    await trades(bob, { symbol: 'ETH/USDT', amount: '0.02', side: 'SHORT' });
    // A large one against a small one, and then the other way round.
    for (const amounts of [
      ['0.1', '0.01'],
      ['0.02', '0.06'],
    ] as const) {
      await says(BTC, 5_000_000n);
      const pair = [
        [ann, await trades(ann, { amount: amounts[0] })],
        [bob, await trades(bob, { amount: amounts[1], side: 'SHORT' })],
      ] as const;
      await says(BTC, 5_000_100n);
      for (const [who, trade] of pair) {
        const key = { 'Idempotency-Key': newKey() };
        assert.equal((await send(server, 'DELETE', `/trades/${trade}`, who, undefined, key)).status, 200);
      }
    }
    const { oppositeBets, unusualStakes } = WireRiskInsight.parse((await send(server, 'GET', '/ai/risk', admin)).json);
    const own = oppositeBets.filter(({ accounts }) => accounts.some(({ userId }) => userId === ann.userId));
    assert.deepEqual(
      own.map(({ numbers }) => [numbers.times, numbers.covered]),
      [[2, 5_000 + 10_000]],
    );
    assert.deepEqual(
      unusualStakes.filter(({ betId }) => betId === undone),
      [],
    );
  });
});
