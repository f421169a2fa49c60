import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Tick } from '../../src/market/feed.ts';
import { parseRecording, printRecording, type RecordedTick, SHIPPED_RECORDING } from '../../src/market/recording.ts';
import { ReplayFeed, type ReplayFeedOptions } from '../../src/market/replay-feed.ts';
import { SYMBOLS } from '../../src/market/symbols.ts';
import { walkOf } from '../../src/market/walk.ts';
import { DAY, FakeClock, SEED } from './market-support.ts';

const NOW = 1_700_000_000_000;
const HEADER = 'after_ms,symbol,price';

function recorded(...lines: readonly string[]): readonly RecordedTick[] {
  const recording = parseRecording([HEADER, ...lines].join('\n'), SYMBOLS);
  assert.ok(recording.ok);
  return recording.ticks;
}

describe('a recording', () => {
  const wrong: readonly [name: string, text: string, errors: readonly string[]][] = [
    ['nothing', '', ['1: the header must be after_ms,symbol,price', '2: there are no ticks']],
    ['no ticks', HEADER, ['2: there are no ticks']],
    ['another header', 'a,b,c\n0,BTCUSDT,1', ['1: the header must be after_ms,symbol,price']],
    ['an empty line', `${HEADER}\n0,BTCUSDT,1\n\n1,BTCUSDT,1`, ['3: a line has three fields']],
    ['too many fields', `${HEADER}\n0,BTCUSDT,1,2`, ['2: a line has three fields']],
    ['no time', `${HEADER}\n,BTCUSDT,1\n-1,BTCUSDT,1`, ['2: nothing is no time in milliseconds', '3: -1 is no time']],
    ['times that go back', `${HEADER}\n5,BTCUSDT,1\n4,BTCUSDT,1`, ['3: 4 lies before the line above']],
    ['another symbol', `${HEADER}\n0,DOGEUSDT,1`, ['2: there is no symbol DOGEUSDT']],
    ['no price', `${HEADER}\n0,BTCUSDT,\n0,BTCUSDT,1.234`, ['2: nothing is no price', '3: 1.234 is no price of BTC']],
  ];
  for (const [name, text, errors] of wrong) {
    it(`with ${name} is refused, each wrong line with its number`, () => {
      const recording = parseRecording(text, SYMBOLS);
      const found = recording.ok ? [] : recording.errors.map(({ line, reason }) => `${line}: ${reason}`);
      assert.equal(found.length, errors.length);
      for (const [index, error] of errors.entries()) assert.equal(found[index]?.startsWith(error), true, found.join());
    });
  }

  it('is read as it was printed, with any line ends', () => {
    const ticks = recorded('0,BTCUSDT,42000.01', '0,ETHUSDT,2200', '7,BTCUSDT,42000.00');
    const text = printRecording(ticks, SYMBOLS);
    for (const same of [text, text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
      assert.deepEqual(parseRecording(same, SYMBOLS), { ok: true, ticks });
    }
    assert.throws(() => printRecording(ticks, []), /no symbol/);
  });

  it('that is shipped is what README.md says it is, byte for byte', () => {
    const walks = SYMBOLS.map((symbol) => {
      const { id, basePrice, annualVolatility, annualDrift } = symbol;
      return walkOf(SEED, DAY, {
        symbol: id,
        openingPrice: basePrice,
        annualVolatility,
        annualDrift,
        intervalMs: 2_000,
      });
    });
    const ticks = Array.from({ length: 700 }, (_, index) =>
      SYMBOLS.flatMap(({ id }, at): readonly RecordedTick[] => {
        const price = walks[at]?.(index + 1);
        return price === undefined ? [] : [{ symbol: id, afterMs: index * 2_000, price }];
      }),
    ).flat();
    assert.equal(readFileSync(SHIPPED_RECORDING, 'utf8'), printRecording(ticks, SYMBOLS));
  });
});

describe('the replay feed', () => {
  const ticks = recorded('0,BTCUSDT,1', '0,ETHUSDT,2', '2000,BTCUSDT,3', '4000,BTCUSDT,4');

  function replay(options: Partial<ReplayFeedOptions> = {}) {
    const clock = new FakeClock(NOW);
    const feed = new ReplayFeed({ clock, ticks, ...options });
    const passed: Tick[] = [];
    feed.subscribe((tick) => passed.push(tick));
    feed.start();
    return { clock, feed, passed, shown: () => passed.map(({ at, price }) => [at - NOW, Number(price) / 100]) };
  }

  it('passes on every tick at its time, then falls silent', () => {
    const { clock, feed, passed, shown } = replay();
    assert.deepEqual(shown(), [
      [0, 1],
      [0, 2],
    ]);
    clock.advance(3_999);
    assert.deepEqual(shown().at(-1), [2_000, 3]);
    clock.advance(1);
    assert.deepEqual(shown().at(-1), [4_000, 4]);
    assert.equal(passed.length, 4);
    assert.equal(clock.waiting, 0);
    clock.advance(60_000);
    assert.ok(feed.health().symbols.every(({ isStale }) => isStale));
    assert.equal(feed.lastTick(ticks[0]?.symbol ?? ('' as never))?.price, 400n);
  });

  it('is faster where that is asked for', () => {
    const { clock, shown } = replay({ speed: 10 });
    clock.advance(400);
    assert.deepEqual(shown().slice(2), [
      [200, 3],
      [400, 4],
    ]);
  });

  it('begins again at the end where that is asked for, with times and numbers that go on', () => {
    const { clock, passed, shown, feed } = replay({ loop: true });
    clock.advance(5_333 + 4_000);
    assert.deepEqual(shown().slice(4), [
      [5_333, 1],
      [5_333, 2],
      [7_333, 3],
      [9_333, 4],
    ]);
    assert.ok(passed.every(({ seq }, index) => index === 0 || seq === (passed[index - 1]?.seq ?? 0) + 1));
    assert.equal(feed.health().late, 0);
  });

  it('begins anew when it is started again, be it stopped by a listener', () => {
    const { clock, feed, passed } = replay();
    feed.start();
    const end = feed.subscribe(() => feed.stop());
    clock.advance(10_000);
    assert.deepEqual([passed.length, clock.waiting], [3, 0]);
    end();
    feed.start();
    clock.advance(10_000);
    assert.equal(passed.length, 7);
    assert.deepEqual(
      passed.slice(3).map(({ price }) => price),
      [100n, 200n, 300n, 400n],
    );
  });

  it('S4-42 passes on nothing from before the time that is sealed', () => {
    const { clock, feed, passed } = replay();
    for (const { symbol } of ticks) feed.sealThrough(symbol, NOW + 2_000);
    clock.advance(4_000);
    assert.deepEqual([passed.length, feed.health().late], [3, 1]);
    assert.equal(feed.completeThrough(ticks[0]?.symbol ?? ('' as never)), NOW + 3_999);
  });

  it('needs ticks and a speed', () => {
    assert.throws(() => replay({ ticks: [] }), RangeError);
    for (const speed of [0, -1, Number.NaN]) assert.throws(() => replay({ speed }), RangeError);
  });
});
