import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Binary,
  DEFAULT_BINARY_TERMS,
  type Direction,
  type Observed,
  observe,
  settleBinary,
  settleFromTicks,
} from '../../../src/games/trading/binary.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import type { SymbolId } from '../../../src/ids.ts';
import { minor, type Price } from '../../../src/money.ts';
import { ALICE, BTC, NOW, nextId, quote } from './trading-support.ts';

const EXPIRES_MS = 60_000;

function binary(direction: Direction, more: Partial<Binary['terms']> = {}): Binary {
  return {
    tradeId: nextId(),
    owner: ALICE,
    symbol: BTC.symbol,
    direction,
    stake: minor(1_000),
    acceptedAt: NOW,
    expiresAt: NOW + EXPIRES_MS,
    terms: { ...DEFAULT_BINARY_TERMS, ...more },
  };
}

/** `ticks('2000:42000 58000:42001')`: milliseconds after the acceptance, and prices. */
function ticks(text: string): readonly Quote[] {
  return text.split(' ').flatMap((one, index) => {
    const [afterMs, at] = one.split(':');
    return afterMs && at ? [quote(at, Number(afterMs), index)] : [];
  });
}

const otherFeed = (text: string) => ticks(text).map((tick) => ({ ...tick, feedId: 'other' }));

function settle(of: Binary, text: string, completeThroughMs = EXPIRES_MS) {
  return settleFromTicks(of, ticks(text), NOW + completeThroughMs);
}

describe('a binary', () => {
  const results: readonly [name: string, direction: Direction, text: string, result: string, payout: bigint][] = [
    ['S4-37 S4-38 above wins: 1000 → 1800', 'UP', '2000:42000 60000:42000.01', 'WIN', 1_800n],
    ['S4-37 below wins', 'DOWN', '2000:42000 60000:41999.99', 'WIN', 1_800n],
    ['S4-37 below loses', 'UP', '2000:42000 60000:41999.99', 'LOSS', 0n],
    ['S4-37 above loses', 'DOWN', '2000:42000 60000:42000.01', 'LOSS', 0n],
    ['S4-37 S4-44 a tie loses', 'UP', '2000:42000 60000:42000', 'LOSS', 0n],
    ['S4-37 S4-44 a tie loses', 'DOWN', '2000:42000 60000:42000', 'LOSS', 0n],
    ['S4-42 a tick after the expiry does not count', 'UP', '2000:42000 59999:41000 60001:43000', 'LOSS', 0n],
    ['S4-36 the last at or before the expiry counts', 'UP', '2000:42000 59000:41000 60000:43000', 'WIN', 1_800n],
    ['the price at the acceptance is not the entry', 'UP', '-1:1 0:1 2000:42000 59000:41000', 'LOSS', 0n],
    ['of two ticks of one time the later counts', 'UP', '2000:42000 60000:41000 60000:43000', 'WIN', 1_800n],
    ['no tick at all', 'UP', '', 'VOID', 1_000n],
    ['the first tick comes too late', 'UP', '5001:42000 60000:43000', 'VOID', 1_000n],
    ['the first tick comes just in time', 'UP', '5000:42000 60000:43000', 'WIN', 1_800n],
    ['no tick behind the entry', 'UP', '2000:42000', 'VOID', 1_000n],
    ['S4-42 the last tick is too old', 'UP', '2000:42000 54999:43000', 'VOID', 1_000n],
    ['the last tick is just young enough', 'UP', '2000:42000 55000:43000', 'WIN', 1_800n],
  ];
  for (const [name, direction, text, result, payout] of results) {
    it(`${name} (${direction} ${text}) is a ${result}`, () => {
      const settlement = settle(binary(direction), text);
      assert.deepEqual([settlement?.result, settlement?.payout], [result, payout]);
    });
  }

  it('S4-36 knows the prices of the feed of its entry alone: with those of another it is as if none had come', () => {
    const settle = (text: string, other: string) =>
      settleFromTicks(binary('UP'), [...ticks(text), ...otherFeed(other)], NOW + EXPIRES_MS)?.result;
    assert.equal(settle('2000:42000 56000:41000', '59000:100000'), 'LOSS');
    assert.equal(settle('2000:42000 54000:43000', '59000:100000'), 'VOID');
  });

  it('S4-44 gives the stake back at a tie where the terms say so', () => {
    const settlement = settle(binary('UP', { tie: 'REFUND' }), '2000:42000 60000:42000');
    assert.deepEqual([settlement?.result, settlement?.payout], ['VOID', 1_000n]);
    assert.equal(settle(binary('UP', { tie: 'REFUND' }), '2000:42000 60000:42001')?.result, 'WIN');
  });

  it('S4-45 pays what its terms say, rounded down', () => {
    const payout = { numerator: 185n, denominator: 100n };
    const of = { ...binary('UP', { payout }), stake: minor(999) };
    assert.equal(settle(of, '2000:42000 60000:42001')?.payout, 1_848n);
  });

  it('S4-42 S4-53 keeps both ticks', () => {
    const [entry, exit] = ticks('2000:42000 60000:42001');
    assert.deepEqual(settle(binary('UP'), '2000:42000 60000:42001'), { result: 'WIN', payout: 1_800n, entry, exit });
  });

  it('has no result while another tick could change it', () => {
    assert.equal(settle(binary('UP'), '2000:42000 59000:42001', EXPIRES_MS - 1), undefined);
    assert.equal(settle(binary('UP'), '', 4_999), undefined);
    assert.equal(settle(binary('UP'), '', 5_000)?.result, 'VOID');
    const short = { ...binary('UP'), expiresAt: NOW + 3_000 };
    assert.equal(settle(short, '', 2_999), undefined);
    assert.equal(settle(short, '3001:42000', 3_000)?.result, 'VOID');
  });
});

