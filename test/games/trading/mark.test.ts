import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OpenTrades } from '../../../src/games/trading/mark.ts';
import { uncappedPnl } from '../../../src/games/trading/pnl.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import { type EndedTrade, markTrade, type OpenTrade } from '../../../src/games/trading/trade.ts';
import type { SymbolId } from '../../../src/ids.ts';
import type { Price } from '../../../src/money.ts';
import { anyPrice, anyTrade, BTC, nextId, price, quote, trade } from './trading-support.ts';

const ETH = 'ETHUSDT' as SymbolId;

describe('the open trades of a desk', () => {
  it('S4-24 end at the tick that reaches their levels, each once', () => {
    const trades = new OpenTrades();
    const [long, short, calm] = [
      trade('LONG 1 at 50000 x10', { takeProfit: price('51000') }),
      trade('SHORT 1 at 50000 x50', { stopLoss: price('50500') }),
      trade('LONG 1 at 50000 x2'),
    ];
    for (const open of [long, short, calm]) trades.add(open);
    assert.deepEqual(reasons(trades.mark(quote('50499.99', 1))), []);
    assert.deepEqual(reasons(trades.mark(quote('50500', 2))), [[short.tradeId, 'STOP_LOSS']]);
    assert.deepEqual(reasons(trades.mark(quote('51200', 3))), [[long.tradeId, 'TAKE_PROFIT']]);
    assert.deepEqual(reasons(trades.mark(quote('52000', 4))), []);
    assert.deepEqual([trades.size, trades.get(calm.tradeId)], [1, calm]);
  });

  it('of other symbols are not touched', () => {
    const trades = new OpenTrades();
    trades.add(trade('LONG 1 at 50000 x10'));
    trades.add({ ...trade('LONG 1 at 50000 x10'), instrument: { ...BTC, symbol: ETH } });
    assert.deepEqual(trades.mark({ ...quote('1', 1), symbol: 'BNBUSDT' as SymbolId }), []);
    assert.equal(trades.mark({ ...quote('1', 1), symbol: ETH }).length, 1);
    assert.equal(trades.size, 1);
  });

  it('are not touched by the prices of another feed, nor gain anything by them', () => {
    const trades = new OpenTrades();
    trades.add(trade('LONG 1 at 42000 x10'));
    const other = { ...quote('100000', 1), feedId: 'other' };
    assert.deepEqual([trades.mark(other), trades.openPnl(other)], [[], 0n]);
    assert.deepEqual([trades.size, trades.openPnl(quote('42001', 1))], [1, 100n]);
  });

  it('do not end once their owner has closed them, and may come again with other levels', () => {
    const trades = new OpenTrades();
    const open = trade('LONG 1 at 50000 x10');
    trades.add(open);
    assert.throws(() => trades.add(open), /marked already/);
    trades.remove(open.tradeId);
    trades.remove(open.tradeId);
    trades.add({ ...open, stopLoss: price('49000') });
    assert.deepEqual(reasons(trades.mark(quote('48000', 1))), [[open.tradeId, 'STOP_LOSS']]);
    assert.deepEqual(trades.mark(quote('100', 2)), []);
  });

  it('are found among many that their owners have closed', () => {
    const trades = new OpenTrades();
    const list = Array.from({ length: 400 }, (_, index) => trade(`LONG 1 at ${50_000 + (index % 7)} x10`));
    for (const open of list) trades.add(open);
    for (const { tradeId } of list.slice(3, -3)) trades.remove(tradeId);
    assert.deepEqual(
      sorted(trades.mark(quote('40000', 1))).map(({ tradeId }) => tradeId),
      [...list.slice(0, 3), ...list.slice(-3)].map(({ tradeId }) => tradeId).sort(),
    );
    assert.equal(trades.size, 0);
  });

  it('end exactly as the plain rule says of each of them, whatever is opened and closed in between', () => {
    const feedId = fc.constantFrom('test', 'test', 'test', 'other');
    const step = fc.oneof(
      { arbitrary: fc.record({ open: anyTrade }), weight: 5 },
      { arbitrary: fc.record({ close: fc.nat(200) }), weight: 2 },
      { arbitrary: fc.record({ price: anyPrice, at: fc.integer({ min: -1, max: 5 }), feedId }), weight: 2 },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const [marked, plain] = [new OpenTrades(), new PlainTrades()];
        for (const [seq, one] of steps.entries()) {
          if ('open' in one) {
            const open = { ...one.open, tradeId: nextId() };
            marked.add(open);
            plain.open.push(open);
          } else if ('close' in one) {
            const closed = plain.open.splice(one.close, 1);
            for (const { tradeId } of closed) marked.remove(tradeId);
          } else {
            const tick: Quote = { ...quote('0', one.at, seq), price: one.price, feedId: one.feedId };
            assert.deepEqual(sorted(marked.mark(tick)), sorted(plain.mark(tick)));
          }
          assert.equal(marked.size, plain.open.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gain together what they gain one by one, but for the rounding of each', () => {
    fc.assert(
      fc.property(fc.array(anyTrade, { maxLength: 30 }), anyPrice, (list, at: Price) => {
        const trades = new OpenTrades();
        for (const open of list) trades.add(open);
        const sum = list.reduce((all, open) => all + uncappedPnl(open, at), 0n);
        const difference = trades.openPnl({ ...quote('0'), price: at }) - sum;
        assert.ok(difference * difference <= BigInt(list.length) ** 2n);
        for (const { tradeId } of list) trades.remove(tradeId);
        assert.equal(trades.openPnl({ ...quote('0'), price: at }), 0n);
      }),
    );
    assert.equal(new OpenTrades().openPnl({ ...quote('1'), symbol: ETH }), 0n);
  });
});

/** The rule applied to every trade at every tick. */
class PlainTrades {
  open: OpenTrade[] = [];

  mark(tick: Quote): readonly EndedTrade[] {
    const ended = this.open.flatMap((open) => markTrade(open, tick) ?? []);
    const over = new Set(ended.map(({ tradeId }) => tradeId));
    this.open = this.open.filter(({ tradeId }) => !over.has(tradeId));
    return ended;
  }
}

function sorted(ended: readonly EndedTrade[]): readonly EndedTrade[] {
  return [...ended].sort((one, other) => (one.tradeId < other.tradeId ? -1 : 1));
}

function reasons(ended: readonly EndedTrade[]) {
  return ended.map(({ tradeId, reason }) => [tradeId, reason]);
}
