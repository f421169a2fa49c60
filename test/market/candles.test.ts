import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Candle, INTERVALS, type Interval, mergeCandles } from '../../src/market/candle.ts';
import { CANDLES_MAX, Candles } from '../../src/market/candles.ts';
import type { Tick } from '../../src/market/feed.ts';
import type { Price } from '../../src/money.ts';
import { BTC } from './market-support.ts';

/** A multiple of an hour. */
const HOUR = 1_699_999_200_000;

/** `ticks('0:100 999:105')`: milliseconds after the hour, and prices. */
function ticks(text: string): readonly Tick[] {
  return text.split(' ').map((one, seq) => {
    const [afterMs, price] = one.split(':');
    return { symbol: BTC, price: BigInt(price ?? '') as Price, at: HOUR + Number(afterMs), seq, feedId: 'test' };
  });
}
function candlesOf(list: readonly Tick[]): Candles {
  const candles = new Candles();
  for (const tick of list) candles.add(tick);
  return candles;
}
/** `60000: 100 105 99 101 (3)`: begin, open, high, low, close, ticks. */
function shown(candles: readonly Candle[]): readonly string[] {
  return candles.map(
    ({ at, open, high, low, close, ticks: count }) => `${at - HOUR}: ${open} ${high} ${low} ${close} (${count})`,
  );
}

describe('the candles of a symbol', () => {
  it('are open, high, low, close and count of the ticks of each interval, aligned to the epoch', () => {
    const candles = candlesOf(ticks('500:100 600:105 700:99 999:101 1000:102 59999:90 60000:110'));
    assert.deepEqual(shown(candles.recent('1s', 2, HOUR + 1_999)), [
      '0: 100 105 99 101 (4)',
      '1000: 102 102 102 102 (1)',
    ]);
    assert.deepEqual(shown(candles.recent('1m', 9, HOUR + 60_000)), [
      '0: 100 105 90 90 (6)',
      '60000: 110 110 110 110 (1)',
    ]);
    for (const interval of ['5m', '1h'] as const) {
      assert.deepEqual(shown(candles.recent(interval, 1, HOUR + 61_000)), ['0: 100 110 90 110 (7)']);
    }
  });

  it('are flat at the last close where there were no ticks, until now, and none before the first tick', () => {
    const candles = candlesOf(ticks('1000:100 1100:101 4000:103'));
    assert.deepEqual(shown(candles.recent('1s', 100, HOUR + 6_500)), [
      '1000: 100 101 100 101 (2)',
      '2000: 101 101 101 101 (0)',
      '3000: 101 101 101 101 (0)',
      '4000: 103 103 103 103 (1)',
      '5000: 103 103 103 103 (0)',
      '6000: 103 103 103 103 (0)',
    ]);
    assert.deepEqual(shown(candles.recent('1s', 2, HOUR + 3_000)), [
      '2000: 101 101 101 101 (0)',
      '3000: 101 101 101 101 (0)',
    ]);
    assert.deepEqual(candles.recent('1s', 2, HOUR), []);
    assert.deepEqual(new Candles().recent('1m', 10, HOUR), []);
  });

  it('do not count late ticks in, nor one twice', () => {
    const list = ticks('5000:100 4999:1 5000:200');
    const candles = candlesOf([...list, ...list]);
    assert.deepEqual(shown(candles.recent('1s', 1, HOUR + 5_000)), ['5000: 100 200 100 200 (2)']);
    assert.equal(candles.late, 4);
  });

  it('are kept up to a limit, however many there were', () => {
    const candles = candlesOf(
      ticks(Array.from({ length: 5_000 }, (_, index) => `${index * 1_000}:${index + 1}`).join(' ')),
    );
    const recent = candles.recent('1s', CANDLES_MAX, HOUR + 4_999_000);
    assert.equal(recent.length, CANDLES_MAX);
    assert.deepEqual(shown(recent.slice(0, 1)), ['4000000: 4001 4001 4001 4001 (1)']);
    for (const limit of [0, 1.5, CANDLES_MAX + 1, Number.NaN]) {
      assert.throws(() => candles.recent('1s', limit, HOUR), RangeError);
    }
  });

  const feed = fc
    .array(fc.record({ afterMs: fc.nat(3_600_000), price: fc.bigInt(1n, 1_000n) }), { minLength: 1, maxLength: 80 })
    .map((list) => list.sort((one, other) => one.afterMs - other.afterMs))
    .map((list) => ticks(list.map(({ afterMs, price }) => `${afterMs}:${price}`).join(' ')));

  const pairs: readonly [Interval, Interval][] = [
    ['1m', '5m'],
    ['1m', '1h'],
    ['5m', '1h'],
  ];
  for (const [short, long] of pairs) {
    it(`of ${short} put together are those of ${long}, with the flat ones or without`, () => {
      fc.assert(
        fc.property(feed, (list) => {
          const candles = candlesOf(list);
          const until = HOUR + 3_600_000 - 1;
          const shorts = candles.recent(short, 3_600_000 / INTERVALS[short], until);
          const longs = candles.recent(long, 3_600_000 / INTERVALS[long], until);
          assert.deepEqual(mergeCandles(shorts, INTERVALS[long]), longs);
          const withTicks = (all: readonly Candle[]) => all.filter((candle) => candle.ticks > 0);
          assert.deepEqual(mergeCandles(withTicks(shorts), INTERVALS[long]), withTicks(longs));
        }),
      );
    });
  }

  it('of a second put together are those of a minute', () => {
    fc.assert(
      fc.property(feed, (list) => {
        const near = list.map((tick) => ({ ...tick, at: HOUR + Math.floor((tick.at - HOUR) / 4) }));
        const candles = candlesOf(near);
        const until = HOUR + 900_000 - 1;
        const seconds = candles.recent('1s', 900, until);
        assert.deepEqual(mergeCandles(seconds, INTERVALS['1m']), candles.recent('1m', 15, until));
      }),
    );
  });

  it('are what the ticks say, read off them one by one', () => {
    fc.assert(
      fc.property(feed, fc.constantFrom<Interval>('1m', '5m', '1h'), (list, interval) => {
        for (const candle of candlesOf(list).recent(interval, 60, HOUR + 3_599_999)) {
          const inside = list.filter(({ at }) => at >= candle.at && at < candle.at + INTERVALS[interval]);
          const prices = inside.map(({ price }) => price).sort((one, other) => Number(one - other));
          assert.equal(candle.ticks, inside.length);
          if (inside.length === 0) continue;
          assert.deepEqual(
            [candle.open, candle.high, candle.low, candle.close],
            [inside[0]?.price, prices.at(-1), prices[0], inside.at(-1)?.price],
          );
        }
      }),
    );
  });
});
