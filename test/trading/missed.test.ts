import assert from 'node:assert/strict';
import { type Client, ClientState } from '@colyseus/core';
import { deliverMissedTrades } from '../../rooms/missed-trades.ts';
import { BinaryResolved, TradeClosed } from '../../schema/trading.ts';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  enter,
  enterAccount,
  type Guest,
  newKey,
  newPlayer,
  type Player,
  send,
  start,
  until,
} from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { useDatabase } from '../support/database.ts';
import { sayPrice } from './served.ts';

describe('what trades and binaries came to while their player was away', () => {
  const database = useDatabase();
  const feed = new HandFeed(systemClock);
  let server: Server;
  before(async () => {
    server = await start(database, [], { feed });
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const say = (price: number) => sayPrice(server, feed, price * 100);

  /** Opened over HTTP, by somebody who is in no room. */
  async function opens(player: Player, path: string, body: object): Promise<string> {
    const key = { 'Idempotency-Key': newKey() };
    const { status, json } = await send(server, 'POST', path, player, { symbol: 'BTC/USDT', ...body }, key);
    assert.equal(status, 200, JSON.stringify(json));
    return (json.trade ?? json.binary).tradeId;
  }

  const trades = (player: Player, stopLoss: number) =>
    opens(player, '/trades/open', { amount: '0.01', stopLoss: String(stopLoss) });

  /** How many of these are over and paid. */
  async function untilPaid(player: Player, count: number): Promise<void> {
    const closed = async (path: string) =>
      (await send(server, 'GET', `${path}?status=closed`, player)).json.items.length as number;
    const deadline = performance.now() + 15_000;
    while ((await closed('/trades')) + (await closed('/binary')) < count) {
      assert.ok(performance.now() < deadline, 'they should be over by now');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all([server.desk.trades.idle(), server.desk.binaries.idle()]);
  }

  const missed = (...places: readonly Guest[]) =>
    places.flatMap(({ heard }) => heard).filter(({ body }) => body.missed === true);

  async function untold({ userId }: Player): Promise<readonly string[]> {
    const { rows } = await database.admin().query(
      `select id from trade where user_id = $1 and untold
        union all select id from binary_trade where user_id = $1 and untold`,
      [userId],
    );
    return rows.map(({ id }) => id);
  }

  it('S4-21 S4-40 is told on coming back, oldest first, each once, however many come at once', async () => {
    const ann = await newPlayer(server, 1_000_000);
    await say(50_000);
    const later = await trades(ann, 49_000);
    const first = await trades(ann, 49_500);
    const binary = await opens(ann, '/binary/open', { direction: 'UP', stake: 1_000, expirySeconds: 5 });
    await say(49_400);
    await say(48_900);
    await untilPaid(ann, 3);
    assert.equal((await untold(ann)).length, 3);
    const places = await Promise.all([1, 2, 3].map(() => enterAccount(server, ann)));
    await until(() => missed(...places).length === 3, 5_000, 'all three');
    const closed = missed(...places).filter(({ type }) => type === 'TRADE_CLOSED');
    const told = closed.map(({ body }) => TradeClosed.parse(body));
    const own = told.find(({ tradeId }) => tradeId === first);
    assert.deepEqual([own?.reason, own?.exitPrice, own?.pnl, own?.missed], ['STOP_LOSS', '49400.00', -600, true]);
    assert.deepEqual(told.map(({ tradeId }) => tradeId).sort(), [later, first].sort());
    const [{ body: resolved } = { body: null }] = missed(...places).filter(({ type }) => type === 'BINARY_RESOLVED');
    const { tradeId, result, exitPrice, payout } = BinaryResolved.parse(resolved);
    assert.deepEqual([tradeId, result, exitPrice, payout], [binary, 'LOSS', '48900.00', 0]);
    assert.deepEqual(await untold(ann), []);
    for (const place of places) await place.leaves();
  });

  it('is not told again where it was heard when it ended, in the desk’s room too, or its owner closed it', async () => {
    const ann = await newPlayer(server, 1_000_000);
    await say(50_000);
    const own = await trades(ann, 49_000);
    assert.equal(
      (await send(server, 'DELETE', `/trades/${own}`, ann, undefined, { 'Idempotency-Key': newKey() })).status,
      200,
    );
    for (const place of ['desk-main', 'account']) {
      await say(50_000);
      const guest = await enter(server, place, ann);
      if (place === 'account') await guest.hears('BALANCE_UPDATED');
      const trade = await trades(ann, 49_000);
      await say(48_900);
      const heard = await guest.hears('TRADE_CLOSED', ({ tradeId }) => tradeId === trade);
      assert.equal(heard.missed, undefined);
      await server.desk.trades.idle();
      await guest.leaves();
    }
    assert.deepEqual(await untold(ann), []);
  });

  it('is told on coming back also where its player seemed to be there, and heard nothing', async () => {
    const ann = await newPlayer(server, 1_000_000);
    await say(50_000);
    const trade = await trades(ann, 49_000);
    const binary = await opens(ann, '/binary/open', { direction: 'UP', stake: 1_000, expirySeconds: 5 });
    const silence = server.channels.lend({ reaches: (userId) => userId === ann.userId, speak: () => false });
    await say(48_900);
    await untilPaid(ann, 2);
    silence();
    assert.deepEqual((await untold(ann)).toSorted(), [trade, binary].toSorted());
    const guest = await enterAccount(server, ann);
    await until(() => missed(guest).length === 2, 5_000, 'both');
    await guest.leaves();
    assert.deepEqual(await untold(ann), []);
  });

  it('is kept for the next time where the connection ends over it', async () => {
    const ann = await newPlayer(server, 1_000_000);
    await say(50_000);
    const levels = [49_100, 49_700, 49_400];
    const opened = [];
    for (const level of levels) opened.push(await trades(ann, level));
    for (const price of [49_600, 49_300, 49_000]) await say(price);
    await untilPaid(ann, 3);
    const heard: string[] = [];
    const client = {
      state: ClientState.JOINED as ClientState,
      send(_type: string, { tradeId }: { readonly tradeId: string }) {
        heard.push(tradeId);
        client.state = ClientState.LEAVING;
      },
    };
    const deps = { database: database.pool(), clock: systemClock };
    await deliverMissedTrades(deps, client as unknown as Client, ann.userId);
    assert.deepEqual(heard, [opened[1]]);
    const guest = await enterAccount(server, ann);
    await until(() => missed(guest).length === 2, 5_000, 'the others');
    assert.deepEqual(
      missed(guest).map(({ body }) => body.tradeId),
      [opened[2], opened[0]],
    );
    await guest.leaves();
  });
});
