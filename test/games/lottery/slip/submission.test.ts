import assert from 'node:assert/strict';
import { canonicalSlip } from '../../../../src/games/lottery/slip/digest.ts';
import { parseSlip } from '../../../../src/games/lottery/slip/parse-slip.ts';
import { previewSlip, submitSlip } from '../../../../src/games/lottery/slip/submission.ts';
import { sha256 } from '../slip-text.ts';

describe('the digest of a slip', () => {
  it('S3-16 is over what it comes to, in the order of the numbers, amounts in minor units', () => {
    const canonical = 'slip 1\n007=100\n123=60000\n';
    assert.equal(canonicalSlip(parseSlip('123-500 007-1\n123-100').lines), canonical);
    const { digest } = previewSlip('123-500 007-1\n123-100', sha256);
    assert.equal(digest, sha256(canonical));
    assert.equal(digest, 'a0507c4f3ef07b6a50afd8e0be61bb3e6717358b7655163e09b7d2d1b9479fe7');
  });

  it('S3-16 is the same for another way to write it, and another for anything else', () => {
    const digestOf = (text: string) => previewSlip(text, sha256).digest;
    assert.equal(digestOf('၁၁၂R=1k'), digestOf('211-1,000, 121 112-1000'));
    assert.equal(new Set(['112R-5', '112-5', '112R-5.01', '113R-5', ''].map(digestOf)).size, 5);
  });
});

describe('a slip that is submitted', () => {
  const text = '123R-500';
  const { digest } = previewSlip(text, sha256);

  it('S3-16 is what was previewed', () => {
    const { ok, ...slip } = submitSlip(text, digest, sha256);
    assert.ok(ok);
    assert.deepEqual(slip, previewSlip(text, sha256));
  });

  it('S3-16 is read by the server in any case, with a digest or without', () => {
    const slip = submitSlip(text, undefined, sha256);
    assert.deepEqual(slip.ok && [slip.lines.length, slip.total, slip.digest], [6, 300_000n, digest]);
  });

  it('S3-16 is refused where the client read something else in it', () => {
    for (const other of [previewSlip('123-500', sha256).digest, digest.toUpperCase(), '']) {
      assert.deepEqual(submitSlip(text, other, sha256), {
        ok: false,
        code: 'INVALID_REQUEST',
        message: 'The slip is not the one that was previewed; nothing of it was taken',
      });
    }
  });

  it('S3-16 is refused whole where anything in it is an error, with every error, whatever the digest', () => {
    const spoilt = '123-500\n12-300\n456-1.000';
    for (const claimed of [undefined, previewSlip(spoilt, sha256).digest, digest]) {
      const answer = submitSlip(spoilt, claimed, sha256);
      assert.ok(!answer.ok);
      assert.deepEqual([answer.code, answer.details], ['INVALID_REQUEST', parseSlip(spoilt).errors]);
    }
  });

  it('S3-16 is refused where it is empty', () => {
    const answer = submitSlip(' \n', undefined, sha256);
    assert.equal(answer.ok === false && answer.code, 'INVALID_REQUEST');
  });
});
