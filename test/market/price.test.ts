import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDecimal, parsePrice, printAmount, printDecimal, printPrice } from '../../src/market/price.ts';
import { findSymbol, SYMBOLS } from '../../src/market/symbols.ts';
import type { Price } from '../../src/money.ts';

const TWO = { priceScale: 2 };

describe('a price on the wire', () => {
  const read: readonly [text: string, steps: bigint | undefined][] = [
    ['42000', 4_200_000n],
    ['42000.0', 4_200_000n],
    ['42000.01', 4_200_001n],
    ['0.01', 1n],
    ['0.1', 10n],
    ['10000000000000000', 10n ** 18n],
    ['10000000000000000.01', undefined],
    ['999999999999999999.99', undefined],
    ['42000.001', undefined],
    ['42000.010', undefined],
    ['0', undefined],
    ['0.00', undefined],
    ['', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['007', undefined],
    ['+1', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['1,000', undefined],
    [' 1', undefined],
    ['1\n', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['٤', undefined],
    ['9'.repeat(19), undefined],
    ['9'.repeat(100_000), undefined],
  ];
  for (const [text, steps] of read) {
    it(`X-01 ${JSON.stringify(text.slice(0, 24))} is ${steps ?? 'none'}`, () => {
      assert.equal(parsePrice(text, TWO), steps);
    });
  }

  it('X-01 is printed with all its decimals', () => {
    const printed: readonly [steps: bigint, text: string][] = [
      [4_200_001n, '42000.01'],
      [4_200_000n, '42000.00'],
      [1n, '0.01'],
      [10n, '0.10'],
    ];
    for (const [steps, text] of printed) assert.equal(printPrice(steps as Price, TWO), text);
    assert.equal(printDecimal(42n, 0), '42');
  });

  it('X-01 is read as it was printed, whatever the scale', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 17n), fc.nat(18), (count, scale) => {
        assert.equal(parseDecimal(printDecimal(count, scale), scale), count);
        const amount = printAmount(count, { amountScale: scale });
        assert.equal(parseDecimal(amount, scale), count);
        assert.doesNotMatch(amount, /\.\d*0$|\.$/);
      }),
    );
  });
});

describe('the symbols', () => {
  it('S4-11 are found by the documents’ name and by the one without a slash', () => {
    for (const symbol of SYMBOLS) {
      assert.equal(findSymbol(symbol.id), symbol);
      assert.equal(findSymbol(symbol.name), symbol);
    }
    for (const other of ['btcusdt', 'BTC', 'DOGE/USDT', '', '__proto__']) assert.equal(findSymbol(other), undefined);
  });

  it('start at the documents’ base prices', () => {
    assert.deepEqual(
      SYMBOLS.map((symbol) => [symbol.id, printPrice(symbol.basePrice, symbol)]),
      [
        ['BTCUSDT', '42000.00'],
        ['ETHUSDT', '2200.00'],
        ['BNBUSDT', '320.00'],
      ],
    );
  });
});
