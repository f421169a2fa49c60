import assert from 'node:assert/strict';
import fc from 'fast-check';
import { streamFor } from '../../src/fairness/byte-stream.ts';
import { exp, type Fixed, integerSqrt, negativeLn, ONE } from '../../src/market/fixed-point.ts';
import { normals } from '../../src/market/normal.ts';
import { dayOf, startOf, ticksPerDay, type WalkTerms, walkOf } from '../../src/market/walk.ts';
import type { Price } from '../../src/money.ts';
import { BTC, DAY, ETH, SEED, seedFrom } from './market-support.ts';

const TERMS: WalkTerms = {
  symbol: BTC,
  openingPrice: 4_200_000n as Price,
  annualVolatility: 60,
  annualDrift: 0,
  intervalMs: 2_000,
};

function prices(terms: WalkTerms, ticks: readonly number[], seed = SEED, day = DAY): readonly bigint[] {
  const priceAt = walkOf(seed, day, terms);
  return ticks.map(priceAt);
}

/** These were computed by a program in Python, written from README.md alone. */
describe('the walk of a day', () => {
  it('gives the prices that another program gives by the same specification', () => {
    assert.deepEqual(prices(TERMS, [1, 2, 3, 4, 5, 1_000, 43_200]), [
      4_201_015n,
      4_201_340n,
      4_201_075n,
      4_201_971n,
      4_201_844n,
      4_159_822n,
      4_227_285n,
    ]);
    const ether: WalkTerms = {
      ...TERMS,
      symbol: ETH,
      openingPrice: 220_000n as Price,
      annualVolatility: 90,
      annualDrift: 5,
    };
    assert.deepEqual(prices(ether, [1, 2, 3, 43_200]), [219_923n, 219_929n, 219_918n, 225_032n]);
  });

  it('starts at the opening price and follows from seed, day and terms alone, however one gets there', () => {
    assert.deepEqual(prices(TERMS, [0]), [TERMS.openingPrice]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(300), { minLength: 1 }), (list) => {
        const ticks = list.sort((one, other) => one - other);
        const all = prices(
          TERMS,
          Array.from({ length: 301 }, (_, k) => k),
        );
        assert.deepEqual(
          prices(TERMS, ticks),
          ticks.map((k) => all[k]),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('is another one for another seed, day or symbol', () => {
    const others = [
      prices(TERMS, [1_000]),
      prices(TERMS, [1_000], seedFrom(1)),
      prices(TERMS, [1_000], SEED, dayOf(startOf(DAY) - 1)),
      prices({ ...TERMS, symbol: ETH }, [1_000]),
    ];
    assert.equal(new Set(others.flat()).size, others.length);
  });

  it('does not go back, and never reaches 0', () => {
    const priceAt = walkOf(SEED, DAY, { ...TERMS, openingPrice: 1n as Price, annualVolatility: 3_000 });
    for (let k = 0; k < 2_000; k += 1) assert.ok(priceAt(k) >= 1n);
    assert.throws(() => priceAt(10), RangeError);
  });

  it('takes intervals that divide a day', () => {
    assert.equal(ticksPerDay(2_000), 43_200);
    for (const intervalMs of [0, 7_000, 1.5, Number.NaN, -2_000]) {
      assert.throws(() => ticksPerDay(intervalMs), RangeError);
    }
  });
});

describe('the integers a walk is made of', () => {
  it('are e^x and −ln x as another program computes them', () => {
    const exps: readonly [x: bigint, result: bigint][] = [
      [0n, ONE],
      [ONE, 50_143_449_209_799_256_674n],
      [-ONE, 6_786_177_901_268_885_272n],
      [12_786_308_645_202_655_659n, 2n * ONE],
      [2_635_249_153_387_078_802n, 21_279_518_233_220_118_106n],
      [-10n * ONE, 837_480_885_292_947n],
      [5n * ONE + 12_345n, 2_737_739_563_135_969_587_456n],
    ];
    for (const [x, result] of exps) assert.equal(exp(x as Fixed), result);
    const logarithms: readonly [x: bigint, result: bigint][] = [
      [1n, 818_323_753_292_969_962_176n],
      [2n, 805_537_444_647_767_306_517n],
      [ONE / 2n, 12_786_308_645_202_655_659n],
      [ONE - 1n, 0n],
      [ONE / 3n, 20_265_819_725_292_939_650n],
      [8_026_137_296_896n, 270_202_282_072_803_254_067n],
    ];
    for (const [x, result] of logarithms) assert.equal(negativeLn(x as Fixed), result);
  });

  it('agree with what this engine’s own functions give, as far as those go', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), fc.bigInt(1n, ONE - 1n), (x, y) => {
        const fixed = BigInt(Math.round(x * 2 ** 53)) << 11n;
        const real = Number(fixed) / 2 ** 64;
        assert.ok(Math.abs(Number(exp(fixed as Fixed)) / 2 ** 64 / Math.exp(real) - 1) < 1e-9);
        const ln = -Math.log(Number(y) / 2 ** 64);
        assert.ok(Math.abs(Number(negativeLn(y as Fixed)) / 2 ** 64 - ln) < 1e-13 * (1 + ln));
      }),
    );
  });

  it('have a root that is the largest whose square is not above', () => {
    fc.assert(
      fc.property(fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 10n ** 60n)), (n) => {
        const root = integerSqrt(n);
        assert.ok(root * root <= n && (root + 1n) * (root + 1n) > n);
      }),
    );
  });
});

describe('the normal numbers', () => {
  const draws = normals(streamFor(SEED, Buffer.from(`croupier ticks 1\0${DAY}\0${BTC}\0`)));

  it('begin as another program’s', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map(() => draws.next().value),
      [
        29_511_222_942_352_711_861n,
        9_423_009_222_512_482_477n,
        -7_675_735_841_058_462_493n,
        26_033_758_232_162_128_823n,
      ],
    );
  });

  it('have the moments and the tails of the distribution, and do not depend on one another', () => {
    const all = Array.from({ length: 40_000 }, () => Number(draws.next().value) / 2 ** 64);
    const mean = (of: (z: number, index: number) => number) =>
      all.reduce((sum, z, i) => sum + of(z, i), 0) / all.length;
    const close = (value: number, expected: number, within: number) =>
      assert.ok(Math.abs(value - expected) < within, `${value} is not ${expected}`);
    close(
      mean((z) => z),
      0,
      0.02,
    );
    close(
      mean((z) => z ** 2),
      1,
      0.03,
    );
    close(
      mean((z) => z ** 3),
      0,
      0.08,
    );
    close(
      mean((z) => z ** 4),
      3,
      0.25,
    );
    close(
      mean((z) => (Math.abs(z) < 1 ? 1 : 0)),
      0.6827,
      0.01,
    );
    close(
      mean((z) => (Math.abs(z) > 3 ? 1 : 0)),
      0.0027,
      0.0012,
    );
    close(
      mean((z, index) => z * (all[index + 1] ?? 0)),
      0,
      0.02,
    );
  });
});
