import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openSeed, sealingKey, sealSeed } from '../../src/fairness/sealed-seed.ts';
import { commitmentOf, newServerSeed, revealSeed, serverSeed } from '../../src/fairness/seed.ts';
import type { RoundId } from '../../src/ids.ts';

const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
const OTHER_ROUND = '01890000-0000-7000-8000-000000000002' as RoundId;
const KEY = sealingKey('a secret of at least thirty-two characters');
const SEED = serverSeed(Uint8Array.from({ length: 32 }, (_, index) => index));

describe('a server seed', () => {
  it('is 32 bytes from the source that was passed in', () => {
    assert.deepEqual(
      newServerSeed((count) => new Uint8Array(count).fill(7)),
      serverSeed(new Uint8Array(32).fill(7)),
    );
    assert.throws(() => newServerSeed(() => new Uint8Array(31)), /32 bytes, not 31/);
  });

  it('is committed to by SHA-256 over its bytes, and revealed in hexadecimal', () => {
    assert.equal(commitmentOf(SEED), '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd');
    assert.equal(createHash('sha256').update(revealSeed(SEED), 'hex').digest('hex'), commitmentOf(SEED));
  });
});

describe('a sealed seed', () => {
  it('opens under its key and round to what it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const sealed = sealSeed(KEY, ROUND, serverSeed(bytes));
        assert.equal(sealed.length, 61);
        assert.deepEqual(openSeed(KEY, ROUND, sealed), serverSeed(bytes));
      }),
    );
  });

  it('shows nothing of the seed, and looks different every time', () => {
    const [one, two] = [sealSeed(KEY, ROUND, SEED), sealSeed(KEY, ROUND, SEED)].map((b) =>
      Buffer.from(b).toString('hex'),
    );
    assert.notEqual(one, two);
    assert.equal(one?.includes(revealSeed(SEED).slice(0, 16)), false);
  });

  it('is not opened after any bit of it was changed', () => {
    const sealed = sealSeed(KEY, ROUND, SEED);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => openSeed(KEY, ROUND, changed), /of 01890000/, `bit ${bit}`);
    }
    assert.throws(() => openSeed(KEY, ROUND, sealed.subarray(0, 60)), /not in a format/);
  });

  it('is not opened for another round, nor under another key', () => {
    const sealed = sealSeed(KEY, ROUND, SEED, randomBytes);
    assert.throws(() => openSeed(KEY, OTHER_ROUND, sealed), /tampered with/);
    assert.throws(
      () => openSeed(sealingKey('another secret of thirty-two characters'), ROUND, sealed),
      /tampered with/,
    );
  });
});
