import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import type { SymbolId } from '../../src/ids.ts';
import type { Server } from '../../src/server.ts';
import { limitOf, postExclusion, putLimits } from '../journeys/protection-support.ts';
import { assertBooks, get, newKey, newPlayer, type Player, send, start, until } from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { useDatabase } from '../support/database.ts';

const BTC = 'BTCUSDT' as SymbolId;
const TRADE = { symbol: 'BTC/USDT', amount: '0.001' }; // its margin: 500
const BINARY = { symbol: 'BTC/USDT', direction: 'UP', stake: 500, expirySeconds: 60 };

describe('one’s own at the trading desk', () => {
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
  beforeEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2)); // no two ticks in one millisecond
    const at = Date.now();
    feed.say(BTC, 5_000_000, at);
    await until(() => server.market.lastTick(BTC)?.at === at, 10_000, 'a price');
  });

  /** What opening is answered. */
  async function opens(player: Player, path: string, body: object, key = newKey()) {
    const { status, json } = await send(server, 'POST', path, player, body, { 'Idempotency-Key': key });
    return { code: json.error?.code ?? status, tradeId: (json.trade ?? json.binary)?.tradeId as string };
  }

  for (const [path, body, other] of [
    ['/trades/open', TRADE, { ...TRADE, amount: '0.0012' }],
    ['/binary/open', BINARY, { ...BINARY, stake: 600 }],
  ] as const) {
    it(`limits hold for ${path}, and what they refuse stays refused under its key`, async () => {
      const ann = await newPlayer(server, 100_000);
      await putLimits(server, ann, { limits: [{ kind: 'wager', period: '24h', amount: 1_000 }] });
      assert.equal((await opens(ann, path, body)).code, 200);
      const key = newKey();
      assert.equal((await opens(ann, path, other, key)).code, 'PLAYER_LIMIT');
      assert.equal((await limitOf(server, ann, 'wager', '24h')).used, 500);
      assert.equal((await opens(ann, path, body)).code, 200, 'as much as is left');
      assert.equal((await opens(ann, path, other, key)).code, 'PLAYER_LIMIT');
      const { total, held } = await get(server, '/wallets/me', ann);
      assert.deepEqual([total, held], path === '/trades/open' ? [100_000, 1_000] : [99_000, 0]);
    });

    it(`who is excluded opens nothing at ${path}, and can close what is open`, async () => {
      const ann = await newPlayer(server, 100_000);
      const { tradeId } = await opens(ann, '/trades/open', TRADE);
      assert.equal((await postExclusion(server, ann, { kind: 'time-out', hours: 24 })).status, 200);
      assert.equal((await opens(ann, path, body)).code, 'SELF_EXCLUDED');
      const key = { 'Idempotency-Key': newKey() };
      assert.equal((await send(server, 'DELETE', `/trades/${tradeId}`, ann, undefined, key)).status, 200);
      const { real, held } = await get(server, '/wallets/me', ann);
      assert.deepEqual([real, held], [100_000, 0]);
    });
  }

  for (const [list, path, body] of [
    ['/trades', '/trades/open', TRADE],
    ['/binary', '/binary/open', BINARY],
  ] as const) {
    it(`${list} comes page by page, newest first, each once`, async () => {
      const ann = await newPlayer(server, 100_000);
      const opened: string[] = [];
      for (let count = 0; count < 5; count += 1) opened.push((await opens(ann, path, body)).tradeId);
      const seen: string[] = [];
      const pages: number[] = [];
      for (let cursor = ''; cursor !== 'null'; ) {
        const page = await get(server, `${list}?limit=2${cursor && `&cursor=${cursor}`}`, ann);
        seen.push(...page.items.map(({ tradeId }: { tradeId: string }) => tradeId));
        pages.push(page.items.length);
        cursor = `${page.nextCursor}`;
      }
      assert.deepEqual(seen, opened.toReversed());
      assert.deepEqual(pages, [2, 2, 1]);
      assert.equal((await get(server, `${list}?cursor=7`, ann)).error.code, 'INVALID_REQUEST');
    });
  }
});
