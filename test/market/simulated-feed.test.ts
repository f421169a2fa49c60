import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { commitmentOf, type ServerSeed } from '../../src/fairness/seed.ts';
import type { Tick } from '../../src/market/feed.ts';
import { type PublishedDay, type RevealedDay, ticksOfDay } from '../../src/market/simulated-day.ts';
import { type DayKeeper, SimulatedFeed } from '../../src/market/simulated-feed.ts';
import { SYMBOLS } from '../../src/market/symbols.ts';
import { type Day, startOf } from '../../src/market/walk.ts';
import { BTC, DAY, ETH, FakeClock, SEED, seedFrom } from './market-support.ts';

const MIDNIGHT = startOf(DAY);
const NEXT_DAY = '2026-11-27' as Day;

/** Keeps what a desk would keep in the database. */
class Keeper implements DayKeeper {
  readonly told: string[] = [];
  readonly published: PublishedDay[] = [];
  readonly revealed: RevealedDay[] = [];

  /** Another one, that knows as much. */
  copy(): Keeper {
    const copy = new Keeper();
    copy.told.push(...this.told);
    copy.published.push(...this.published);
    return copy;
  }

  seedOf(day: Day): ServerSeed {
    return day === DAY ? SEED : seedFrom(Number(day.slice(-2)));
  }

  lastOpened(): PublishedDay | undefined {
    return this.published.at(-1);
  }

  opened(day: PublishedDay): void {
    this.told.push(`opened ${day.day}`);
    this.published.push(day);
  }

  ended(day: RevealedDay): void {
    this.told.push(`ended ${day.day}`);
    this.revealed.push(day);
  }
}

function startedAt(at: number, days = new Keeper(), intervalMs = 2_000) {
  const made = madeAt(at, days, intervalMs);
  made.feed.start();
  return made;
}

function madeAt(at: number, days: Keeper, intervalMs = 2_000) {
  const clock = new FakeClock(at);
  const feed = new SimulatedFeed({ clock, symbols: SYMBOLS, days, intervalMs });
  const ticks: Tick[] = [];
  feed.subscribe((tick) => ticks.push(tick));
  const of = (symbol: string) => ticks.filter((tick) => tick.symbol === symbol);
  return { clock, feed, days, ticks, of };
}

