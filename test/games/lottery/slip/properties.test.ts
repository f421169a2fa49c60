import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalSlip } from '../../../../src/games/lottery/slip/digest.ts';
import { parseSlip, type Slip } from '../../../../src/games/lottery/slip/parse-slip.ts';
import { printSlip } from '../../../../src/games/lottery/slip/print.ts';
import { previewSlip } from '../../../../src/games/lottery/slip/submission.ts';
import { sha256 } from '../slip-text.ts';
import { entryText, hostileText, meantEntry, slipText } from './slip-texts.ts';

const RUNS = { numRuns: 1_000 };

describe('any text at all', () => {
  it('S3-16 is read without a crash, and every character of it is in one entry or one error', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assertCovered(text, parseSlip(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('S3-16 has an error for each piece that is no entry, with a reason', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { entries, errors } = parseSlip(text);
        assert.ok(entries.length + errors.length > 0);
        for (const { fragment, message } of errors) assert.ok(message.length > 5 && message.length < 200, fragment);
      }),
      RUNS,
    );
  });

  it('S3-17 adds up: the total is the sum of the lines, and a number has one line', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, slipText), (text) => {
        const { lines, total } = parseSlip(text);
        assert.equal(
          lines.reduce((sum, { amount }) => sum + amount, 0n),
          total,
        );
        assert.equal(new Set(lines.map(({ number }) => number)).size, lines.length);
        assert.ok(lines.every(({ number, amount }) => /^[0-9]{3}$/.test(number) && amount > 0n));
      }),
      RUNS,
    );
  });

  it('S3-17 printed and read again is the same lines, total and digest, and printed again the same text', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, slipText), (text) => {
        const read = previewSlip(text, sha256);
        if (read.entries.length === 0) return;
        const printed = printSlip(read.entries);
        const again = previewSlip(printed, sha256);
        assert.deepEqual([again.lines, again.total, again.digest], [read.lines, read.total, read.digest]);
        assert.deepEqual(again.errors, []);
        assert.equal(printSlip(again.entries), printed);
      }),
      RUNS,
    );
  });
});

describe('a slip by the grammar', () => {
  it('S3-17 is read without an error, an entry for each that was written', () => {
    fc.assert(
      fc.property(fc.array(entryText, { minLength: 1, maxLength: 20 }), (texts) => {
        const { entries, errors } = parseSlip(texts.join('\n'));
        assert.deepEqual(errors, []);
        assert.deepEqual(
          entries.map(({ fragment }) => fragment),
          texts,
        );
      }),
      RUNS,
    );
  });

  it('S3-17 stakes what was meant, to the minor unit', () => {
    fc.assert(
      fc.property(fc.array(meantEntry, { minLength: 1, maxLength: 10 }), (meant) => {
        const sums = new Map<string, bigint>();
        for (const { numbers, hundredths } of meant) {
          for (const number of numbers) sums.set(number, (sums.get(number) ?? 0n) + BigInt(hundredths));
        }
        const { lines } = parseSlip(meant.map(({ text }) => text).join('\n'));
        assert.deepEqual(
          lines.map(({ number, amount }) => [number, amount]),
          [...sums],
        );
      }),
      RUNS,
    );
  });

  it('S3-17 comes to the same in Burmese, Thai and Latin digits', () => {
    fc.assert(
      fc.property(slipText, fc.constantFrom('၀', '๐'), (text, zero) => {
        const first = zero.charCodeAt(0);
        const other = text.replace(/[0-9]/g, (digit) => String.fromCharCode(first + Number(digit)));
        assert.deepEqual(parseSlip(other).lines, parseSlip(text).lines);
      }),
      RUNS,
    );
  });

  it('S3-17 comes to the same digest in whatever order its entries are', () => {
    fc.assert(
      fc.property(fc.array(entryText, { minLength: 1, maxLength: 20 }), (texts) => {
        const [one, other] = [texts, texts.toReversed()].map((order) => parseSlip(order.join('\n')).lines);
        assert.equal(canonicalSlip(one ?? []), canonicalSlip(other ?? []));
      }),
      RUNS,
    );
  });
});

/** Fragments are what stands at their positions, none overlaps another, and only blanks and line ends lie outside. */
function assertCovered(text: string, { entries, errors }: Slip): void {
  const stretches = [...entries, ...errors].sort((one, other) => one.position - other.position);
  let end = 0;
  for (const { position, fragment } of stretches) {
    assert.equal(text.slice(end, position).trim(), '');
    assert.equal(text.slice(position, position + fragment.length), fragment);
    end = position + fragment.length;
  }
  assert.equal(text.slice(end).trim(), '');
}
