import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { EMPTY_ROOT, keyHash, merkleRoot } from '../../src/fairness/merkle.ts';
import type { Key } from '../../src/ids.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const [A, B, C] = ['a', 'b', 'c'].map((end) => keyHash(`018f0000-0000-7000-8000-00000000000${end}` as Key));
if (!A || !B || !C) throw new Error('three keys have three hashes');

function sha256(...hex: readonly string[]): string {
  return createHash('sha256').update(hex.join(''), 'hex').digest('hex');
}

describe('the Merkle root of the bets’ keys', () => {
  it('of no bets is SHA-256 of nothing', () => {
    assert.equal(merkleRoot([]), EMPTY_ROOT);
    assert.equal(EMPTY_ROOT, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('joins leaves in ascending order, an odd one moving up unchanged', () => {
    const leaf = (key: string) => sha256('00', key);
    const node = (left: string, right: string) => sha256('01', left, right);
    assert.ok(C < B && B < A);
    assert.equal(merkleRoot([A]), leaf(A));
    assert.equal(merkleRoot([A, B]), node(leaf(B), leaf(A)));
    assert.equal(merkleRoot([A, B, C]), node(node(leaf(C), leaf(B)), leaf(A)));
  });

  it('does not depend on the order in which bets came', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 40 }), fc.nat(), (keys, turn) => {
        const at = keys.length === 0 ? 0 : turn % keys.length;
        assert.equal(merkleRoot([...keys.slice(at), ...keys.slice(0, at)]), merkleRoot(keys));
      }),
    );
  });

  it('changes with every bet added, a repetition of the last one included', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 40 }), hash, (keys, added) => {
        const last = [...keys].sort().slice(-1);
        assert.notEqual(merkleRoot([...keys, added]), merkleRoot(keys));
        if (last.length > 0) assert.notEqual(merkleRoot([...keys, ...last]), merkleRoot(keys));
      }),
    );
  });

  it('of bets is not the root of their inner nodes: leaf and node are told apart', () => {
    const nodes = [sha256('00', B), sha256('00', A)];
    assert.notEqual(merkleRoot(nodes), merkleRoot([A, B]));
  });

  it('throws on what is not a SHA-256 in lower-case hexadecimal', () => {
    for (const wrong of ['', 'ab', A.toUpperCase(), `${A}00`])
      assert.throws(() => merkleRoot([A, wrong]), /not a SHA-256/);
  });
});
