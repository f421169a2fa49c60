import assert from 'node:assert/strict';
import type { Tick } from '../../src/market/feed.ts';
import { ticksBetween } from '../../src/market/tick-store.ts';
import type { Fate } from '../wallet/proxy.ts';
import { NOON, until, useMarket, written } from './market-house.ts';
import { BTC, ETH, FakeClock } from './market-support.ts';

describe('the market', () => {
  const { database, open, logged } = useMarket();

  it('passes a tick on only once it is in the log (S4-53)', async () => {
    const { market, feed, proxy, heard, clock } = await open();
    market.start();
    proxy.fateOf = () => 'hold';
    clock.advance(1_000);
    feed.say(BTC, 100);
    feed.say(ETH, 200);
    await until('the commit is on its way', () => proxy.commits === 1);
    assert.deepEqual([heard, market.lastTick(BTC), market.candles(BTC, '1m', 5)], [[], undefined, []]);
    assert.deepEqual(await logged(), []);
    assert.equal(market.completeThrough(BTC), NOON, 'what is on its way may still follow');
    assert.equal(market.health().waiting, 2);
    proxy.release();
    await until('it is heard', () => heard.length > 0);
    assert.deepEqual(heard.flat().map(written), await logged());
    assert.deepEqual(market.lastTick(BTC), heard[0]?.[0]);
    assert.equal(market.completeThrough(BTC), NOON + 999);
    assert.deepEqual([market.health().waiting, market.health().written], [0, 2]);
  });

  it('passes on nothing while the database is away, and afterwards everything, in order', async () => {
    const { market, feed, proxy, heard, clock } = await open();
    market.start();
    proxy.isAway = true;
    proxy.cut();
    for (let second = 1; second <= 10; second += 1) {
      clock.advance(1_000);
      feed.say(BTC, 100 + second);
    }
    await until('it was tried', () => clock.waiting > 0);
    assert.deepEqual([heard, await logged(), market.isReady], [[], [], false]);
    proxy.isAway = false;
    await until('it is there', () => {
      clock.advance(0);
      if (clock.waiting > 0) clock.advance(5_000);
      return heard.flat().length === 10;
    });
    assert.deepEqual(heard.flat().map(written), await logged());
    assert.deepEqual(
      heard.flat().map(({ price }) => price),
      [101n, 102n, 103n, 104n, 105n, 106n, 107n, 108n, 109n, 110n],
    );
  });

  it('loses and doubles nothing, whatever becomes of its commits', async () => {
    const { market, feed, proxy, heard, clock } = await open();
    market.start();
    const seen: Promise<void>[] = [];
    market.onTicks((ticks) => {
      seen.push(logged().then((log) => assert.ok(ticks.every((tick) => log.includes(written(tick))))));
    });
    const fates: Fate[] = ['pass', 'lose-reply', 'lose-request', 'lose-reply', 'pass', 'lose-request'];
    proxy.fateOf = (commit) => fates[commit % fates.length] ?? 'pass';
    const said: string[] = [];
    const wait = () => {
      clock.advance(100);
      return heard.flat().length;
    };
    for (let tick = 1; tick <= 60; tick += 1) {
      clock.advance(17_000);
      const symbol = tick % 3 === 0 ? ETH : BTC;
      feed.say(symbol, 1_000 + tick, clock.now(), tick);
      said.push(`${symbol} ${clock.now()} ${tick} ${1_000 + tick}`);
      if (tick % 5 === 0) await until('some are written', () => wait() > tick - 10);
    }
    await until('all are written', () => wait() === 60);
    await Promise.all(seen);
    assert.deepEqual(heard.flat().map(written), said);
    assert.deepEqual(await logged(), said);
  });

  it('writes at most a thousand ticks at once, and collects while it writes', async () => {
    const { market, feed, proxy, heard } = await open();
    market.start();
    const held = [true];
    proxy.fateOf = () => (held.pop() ? 'hold' : 'pass');
    feed.say(BTC, 100, NOON + 1);
    await until('the first is on its way', () => proxy.commits === 1);
    for (let tick = 2; tick <= 2_500; tick += 1) feed.say(BTC, 100, NOON + tick);
    assert.equal(heard.length, 0);
    proxy.release();
    await until('all are written', () => heard.flat().length === 2_500);
    assert.deepEqual(
      heard.map(({ length }) => length),
      [1, 1_000, 1_000, 499],
    );
    assert.equal((await ticksBetween(database.pool(), BTC, NOON + 2, NOON + 11, 100)).length, 10);
    const page = await ticksBetween(database.pool(), BTC, NOON, NOON + 10, 4);
    const next = await ticksBetween(database.pool(), BTC, NOON, NOON + 10, 100, page.at(-1));
    assert.deepEqual([...page, ...next], await ticksBetween(database.pool(), BTC, NOON, NOON + 10, 100));
  });

  it('takes nothing from before its start, and nothing that is not later than its log', async () => {
    const first = await open();
    first.market.start();
    first.feed.say(BTC, 1, NOON);
    first.clock.advance(500);
    first.feed.say(BTC, 2);
    await until('it is written', () => first.heard.length === 1);
    assert.equal(first.market.health().late, 1);
    await first.close();

    const second = await open({ clock: new FakeClock(NOON - 60_000) });
    assert.deepEqual([second.market.lastTick(BTC), second.market.completeThrough(BTC)], [undefined, NOON + 499]);
    second.market.start();
    second.feed.say(BTC, 3, NOON + 400);
    second.feed.say(BTC, 4, NOON + 500, 1);
    second.feed.say(ETH, 5, NOON - 50_000);
    second.feed.say(BTC, 6, NOON + 501);
    await until('they are written', () => second.heard.flat().length === 2);
    assert.deepEqual(
      second.heard.flat().map(({ price }) => price),
      [5n, 6n],
    );
    assert.equal(second.market.health().late, 2);
  });

  it('writes no more once another one has taken the log', async () => {
    const first = await open();
    first.market.start();
    first.feed.say(BTC, 1, NOON + 1);
    await until('it is written', () => first.heard.length === 1);
    const second = await open();
    second.market.start();
    first.feed.say(BTC, 2, NOON + 2);
    const sealed = first.market.sealThrough(BTC, NOON + 10);
    second.feed.say(BTC, 3, NOON + 3);
    await assert.rejects(sealed, /ended/);
    await until('the other one writes', () => second.heard.length === 1);
    assert.deepEqual([first.heard.length, first.market.isReady, first.feed.isRunning], [1, false, false]);
    assert.deepEqual(
      (await ticksBetween(database.pool(), BTC, 0, NOON + 9, 9)).map(({ price }) => price),
      [1n, 3n],
    );
  });

  it('says what can follow no more, and seals what is silent once all before is durable (S4-42)', async () => {
    const { market, feed, proxy, heard, clock } = await open();
    market.start();
    assert.deepEqual([market.completeThrough(BTC), market.completeThrough(ETH)], [NOON, NOON]);
    clock.advance(3_000);
    await market.sealThrough(BTC, NOON + 2_000);
    assert.deepEqual([market.completeThrough(BTC), market.completeThrough(ETH)], [NOON + 2_000, NOON]);
    proxy.fateOf = () => 'hold';
    feed.say(BTC, 100);
    let isSealed = false;
    const sealing = market.sealThrough(ETH, NOON + 5_000).then(() => {
      isSealed = true;
    });
    await until('the commit is on its way', () => proxy.commits === 1);
    assert.deepEqual([isSealed, market.completeThrough(ETH)], [false, NOON]);
    proxy.release();
    await sealing;
    assert.equal(heard.flat().length, 1);
    assert.deepEqual([market.completeThrough(BTC), market.completeThrough(ETH)], [NOON + 2_999, NOON + 5_000]);
    feed.say(ETH, 101, NOON + 5_000);
    assert.equal(market.health().late, 1);
    await market.sealThrough(ETH, NOON + 4_000);
  });

  it('remembers the last minutes, and says where it does not', async () => {
    const { market, feed, heard, clock } = await open();
    market.start();
    const start = { at: NOON, seq: 0 };
    assert.deepEqual(market.ticksSince(BTC, start), []);
    for (let tick = 1; tick <= 1_000; tick += 1) {
      clock.advance(1_000);
      feed.say(BTC, tick, clock.now(), tick);
    }
    await until('all are written', () => heard.flat().length === 1_000);
    assert.equal(market.ticksSince(BTC, start), undefined);
    const since = (seq: number) => market.ticksSince(BTC, { at: NOON + seq * 1_000, seq })?.map(({ seq: one }) => one);
    assert.deepEqual(since(999), [1_000]);
    assert.deepEqual(since(1_000), []);
    assert.equal(since(699)?.length, 301);
    assert.equal(since(698), undefined);
    const { market: again } = await open({ clock });
    assert.deepEqual(again.ticksSince(BTC, { at: NOON + 1_000_000, seq: 1_000 }), []);
    assert.equal(again.ticksSince(BTC, { at: NOON + 999_000, seq: 999 }), undefined);
  });

  it('goes on when a listener throws, and hears no listener that has ended', async () => {
    const { market, feed, heard } = await open();
    market.start();
    const others: Tick[] = [];
    market.onTicks(() => assert.fail('a listener that throws'));
    const end = market.onTicks((ticks) => others.push(...ticks));
    feed.say(BTC, 1, NOON + 1);
    await until('it is written', () => heard.length === 1);
    end();
    feed.say(BTC, 2, NOON + 2);
    await until('it is written', () => heard.length === 2);
    assert.equal(others.length, 1);
  });

  it('says by how much a price has changed since the first one of its day', async () => {
    const { market, feed, heard, clock } = await open();
    market.start();
    assert.equal(market.changeOf(BTC), undefined);
    const changes: (string | undefined)[] = [];
    for (const price of [42_000, 42_000, 42_131, 41_475, 41_999]) {
      clock.advance(1_000);
      feed.say(BTC, price);
      await until('it is written', () => market.lastTick(BTC)?.at === clock.now());
      changes.push(market.changeOf(BTC));
    }
    assert.deepEqual(changes, ['0.00', '0.00', '+0.31', '-1.25', '0.00']);
    clock.advance(86_400_000);
    feed.say(BTC, 84_000);
    await until('it is written', () => heard.flat().length === 6);
    assert.equal(market.changeOf(BTC), '0.00');
  });

  it('writes what was heard before it stops, and nothing that comes then', async () => {
    const { market, feed, heard } = await open();
    market.start();
    feed.say(BTC, 1, NOON + 1);
    const stopped = market.stop();
    feed.say(BTC, 2, NOON + 2);
    await stopped;
    assert.equal(heard.flat().length, 1);
    assert.equal((await logged()).length, 1);
    await assert.rejects(market.sealThrough(BTC, NOON + 9), /ended/);
  });
});
