import assert from 'node:assert/strict';
import { ERRORS_MAX, parseSlip, SLIP_TEXT_MAX } from '../../../../src/games/lottery/slip/parse-slip.ts';
import { refused, slip, total } from '../slip-text.ts';

const THREE = '123-500 456-500 789-500';
const SIX = '123-500 132-500 213-500 231-500 312-500 321-500';
const PAIR = '123-500 132-100 213-100 231-100 312-100 321-100';

describe('a slip', () => {
  const readings: readonly [why: string, comesTo: string, ...texts: string[]][] = [
    ['one number and its amount', '123-500', '123-500', '123=500', '123:500', '123@500', '123 - 500', '123–500'],
    ['S3-06 leading zeros', '007-500', '007-500', '၀၀၇-500'],
    ['digits in Burmese and Thai', '123-500', '၁၂၃-၅၀၀', '๑๒๓=๕๐๐', '၁2๓-5၀๐'],
    ['several numbers that share one amount', THREE, '123 456 789-500', '123,456,789=500', '123, 456, 789 : 500'],
    ['other marks between them', THREE, '123.456.789=500', '123/456/789-500', '123*456|789-500', '123၊456;789-500'],
    [
      'no sign: the last figure of the line is the amount',
      THREE,
      '123 456 789 500',
      '123,456,789 500\n',
      '123/456/789 500',
    ],
    ['no sign, one number', '123-500', '123 500', '  123\t500  '],
    ['no sign, an amount that can be no number', '123-1000 456-1000', '123 456 1,000', '123 456 1k', '123 456 1000.00'],
    [
      'entries on their own lines',
      '123-500 456-300',
      '123-500\n456-300',
      '123 500\r\n\r\n456 300',
      '123-500\u2028456-300',
    ],
    [
      'entries on one line',
      '123-500 456-300',
      '123-500 456-300',
      '123-500, 456-300,',
      '123-500/456-300',
      '123-500 ; 456-300',
    ],
    ['the same number twice', '123-700 456-10', '123-500\n456-10\n123-200', '123 456-10 123-690'],
    ['a number twice in one list', '123-1000', '123 123-500'],
    ['R stakes the amount on each permutation', SIX, '123R-500', '123r500', '123R 500', '123 R = 500', '၁၂၃ပတ်လည်၅၀၀'],
    ['R of a number with two equal digits', '112-500 121-500 211-500', '112R-500'],
    ['R of three equal digits', '111-500', '111R-500'],
    ['a list with R', '112-5 121-5 211-5 334-5 343-5 433-5', '112R 334R-5', '112R,334R 5', '112R, 334R5'],
    [
      'a straight-and-permutation pair',
      PAIR,
      '123-500R100',
      '123 - 500 R 100',
      '123R100-500',
      '123R-100-500',
      '123R 100-500',
    ],
    ['a pair in thousands', '112-5000 121-2000 211-2000', '112-5kR2k', '112R2k-5k'],
    ['a pair on several numbers', '112-5 121-2 211-2 334-5 343-2 433-2', '112 334-5R2', '112R 334R2-5'],
    ['all triples', '000-1 111-1 222-1 333-1 444-1 555-1 666-1 777-1 888-1 999-1', 'AP-1', 'ap1', 'APU 1', 'အပူး1'],
    ['the even ones', '000-1 222-1 444-1 666-1 888-1', 'SP-1', 'sp1', 'စုံပူး၁'],
    ['the odd ones', '111-1 333-1 555-1 777-1 999-1', 'MP-1', 'mp=1', 'မပူး၁'],
    ['words before and behind', '000-1 222-1 444-1 666-1 888-1 123-5', 'SP1 123-5', 'SP-1, 123-5'],
    ['thousands', '123-1000', '123-1000', '123-1,000', '123-1k', '123-1K', '123-၁,၀၀၀'],
    ['lakhs', '123-100000', '123-1,00,000', '123-100,000', '123-100k'],
    ['millions', '123-12345678', '123-12,345,678', '123-1,23,45,678'],
    ['decimals', '123-99.50', '123-99.5', '123-99.50', '၁၂၃-၉၉.၅'],
    ['decimals of thousands', '123-1250', '123-1.25k', '123-1,250.00'],
    ['the smallest amount there is', '123-0.01', '123-0.01', '123 0.01'],
    ['the largest', '123-1000000000', '123-1,000,000,000', '123-1000000k'],
  ];
  for (const [why, comesTo, ...texts] of readings) {
    for (const text of texts)
      it(`S3-17 reads ${why}: ${JSON.stringify(text)}`, () => assert.equal(slip(text), comesTo));
  }

  it('S3-17 reads a head, a middle and a tail as a hundred numbers each', () => {
    const families: readonly [texts: readonly string[], place: number, from: string, to: string][] = [
      [['5T500', '5t-500', '၅ထိပ်၅၀၀', '5 T 500'], 0, '500', '599'],
      [['5M500', '5m=500', '5အလယ်500'], 1, '050', '959'],
      [['5N500', '5n:500', '5နောက်500', '5ပိတ်500', '5နောက်ပိတ်500'], 2, '005', '995'],
    ];
    for (const [texts, place, from, to] of families) {
      for (const text of texts) {
        const { lines, errors } = parseSlip(text);
        assert.deepEqual(
          [errors.length, lines.length, lines[0]?.number, lines.at(-1)?.number],
          [0, 100, from, to],
          text,
        );
        assert.ok(lines.every(({ number, amount }) => number[place] === '5' && amount === 50_000n));
      }
    }
    assert.equal(total('5T 6T 7N-10'), '3000');
    assert.equal(parseSlip('5T 6T 7N-10').lines.length, 280);
  });

  it('S3-17 keeps what was typed, at its place, beside what it comes to', () => {
    const { entries, lines } = parseSlip('123-5,\n ၁၂၃R 1');
    const typed = entries.map(({ position, fragment, items }) => [position, fragment, items[0]?.kind]);
    assert.deepEqual(typed, [
      [0, '123-5,', 'number'],
      [8, '၁၂၃R 1', 'permutations'],
    ]);
    assert.deepEqual(lines[0], { number: '123', amount: 600n });
  });

  it('S3-17 has at most a line for each of the thousand numbers, whatever is on it', () => {
    const all = '0T 1T 2T 3T 4T 5T 6T 7T 8T 9T-1\n';
    const { lines, total, errors } = parseSlip(all.repeat(10));
    assert.deepEqual([lines.length, total, errors.length], [1_000, 1_000_000n, 0]);
    const [error, ...others] = refused(`${all.repeat(10)}123-5`);
    assert.equal(error, '320 "123-5" This is more than the 10000 stakes that a slip may have');
    assert.equal(others.length, 0);
  });

  it('S3-17 of more than 20,000 characters is not read at all', () => {
    assert.equal(parseSlip('123-5'.padEnd(SLIP_TEXT_MAX)).errors.length, 0);
    const { lines, errors } = parseSlip('123-5'.padEnd(SLIP_TEXT_MAX + 1, ' 456-5'));
    assert.deepEqual([lines.length, errors.length, errors[0]?.position], [0, 1, SLIP_TEXT_MAX]);
    assert.match(errors[0]?.message ?? '', /at most 20000 characters/);
  });

  it('S3-16 with too many errors has the rest of it in the last one', () => {
    const { errors, entries } = parseSlip(`${'x\n'.repeat(ERRORS_MAX + 5)}123-5\n`);
    assert.deepEqual([errors.length, entries.length], [ERRORS_MAX, 0]);
    assert.deepEqual(errors.at(-1), {
      position: 2 * (ERRORS_MAX - 1),
      fragment: 'x\nx\nx\nx\nx\nx\n123-5',
      message: 'There are too many errors: this was not read',
    });
  });

  it('S3-16 takes milliseconds, whatever the text', () => {
    const texts = [
      '1',
      '1,',
      '1k',
      'R',
      '123R ',
      '0T1,',
      '5T ',
      'AP ',
      '123-5\n',
      '-',
      ',',
      '\n',
      '\ud800',
      '်',
      '123 ',
      ' ',
    ];
    for (const unit of texts) {
      const text = unit.repeat(SLIP_TEXT_MAX / unit.length);
      const startedAt = performance.now();
      parseSlip(text);
      assert.ok(performance.now() - startedAt < 500, JSON.stringify(unit));
    }
  });
});
