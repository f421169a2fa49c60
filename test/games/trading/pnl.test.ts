import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minorPerStep, type Quantity } from '../../../src/games/trading/instrument.ts';
import { marginFor, notionalOf, pnlAt, type Side, uncappedPnl } from '../../../src/games/trading/pnl.ts';
import type { Minor, Price } from '../../../src/money.ts';
import { anyPrice, anyTrade, BTC, price, quantity } from './trading-support.ts';

function pnl(side: Side, amount: string, entry: string, exit: string): bigint {
  return uncappedPnl({ instrument: BTC, side, amount: quantity(amount), entryPrice: price(entry) }, price(exit));
}

describe('what a trade gains', () => {
  it('S4-19 is (51,000 − 50,000) × 100 = 100,000 units, 10,000,000 minor units, in the documents’ example', () => {
    assert.equal(pnl('LONG', '100', '50000', '51000'), 10_000_000n);
    assert.equal(pnl('SHORT', '100', '50000', '51000'), -10_000_000n);
  });

  const rounded: readonly [side: Side, amount: string, entry: string, exit: string, minorUnits: bigint][] = [
    ['LONG', '0.5', '42000', '42000.01', 0n],
    ['LONG', '0.5', '42000', '41999.99', 0n],
    ['LONG', '1.5', '42000', '42000.01', 1n],
    ['LONG', '1.5', '42000', '41999.99', -1n],
    ['SHORT', '1.99999999', '42000', '41999.99', 1n],
    ['SHORT', '1.99999999', '42000', '42000.01', -1n],
    ['LONG', '0.00000001', '42000', '99999999.99', 99n],
  ];
  for (const [side, amount, entry, exit, minorUnits] of rounded) {
    it(`S4-19 is rounded toward zero: ${side} ${amount} from ${entry} to ${exit} is ${minorUnits}`, () => {
      assert.equal(pnl(side, amount, entry, exit), minorUnits);
    });
  }

  it('S4-16 is for SHORT what it is not for LONG', () => {
    fc.assert(
      fc.property(anyTrade, anyPrice, ({ instrument, amount, entryPrice }, exit) => {
        const of = (side: Side) => uncappedPnl({ instrument, side, amount, entryPrice }, exit);
        assert.equal(of('LONG'), -of('SHORT'));
      }),
    );
  });

  it('S4-24 is never below −margin nor above what the house has reserved, and else what it is', () => {
    fc.assert(
      fc.property(anyTrade, anyPrice, (stake, exit) => {
        const [capped, plain] = [pnlAt(stake, exit), uncappedPnl(stake, exit)];
        assert.ok(capped >= -stake.margin && capped <= notionalOf(stake));
        if (plain >= -stake.margin && plain <= notionalOf(stake)) assert.equal(capped, plain);
      }),
    );
  });

  it('S4-24 is limited for a LONG where the price doubles, for a SHORT by itself', () => {
    const stake = { instrument: BTC, amount: quantity('1'), entryPrice: price('50000'), margin: 500_000n as Minor };
    assert.equal(pnlAt({ ...stake, side: 'LONG' }, price('100000.01')), 5_000_000n);
    assert.equal(pnlAt({ ...stake, side: 'SHORT' }, price('0.01')), 4_999_999n);
    assert.equal(pnlAt({ ...stake, side: 'LONG' }, price('40000')), -500_000n);
    assert.equal(pnlAt({ ...stake, side: 'SHORT' }, price('60000')), -500_000n);
  });
});

describe('the margin of a trade', () => {
  it('S4-17 is its value divided by the leverage, rounded up once', () => {
    const margin = (amount: string, at: string, leverage: number) =>
      marginFor(BTC, quantity(amount), price(at), leverage);
    assert.equal(margin('100', '50000', 10), 50_000_000n);
    assert.equal(margin('1', '42000.01', 10), 420_001n);
    assert.equal(margin('1', '42000.01', 3), 1_400_001n);
    assert.equal(margin('0.00000001', '0.01', 100), 1n);
  });

  it('S4-17 times the leverage covers the value, and one minor unit less would not', () => {
    const amounts = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((amount) => amount as Quantity);
    fc.assert(
      fc.property(amounts, anyPrice, fc.integer({ min: 1, max: 100 }), (amount, at: Price, leverage) => {
        const { numerator, denominator } = minorPerStep(BTC, amount);
        const margin = marginFor(BTC, amount, at, leverage);
        assert.ok(margin * BigInt(leverage) * denominator >= at * numerator);
        assert.ok((margin - 1n) * BigInt(leverage) * denominator < at * numerator);
      }),
    );
  });
});