describe('the simulated feed', () => {
  it('passes on a tick of every symbol every two seconds, the present ones at once', () => {
    const { clock, of, ticks, feed } = startedAt(MIDNIGHT + 5_000);
    assert.deepEqual(
      of(BTC).map(({ at, price, seq, feedId }) => [at, price, seq, feedId]),
      [[MIDNIGHT + 4_000, 4_201_340n, (MIDNIGHT + 4_000) / 2_000, 'simulated']],
    );
    clock.advance(5_000);
    assert.deepEqual(
      of(BTC).map(({ price }) => price),
      [4_201_340n, 4_201_075n, 4_201_971n, 4_201_844n],
    );
    assert.equal(ticks.length, 12);
    assert.deepEqual(feed.lastTick(ETH), of(ETH).at(-1));
    assert.equal(feed.health().ticks, 12);
    assert.ok(feed.health().symbols.every(({ isStale }) => !isStale));
  });

  it('publishes the commitment and all terms before the first tick, and goes on with them after a restart', () => {
    const { days, clock, feed, ticks } = startedAt(MIDNIGHT + 60_000);
    assert.deepEqual(days.told, [`opened ${DAY}`]);
    assert.equal(days.published[0]?.commitment, commitmentOf(SEED));
    assert.deepEqual(
      days.published[0]?.walks.map(({ openingPrice }) => openingPrice),
      [4_200_000n, 220_000n, 32_000n],
    );
    assert.deepEqual(feed.today, days.published[0]);
    clock.advance(10_000);
    feed.stop();
    const again = startedAt(MIDNIGHT + 60_000, days);
    again.clock.advance(10_000);
    assert.deepEqual(again.ticks, ticks);
    assert.deepEqual(days.told, [`opened ${DAY}`]);
  });

  it('reveals the seed at the end of the day; the next day goes on from its last price', () => {
    const { clock, days, of } = startedAt(MIDNIGHT + 86_400_000 - 4_000);
    clock.advance(8_000);
    assert.deepEqual(days.told, [`opened ${DAY}`, `ended ${DAY}`, `opened ${NEXT_DAY}`]);
    assert.deepEqual(
      of(BTC).map(({ at }) => at - MIDNIGHT - 86_400_000),
      [-4_000, -2_000, 0, 2_000, 4_000],
    );
    assert.equal(of(BTC)[2]?.price, 4_227_285n);
    assert.equal(days.published[1]?.walks[0]?.openingPrice, 4_227_285n);
    assert.notEqual(of(BTC)[3]?.price, of(BTC)[2]?.price);
  });

  it('shows what anybody can recompute from what was revealed', () => {
    const { clock, days, of } = startedAt(MIDNIGHT, new Keeper(), 3_600_000);
    clock.advance(86_400_000);
    const [revealed] = days.revealed;
    assert.ok(revealed);
    for (const { id } of SYMBOLS) {
      const shown = of(id).map(({ feedId: _, ...tick }) => tick);
      assert.deepEqual([...ticksOfDay(revealed, id)], shown.slice(1));
    }
    const other = { ...revealed, seed: '00'.repeat(32) };
    assert.throws(() => [...ticksOfDay(other, BTC)], /another one/);
    assert.throws(() => [...ticksOfDay({ ...revealed, walks: [] }, BTC)], /no price/);
  });

  it('after days of standing still ends the last day, and starts where that ended', () => {
    const days = new Keeper();
    startedAt(MIDNIGHT, days).feed.stop();
    const later = startedAt(MIDNIGHT + 3 * 86_400_000, days);
    assert.deepEqual(days.told, [`opened ${DAY}`, `ended ${DAY}`, 'opened 2026-11-29']);
    assert.equal(later.of(BTC)[0]?.price, 4_227_285n);
  });

  it('walks to the present a piece at a time, late in a day or after one that was left behind', async () => {
    const opened = new Keeper();
    startedAt(MIDNIGHT, opened, 500).feed.stop();
    const late = startedAt(MIDNIGHT + 86_000_000, new Keeper(), 500);
    for (const [days, ahead, plain] of [
      [new Keeper(), 86_000_000, late],
      [opened, 86_400_000, startedAt(MIDNIGHT + 86_400_000, opened.copy(), 500)],
    ] as const) {
      const made = madeAt(MIDNIGHT + ahead, days, 500);
      let turns = 0;
      let isOver = false;
      const others = (async () => {
        for (; !isOver; turns += 1) await nextTurn();
      })();
      await made.feed.prepare();
      isOver = true;
      await others;
      assert.ok(turns > 3 * 100, `${turns} turns`);
      assert.deepEqual([made.ticks, days.revealed], [[], plain.days.revealed]);
      made.clock.advance(10);
      made.feed.start();
      assert.deepEqual(made.ticks, plain.ticks);
      assert.deepEqual([days.told, days.published], [plain.days.told, plain.days.published]);
    }
  });

  it('is prepared as often as one likes', async () => {
    const { clock, feed, ticks } = startedAt(MIDNIGHT + 100_000);
    feed.stop();
    clock.advance(10_000);
    await feed.prepare();
    clock.advance(2_000);
    await feed.prepare();
    feed.start();
    assert.deepEqual(ticks.slice(-3), startedAt(MIDNIGHT + 112_000).ticks);
  });

  it('is not stale by the interval of tomorrow, while the day goes on with its own', () => {
    const days = new Keeper();
    startedAt(MIDNIGHT, days).feed.stop();
    const { clock, feed } = startedAt(MIDNIGHT + 4_000, days, 100);
    clock.advance(1_990);
    assert.ok(feed.health().symbols.every(({ isStale }) => !isStale));
  });

  it('passes on afterwards what was due while the process was held up, with the times it was due at', () => {
    const { clock, of, feed } = startedAt(MIDNIGHT);
    clock.jump(9_000);
    assert.deepEqual(
      of(BTC).map(({ at }) => at - MIDNIGHT),
      [0, 2_000, 4_000, 6_000, 8_000],
    );
    assert.equal(feed.health().late, 0);
  });

  it('S4-42 passes on what is due before a time is sealed, whichever timer runs first after a pause', () => {
    const { clock, of, feed } = startedAt(MIDNIGHT);
    clock.after(1, () => feed.sealThrough(BTC, MIDNIGHT + 6_000));
    clock.jump(9_000);
    assert.deepEqual(
      of(BTC).map(({ at }) => at - MIDNIGHT),
      [0, 2_000, 4_000, 6_000, 8_000],
    );
    assert.equal(feed.completeThrough(BTC), MIDNIGHT + 7_999);
    assert.equal(clock.waiting, 1);
  });

  it('S4-42 passes on every symbol’s tick, and each once, where a listener seals its time', () => {
    const { clock, ticks, feed } = startedAt(MIDNIGHT);
    feed.subscribe(({ symbol, at }) => feed.sealThrough(symbol, at));
    clock.jump(9_000);
    clock.advance(1_000);
    assert.equal(ticks.length, 3 * 6);
    assert.deepEqual([feed.health().late, feed.completeThrough(BTC), clock.waiting], [0, MIDNIGHT + 10_000, 1]);
  });

  it('passes on nothing once it is stopped, be it by a listener, and leaves no timer', () => {
    const { clock, feed, ticks } = startedAt(MIDNIGHT);
    feed.start();
    feed.subscribe(() => feed.stop());
    clock.advance(2_000);
    const count = ticks.length;
    clock.advance(60_000);
    assert.deepEqual([ticks.length, clock.waiting], [count, 0]);
    assert.ok(feed.health().symbols.every(({ isStale }) => isStale));
  });
});
