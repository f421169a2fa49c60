import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Binary, DEFAULT_BINARY_TERMS, settleFromTicks } from '../../../src/games/trading/binary.ts';
import { OpenBinaries, type SettledBinary } from '../../../src/games/trading/open-binaries.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import { minor } from '../../../src/money.ts';
import { ALICE, BTC, NOW, nextId, quote } from './trading-support.ts';

function binary(acceptedMs: number, lastsMs: number, maxTickAgeMs = 5_000): Binary {
  return {
    ...{ tradeId: nextId(), owner: ALICE, symbol: BTC.symbol, direction: 'UP', stake: minor(1_000) },
    ...{ acceptedAt: NOW + acceptedMs, expiresAt: NOW + acceptedMs + lastsMs },
    terms: { ...DEFAULT_BINARY_TERMS, maxTickAgeMs },
  };
}

describe('the open binaries of a desk', () => {
  it('S4-42 say which tick is whose entry, and end by the last one at or before the expiry', () => {
    const open = new OpenBinaries();
    const [one, other] = [binary(0, 5_000), binary(1_500, 8_000)];
    for (const each of [one, other]) open.add(each, []);
    assert.deepEqual(open.observe(quote('42000', 1_000)), [one]);
    assert.deepEqual(open.observe(quote('42001', 2_000)), [other]);
    assert.deepEqual([open.entryOf(one.tradeId)?.at, open.nextDueAt(BTC.symbol)], [NOW + 1_000, one.expiresAt]);
    open.observe(quote('42002', 5_000));
    assert.deepEqual(open.settle(BTC.symbol, NOW + 4_999), []);
    const [settled] = open.settle(BTC.symbol, NOW + 5_000);
    assert.deepEqual([settled?.binary, settled?.settlement.result, settled?.settlement.payout], [one, 'WIN', 1_800n]);
    assert.deepEqual([open.size, open.has(one.tradeId), open.nextDueAt(BTC.symbol)], [1, false, other.expiresAt]);
  });

  it('are void as soon as no entry can come any more, and once', () => {
    const open = new OpenBinaries();
    const late = binary(0, 60_000);
    open.add(late, []);
    assert.equal(open.nextDueAt(BTC.symbol), NOW + 5_000);
    open.observe(quote('42000', 6_000));
    assert.deepEqual(
      open.settle(BTC.symbol, NOW + 5_999).map(({ settlement }) => settlement.result),
      ['VOID'],
    );
    assert.deepEqual(open.settle(BTC.symbol, NOW + 60_000), []);
    assert.deepEqual([open.size, open.nextDueAt(BTC.symbol)], [0, undefined]);
  });

  it('are each here once', () => {
    const open = new OpenBinaries();
    const one = binary(0, 5_000);
    open.add(one, []);
    assert.throws(() => open.add(one, []), /open already/);
  });

  // As a rule there is one; it may be changed, and changed back.
  const feedId = fc.oneof(
    { weight: 9, arbitrary: fc.constant('test') },
    { weight: 1, arbitrary: fc.constant('other') },
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('tick' as const), afterMs: fc.nat({ max: 4 }), feedId }) },
    {
      weight: 3,
      arbitrary: fc.record({ what: fc.constant('open' as const), lastsMs: fc.integer({ min: 1, max: 20 }) }),
    },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('wait' as const), afterMs: fc.nat({ max: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('seal' as const) }) },
  );

  it('S4-35 S4-36 S4-42 come to what the plain rule says of all ticks, whenever they are asked, early or late', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 3 }), (steps, lateBy) => {
        const open = new OpenBinaries();
        const ticks: Quote[] = [];
        const all: Binary[] = [];
        /** Accepted, and waiting for the wallet: they come late, with what they have missed. */
        const pending: Binary[] = [];
        const settled: SettledBinary[] = [];
        let [now, sealed] = [0, -1];
        const admit = (leave: number) => {
          while (pending.length > leave) {
            const next = pending.shift() as Binary;
            open.add(
              next,
              ticks.filter(({ at }) => at > next.acceptedAt),
            );
          }
        };
        for (const [index, one] of steps.entries()) {
          if (one.what === 'wait') now += one.afterMs;
          if (one.what === 'open') {
            const next = binary(now, one.lastsMs, 4);
            all.push(next);
            pending.push(next);
          }
          if (one.what === 'tick') {
            now += one.afterMs;
            if (now <= sealed) continue;
            const tick = { ...quote(String(42_000 + (index % 3)), now, index), feedId: one.feedId };
            ticks.push(tick);
            open.observe(tick);
          }
          admit(lateBy);
          if (one.what === 'seal') sealed = now;
          const complete = Math.max(sealed, (ticks.at(-1)?.at ?? NOW - 1) - NOW - 1);
          settled.push(...open.settle(BTC.symbol, NOW + complete));
        }
        admit(0);
        settled.push(...open.settle(BTC.symbol, NOW + 1_000));
        assert.equal(open.size, 0);
        assert.deepEqual(
          settled.map(({ binary: { tradeId } }) => tradeId).sort(),
          all.map(({ tradeId }) => tradeId).sort(),
        );
        for (const { binary: of, settlement } of settled) {
          const { result, payout, entry, exit } = settleFromTicks(of, ticks, NOW + 1_000) ?? {};
          const shown = [settlement.result, settlement.payout];
          assert.deepEqual(shown, [result, payout]);
          if (result !== 'VOID') assert.deepEqual([settlement.entry, settlement.exit], [entry, exit]);
        }
      }),
      { numRuns: 400 },
    );
  });
});
