import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Candle } from '../../src/market/candle.ts';
import { insightsOf } from '../../src/market/insights.ts';
import { findSymbol } from '../../src/market/symbols.ts';
import type { Price } from '../../src/money.ts';

const BITCOIN = findSymbol('BTCUSDT') ?? assert.fail();
const COUNT = 60;

/** Candles whose closes follow from their number, each open at the close before, in steps of the price. */
function candles(closeOf: (index: number) => number, count = COUNT, wick = 0): readonly Candle[] {
  return Array.from({ length: count }, (_, index) => {
    const [open, close] = [BigInt(closeOf(Math.max(0, index - 1))), BigInt(closeOf(index))];
    const [high, low] = open > close ? [open, close] : [close, open];
    return {
      at: index * 60_000,
      open: open as Price,
      high: (high + BigInt(wick)) as Price,
      low: (low - BigInt(wick)) as Price,
      close: close as Price,
      ticks: 1,
    };
  });
}
function readings(list: readonly Candle[]) {
  const { trend, momentum, volatility, range } = insightsOf(BITCOIN, '1m', list);
  return [trend.reading, momentum.reading, volatility.reading, range.reading];
}

describe('the insights into a symbol', () => {
  const saw = (index: number) => 4_200_000 + (index % 2) * 1_000;
  const read: readonly [name: string, list: readonly Candle[], readings: readonly string[]][] = [
    ['a steady rise', candles((i) => 4_200_000 + i * 1_000), ['rising', 'overbought', 'usual', 'near-top']],
    ['a steady fall', candles((i) => 4_200_000 - i * 1_000), ['falling', 'oversold', 'usual', 'near-bottom']],
    ['no move at all', candles(() => 4_200_000), ['sideways', 'balanced', 'usual', 'inside']],
    ['a saw', candles(saw, 61), ['sideways', 'balanced', 'usual', 'near-bottom']],
    [
      'a move that began of late',
      candles((i) => 4_200_000 + (i < 50 ? i % 2 : (i % 2) * 5_000), 60),
      ['', '', 'lively', ''],
    ],
    [
      'a move that has ended',
      candles((i) => 4_200_000 + (i < 30 ? (i % 2) * 5_000 : 0), 60),
      ['', '', 'calm', 'inside'],
    ],
  ];
  for (const [name, list, expected] of read) {
    it(`S4-51 of ${name} are ${expected.filter(Boolean).join(', ')}`, () => {
      const found = readings(list);
      for (const [index, reading] of expected.entries()) if (reading) assert.equal(found[index], reading);
    });
  }

  it('S4-51 say in words what they read, with the numbers behind it', () => {
    const insights = insightsOf(
      BITCOIN,
      '5m',
      candles((i) => 4_200_000 + i * 1_000),
    );
    assert.deepEqual(
      [insights.symbol, insights.interval, insights.candles, insights.price],
      ['BTCUSDT', '5m', COUNT, '42590.00'],
    );
    assert.equal(insights.trend.words, 'The price is rising: its average over 9 candles is above that over 21.');
    assert.equal(
      insights.momentum.words,
      'Over 14 candles the price has risen much more than it has fallen: a relative strength of 100 out of 100.',
    );
    assert.equal(insights.range.words, 'The price is near the top of its range over 20 candles, 42390.00 to 42590.00.');
    assert.deepEqual(insights.range.numbers, { high: '42590.00', low: '42390.00', positionPercent: '100.00' });
    assert.equal(insights.volatility.words, 'A candle moves 0.023 % of the price of late, about as much as before.');
    assert.deepEqual(Object.keys(insights.trend.numbers), ['fastAverage', 'slowAverage', 'gapPercent']);
    assert.equal(insights.momentum.numbers.relativeStrength, '100.00');
  });

  it('S4-51 say that they do not know while there are too few candles, each by itself', () => {
    assert.equal(insightsOf(BITCOIN, '1m', []).price, undefined);
    for (const [count, known] of [
      [0, 0],
      [14, 0],
      [15, 1],
      [20, 2],
      [21, 3],
      [27, 3],
      [28, 4],
    ] as const) {
      const found = readings(candles((i) => 4_200_000 + i * 1_000, count));
      assert.equal(found.filter((reading) => reading !== 'unknown').length, known, `${count} candles`);
    }
    assert.equal(insightsOf(BITCOIN, '1m', []).trend.words, 'It takes 21 candles to say; there are 0.');
  });

  it('are decimal strings and whole sentences, whatever the candles', () => {
    const close = fc.integer({ min: 2, max: 10_000_000 });
    fc.assert(
      fc.property(fc.array(close, { maxLength: 80 }), (closes) => {
        const insights = insightsOf(
          BITCOIN,
          '1h',
          candles((i) => closes[i] ?? 2, closes.length, 1),
        );
        for (const { words, numbers } of [insights.trend, insights.momentum, insights.volatility, insights.range]) {
          assert.match(words, /^[A-Z].*\.$/);
          for (const number of Object.values(numbers)) assert.match(number, /^-?\d+\.\d+$/);
        }
      }),
    );
  });
});
