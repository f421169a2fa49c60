import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deterministicKey, isUuid } from '../src/ids.ts';

const Part = fc.oneof(fc.string({ maxLength: 8 }), fc.nat());

describe('a key that follows from what it is for', () => {
  it('S1-09 S1-29 is the same whenever it is computed, and needs no clock', () => {
    fc.assert(
      fc.property(fc.array(Part, { minLength: 1, maxLength: 5 }), ([first = '', ...rest]) => {
        const key = deterministicKey(String(first), ...rest);
        assert.ok(isUuid(key));
        assert.equal(deterministicKey(String(first), ...rest), key);
      }),
    );
  });

  it('is another one for anything else, wherever one part ends and the next begins', () => {
    const keys = [
      deterministicKey('round', 'settle', 1),
      deterministicKey('round', 'settle', 11),
      deterministicKey('round', 'settle1', 1),
      deterministicKey('roundsettle', 1),
      deterministicKey('round', 'settle', 1, ''),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });
});
