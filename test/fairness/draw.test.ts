import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { type ByteStream, byteStream } from '../../src/fairness/byte-stream.ts';
import { drawCards, drawIndex } from '../../src/fairness/draw.ts';
import { EMPTY_ROOT } from '../../src/fairness/merkle.ts';
import { serverSeed } from '../../src/fairness/seed.ts';
import type { RoundId } from '../../src/ids.ts';

const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
const SEED = serverSeed(Uint8Array.from({ length: 32 }, (_, index) => index));

function words(...values: readonly number[]): ByteStream {
  const rest = [...values];
  return {
    nextUint32() {
      const word = rest.shift();
      if (word === undefined) throw new Error('more was drawn than expected');
      return word;
    },
  };
}

describe('the byte stream of a step', () => {
  it('is HMAC-SHA256 over round, step, root and counter, block after block', () => {
    const stream = byteStream(SEED, ROUND, 2, EMPTY_ROOT);
    for (const counter of ['00000000', '00000001', '00000002']) {
      const message = Buffer.concat([Buffer.from(ROUND), Buffer.from(`02${EMPTY_ROOT}${counter}`, 'hex')]);
      const block = createHmac('sha256', SEED).update(message).digest();
      for (let at = 0; at < 32; at += 4) assert.equal(stream.nextUint32(), block.readUInt32BE(at));
    }
  });

  it('is another one for another seed, round, step or root', () => {
    const other = EMPTY_ROOT.replace('e', 'f');
    const streams = [
      byteStream(SEED, ROUND, 0, EMPTY_ROOT),
      byteStream(serverSeed(new Uint8Array(32)), ROUND, 0, EMPTY_ROOT),
      byteStream(SEED, '01890000-0000-7000-8000-000000000002' as RoundId, 0, EMPTY_ROOT),
      byteStream(SEED, ROUND, 1, EMPTY_ROOT),
      byteStream(SEED, ROUND, 0, other),
    ];
    assert.equal(new Set(streams.map((stream) => stream.nextUint32())).size, streams.length);
  });

  it('is refused for what has no canonical bytes', () => {
    assert.throws(() => byteStream(SEED, ROUND.replace('7', 'A') as RoundId, 0, EMPTY_ROOT), /not a round id/);
    assert.throws(() => byteStream(SEED, ROUND, 256, EMPTY_ROOT), RangeError);
    assert.throws(() => byteStream(SEED, ROUND, 0, 'ab'), /not a Merkle root/);
  });
});

describe('an index drawn', () => {
  it('gives every index the same share of the words, and throws the rest away', () => {
    const range = Math.floor(2 ** 32 / 51);
    assert.equal(drawIndex(words(0), 51), 0);
    assert.equal(drawIndex(words(range - 1), 51), 0);
    assert.equal(drawIndex(words(range), 51), 1);
    assert.equal(drawIndex(words(51 * range - 1), 51), 50);
    assert.equal(drawIndex(words(51 * range, 2 ** 32 - 1, 7 * range), 51), 7);
  });

  it('lies within the count, from 1 to 2^32', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(), (count, step) => {
        const index = drawIndex(byteStream(SEED, ROUND, step % 256, EMPTY_ROOT), count);
        assert.ok(Number.isInteger(index) && index >= 0 && index < count);
      }),
    );
    assert.equal(drawIndex(words(2 ** 32 - 1), 2 ** 32), 2 ** 32 - 1);
    for (const count of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN])
      assert.throws(() => drawIndex(words(0), count), RangeError);
  });

  it('is uniform: chi-square of 100,000 draws of 51 and of 1,000 below the 99.9 % bound', () => {
    // Upper 0.1 % points of chi-square with 50 and 999 degrees of freedom.
    for (const [count, bound] of [
      [51, 86.661],
      [1000, 1142.848],
    ] as const) {
      const stream = byteStream(SEED, ROUND, 9, EMPTY_ROOT);
      const draws = 100_000;
      const seen = new Array<number>(count).fill(0);
      for (let draw = 0; draw < draws; draw += 1) {
        const index = drawIndex(stream, count);
        seen[index] = (seen[index] ?? 0) + 1;
      }
      const mean = draws / count;
      const chiSquare = seen.reduce((sum, times) => sum + (times - mean) ** 2 / mean, 0);
      assert.ok(chiSquare < bound, `${count}: ${chiSquare}`);
    }
  });
});

describe('cards drawn', () => {
  it('are taken out one by one; the others keep their order', () => {
    const range = (count: number) => Math.floor(2 ** 32 / count);
    const stream = words(2 * range(5), 0, 2 * range(3));
    const { drawn, remaining } = drawCards(stream, ['a', 'b', 'c', 'd', 'e'], 3, () => false);
    assert.deepEqual(
      [drawn, remaining],
      [
        ['c', 'a', 'e'],
        ['b', 'd'],
      ],
    );
  });

  it('end with their number, with the last one asked for, or with the deck', () => {
    const cards = ['a', 'b', 'c'];
    assert.deepEqual(drawCards(words(0, 0), cards, 2, () => false).drawn, ['a', 'b']);
    assert.deepEqual(drawCards(words(0), cards, 2, (card) => card === 'a').drawn, ['a']);
    assert.deepEqual(drawCards(words(0, 0, 0), cards, Number.POSITIVE_INFINITY, () => false).drawn, cards);
    assert.deepEqual(cards, ['a', 'b', 'c']);
  });

  it('never repeat: drawn and remaining together are what there was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { maxLength: 52 }), fc.nat(60), (cards, atMost) => {
        const { drawn, remaining } = drawCards(byteStream(SEED, ROUND, 1, EMPTY_ROOT), cards, atMost, () => false);
        assert.equal(drawn.length, Math.min(atMost, cards.length));
        const byValue = (one: number, other: number) => one - other;
        assert.deepEqual([...drawn, ...remaining].sort(byValue), [...cards].sort(byValue));
      }),
    );
  });
});