describe('the settlement of a binary', () => {
  const tick = fc.record({ afterMs: fc.integer({ min: -3_000, max: 63_000 }), price: fc.bigInt(1n, 4n) });
  const feed = fc
    .array(tick, { maxLength: 60 })
    .map((list) =>
      list
        .sort((one, other) => one.afterMs - other.afterMs)
        .map(({ afterMs, price }, seq): Quote => ({ ...quote('0', afterMs, seq), price: price as Price })),
    );
  const direction = fc.constantFrom<Direction>('UP', 'DOWN');

  it('is the same however the ticks come in: in pieces, twice, among others, with later ones behind', () => {
    const cuts = fc.array(fc.nat(60), { maxLength: 5 });
    fc.assert(
      fc.property(direction, feed, cuts, (way, list, at) => {
        const of = binary(way);
        const whole = settleFromTicks(of, list, NOW + EXPIRES_MS);
        let seen: Observed = {};
        const ends = [...at, list.length].sort((one, other) => one - other);
        for (const [index, end] of ends.entries()) {
          const piece = list.slice(index === 0 ? 0 : ends[index - 1], end);
          for (const one of [...piece, ...piece]) {
            seen = observe(of, seen, { ...one, symbol: 'ETHUSDT' as SymbolId });
            seen = observe(of, seen, one);
          }
        }
        assert.deepEqual(settleBinary(of, seen, NOW + EXPIRES_MS), whole);
        assert.deepEqual(settleBinary(of, seen, NOW + EXPIRES_MS + 1_000_000), whole);
        assert.deepEqual(settleFromTicks(of, [...list, quote('1', 63_001, 99)], NOW + EXPIRES_MS), whole);
      }),
    );
  });

  it('is what the words say, read off the whole list', () => {
    fc.assert(
      fc.property(direction, feed, (way, list) => {
        const of = binary(way);
        const behind = list.filter(({ at }) => at > NOW && at <= NOW + EXPIRES_MS);
        const [entry, exit] = [behind[0], behind.slice(1).at(-1)];
        const isVoid = !entry || !exit || entry.at > NOW + 5_000 || exit.at < NOW + EXPIRES_MS - 5_000;
        const isWon = entry && exit && (way === 'UP' ? exit.price > entry.price : exit.price < entry.price);
        const settlement = settleFromTicks(of, list, NOW + EXPIRES_MS);
        assert.equal(settlement?.result, isVoid ? 'VOID' : isWon ? 'WIN' : 'LOSS');
      }),
    );
  });

  it('S4-37 never lets both directions win', () => {
    fc.assert(
      fc.property(feed, (list) => {
        const wins = (['UP', 'DOWN'] as const).filter(
          (way) => settleFromTicks(binary(way), list, NOW + EXPIRES_MS)?.result === 'WIN',
        );
        assert.ok(wins.length <= 1);
      }),
    );
  });
});
