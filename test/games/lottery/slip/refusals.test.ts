import assert from 'node:assert/strict';
import { refused, slip } from '../slip-text.ts';

/** What the parser of the documents' source made of these, and what they are (DOMAIN 2.2). */
const KNOWN_FAILURES: readonly [text: string, was: string, comesTo: string | RegExp][] = [
  ['123 456 789 @ 100', '123→456, then six permutations of 789→100', '123-100 456-100 789-100'],
  ['123,456,789=500', '123→456, 789→500', '123-500 456-500 789-500'],
  ['1234-500', '234→500', /^0 "1234-500" “1234” is not a number of three digits$/],
  ['99123-500', '123→500', /^0 "99123-500" “99123” is not a number of three digits$/],
  ['123-1,000', '123→1', '123-1000'],
  ['123-5k', '123→5', '123-5000'],
  ['123-0', '123→0', /^0 "123-0" “0” is no amount: it must be more than 0$/],
  ['123--500', 'silently nothing', /^0 "123--500" “-” cannot stand here/],
  ['၁၂၃-၅၀၀', 'silently nothing', '123-500'],
  ['12-500', 'silently nothing', /^0 "12-500" “12” is not a number of three digits$/],
];

describe('the known failures of the source’s parser', () => {
  for (const [text, was, comesTo] of KNOWN_FAILURES) {
    it(`S3-16 S3-17 ${text} was ${was}`, () => {
      if (typeof comesTo === 'string') return assert.equal(slip(text), comesTo);
      assert.equal(refused(text).length, 1);
      assert.match(refused(text)[0] ?? '', comesTo);
    });
  }
});

describe('what is refused of a slip', () => {
  const whole: readonly [text: string, why: RegExp][] = [
    ['', /The slip is empty/],
    ['123', /There is no amount/],
    ['123-', /There is no amount/],
    ['123,456,789', /There is no amount/],
    ['123*500', /There is no amount/],
    ['AP', /There is no amount/],
    ['-500', /There is no number before the amount/],
    ['123=-500', /“-” cannot stand here/],
    ['123-500-300', /“-” cannot stand here/],
    ['5T100-500', /“-” cannot stand here/],
    ['123-050', /“050” is no amount: it must not begin with 0/],
    ['123 456 078', /“078” is no amount: it must not begin with 0/],
    ['123-0.00', /must be more than 0/],
    ['123-1.000', /could be two amounts/],
    ['123-1.234k', /could be two amounts/],
    ['123-1,5', /“1,5” is no amount/],
    ['123-1,0000', /“1,0000” is no amount/],
    ['123-1.5.5', /“1.5.5” is no amount/],
    ['123-1,000,000,000.01', /is too much/],
    [`123-${'9'.repeat(400)}`, /^0 ".*" “9{24}…” is too much/],
    ['123-500,456-300', /“500,456” was read as one amount: write a blank behind the comma/],
    ['123 500, 456 300', /not clear what is a number/],
    ['123 456,789', /not clear what is a number/],
    ['123/456/2000', /“2000” is not a number of three digits/],
    ['123k-500', /“123k” is not a number of three digits/],
    ['123 456R-500', /“R” cannot stand here/],
    ['123R 5T 456 789-500', /“789” cannot stand here/],
    ['123R,456-500', /“456” has no word like R behind it/],
    ['R123-500', /“R” cannot stand here/],
    ['T5-500', /“T” cannot stand here: it goes behind one digit/],
    ['500-AP', /“AP” cannot stand here: it goes first/],
    ['123-500R', /“R” cannot stand here/],
    ['123-500T100', /“T” cannot stand here/],
    ['123-500R100R100', /“R” cannot stand here/],
    ['123R100-50-20', /“-” cannot stand here/],
    ['123R-500R100', /“R” cannot stand here/],
    ['111-500R100', /“111” has no other permutations to stake on/],
    ['123R 222R100-500', /“222” has no other permutations to stake on/],
    ['55T-500', /“55” is not one digit, as T needs it: 5T-500/],
    ['12R-500', /“12” is not a number of three digits/],
    [',123-500', /“,” cannot stand here/],
    ['123,,456-500', /“,” cannot stand here/],
    ['123,-500', /“,” cannot stand here/],
    ['total 500', /“total” has no meaning in a slip/],
    ['₹500', /“₹” has no meaning in a slip/],
    ['123-500\u200b', /U\+200B has no meaning in a slip/],
    ['123\u202e-500', /U\+202E has no meaning in a slip/],
    ['123-500\ud800', /U\+D800 has no meaning in a slip/],
    ['１２３-500', /“１” has no meaning in a slip/],
    ['ဝ၀၀-500', /“ဝ” is a letter, and no zero/],
    ['1oo-500', /“oo” is a letter, and no zero/],
  ];
  for (const [text, why] of whole) {
    it(`S3-16 is all of ${visible(text)}: ${why.source}`, () => {
      const [error = '', ...others] = refused(text);
      assert.equal(others.length, 0);
      assert.ok(error.startsWith(`0 "${text}" `), error);
      assert.match(error, why);
    });
  }

  const parts: readonly [text: string, ...refusals: RegExp[]][] = [
    ['123-500 12-300 456-100', /^8 "12-300" /],
    ['123-500 456 300', /^8 "456 300" Without a “-” before its amount an entry needs a line of its own/],
    ['123-1 000', /^6 "000" There is no amount/],
    ['123-500,,', /^8 "," “,” cannot stand here/],
    ['  12-500\n၁၂-၅\n123-5 Ks', /^2 "12-500"/, /^9 "၁၂-၅" “၁၂” is not/, /^20 "Ks" “Ks” has no meaning/],
  ];
  for (const [text, ...refusals] of parts) {
    it(`S3-16 is at its own place in ${JSON.stringify(text)}`, () => {
      const errors = refused(text);
      assert.equal(errors.length, refusals.length);
      refusals.forEach((refusal, index) => {
        assert.match(errors[index] ?? '', refusal);
      });
    });
  }
});

/** For a title: what is invisible, or turns a text around, as its code. */
function visible(text: string): string {
  return JSON.stringify(text.slice(0, 30)).replace(
    /\p{C}/gu,
    (character) => `U+${character.codePointAt(0)?.toString(16)}`,
  );
}
