import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Tick, TickOutlet } from '../../src/market/feed.ts';
import type { Price } from '../../src/money.ts';
import { BTC, ETH, FakeClock } from './market-support.ts';

const NOW = 1_700_000_000_000;

function outlet() {
  const clock = new FakeClock(NOW);
  const out = new TickOutlet('test', [BTC, ETH], clock, 5_000);
  const passed: Tick[] = [];
  const unsubscribe = out.subscribe((tick) => passed.push(tick));
  return { clock, out, passed, unsubscribe };
}
function tick(afterMs: number, seq: number, symbol = BTC) {
  return { symbol, price: 1n as Price, at: NOW + afterMs, seq };
}

describe('the outlet of a feed', () => {
  const cases: readonly [name: string, ticks: readonly ReturnType<typeof tick>[], passed: number][] = [
    ['ticks in order', [tick(0, 1), tick(1, 2), tick(5, 3)], 3],
    ['ticks of one time in the order of their numbers', [tick(0, 1), tick(0, 2)], 2],
    ['no tick twice', [tick(0, 1), tick(0, 1)], 1],
    ['no tick from before the last', [tick(5, 2), tick(4, 3)], 1],
    ['no tick of an earlier number at one time', [tick(5, 2), tick(5, 1)], 1],
    ['a later tick though its number is lower', [tick(5, 2), tick(6, 1)], 2],
    ['each symbol by itself', [tick(5, 2), tick(4, 1, ETH)], 2],
  ];
  for (const [name, ticks, count] of cases) {
    it(`passes on ${name}, and counts the others`, () => {
      const { out, passed } = outlet();
      for (const one of ticks) out.publish(one);
      assert.equal(passed.length, count);
      assert.deepEqual([out.health().ticks, out.health().late], [count, ticks.length - count]);
    });
  }

  it('S4-42 passes on nothing at or before the time that is sealed', () => {
    const { out, passed } = outlet();
    out.sealThrough(BTC, NOW + 10);
    out.sealThrough(BTC, NOW + 5);
    for (const afterMs of [9, 10, 11]) out.publish(tick(afterMs, afterMs));
    assert.deepEqual(
      passed.map(({ seq }) => seq),
      [11],
    );
    assert.equal(out.health().late, 2);
    out.publish({ ...tick(9, 1), symbol: ETH });
    assert.deepEqual([passed.length, out.health().late], [2, 2], 'another symbol goes on');
  });

  it('S4-42 says up to when no further tick can come, of each symbol', () => {
    const { out } = outlet();
    assert.equal(out.completeThrough(BTC), Number.NEGATIVE_INFINITY);
    out.publish(tick(10, 1));
    for (const symbol of [BTC, ETH]) out.sealThrough(symbol, NOW + 5);
    assert.deepEqual([out.completeThrough(BTC), out.completeThrough(ETH)], [NOW + 9, NOW + 5]);
    out.sealThrough(BTC, NOW + 10);
    assert.deepEqual([out.completeThrough(BTC), out.completeThrough(ETH)], [NOW + 10, NOW + 5]);
  });

  it('S4-53 says which symbol is stale', () => {
    const { clock, out } = outlet();
    out.publish(tick(0, 1));
    assert.deepEqual(out.health().symbols, [
      { symbol: BTC, lastTickAt: NOW, isStale: false },
      { symbol: ETH, lastTickAt: undefined, isStale: true },
    ]);
    clock.advance(5_000);
    assert.equal(out.health().symbols[0]?.isStale, false);
    clock.advance(1);
    assert.equal(out.health().symbols[0]?.isStale, true);
    assert.equal(out.lastTick(BTC)?.seq, 1);
    assert.equal(out.lastTick(ETH), undefined);
  });

  it('passes on nothing to who has unsubscribed, be it meanwhile', () => {
    const { out, passed, unsubscribe } = outlet();
    const second: Tick[] = [];
    const end = out.subscribe((one) => {
      second.push(one);
      end();
    });
    out.publish(tick(0, 1));
    unsubscribe();
    out.publish(tick(1, 2));
    assert.deepEqual([passed.length, second.length], [1, 1]);
  });

  it('whatever comes in, what comes out is in order and every tick is counted', () => {
    const any = fc.record({ afterMs: fc.nat(20), seq: fc.nat(20), symbol: fc.constantFrom(BTC, ETH) });
    fc.assert(
      fc.property(fc.array(any), (list) => {
        const { out, passed } = outlet();
        for (const { afterMs, seq, symbol } of list) out.publish(tick(afterMs, seq, symbol));
        for (const symbol of [BTC, ETH]) {
          const own = passed.filter((one) => one.symbol === symbol);
          const order = own.map(({ at, seq }) => at * 100 + seq);
          assert.ok(order.every((key, index) => index === 0 || key > (order[index - 1] ?? 0)));
        }
        assert.equal(out.health().ticks + out.health().late, list.length);
      }),
    );
  });
});
