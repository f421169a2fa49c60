import fc from 'fast-check';

/** Slips as people write them, and texts that nobody should. */

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const number = fc.integer({ min: 0, max: 999 }).map((selection) => selection.toString().padStart(3, '0'));
const mixedNumber = number.filter((text) => new Set(text).size > 1);
const amount = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000 }).map(String),
  fc.integer({ min: 1, max: 999 }).map((thousands) => `${thousands}k`),
  fc.tuple(fc.integer({ min: 1, max: 999 }), number).map((groups) => groups.join(',')),
  fc.tuple(fc.integer({ min: 1, max: 9_999 }), digit).map((parts) => parts.join('.')),
);
const sign = fc.constantFrom('-', '=', ':', '@', ' - ', '= ', ' –');
const gap = fc.constantFrom(' ', ',', ', ', '.', ' / ', '|', '*', '\t', '၊');
const permute = fc.constantFrom('R', 'r', ' R', 'ပတ်လည်');
const item = fc.oneof(
  fc.tuple(number, permute).map((parts) => parts.join('')),
  fc.tuple(digit, fc.constantFrom('T', 'm', ' N', 'ထိပ်', 'အလယ်', 'နောက်')).map((parts) => parts.join('')),
  fc.constantFrom('AP', 'apu', 'SP', 'mp', 'အပူး', 'စုံပူး', 'မပူး'),
);

function listOf(items: fc.Arbitrary<string>, between: fc.Arbitrary<string> = gap): fc.Arbitrary<string> {
  const others = fc.array(fc.tuple(between, items), { maxLength: 5 });
  return fc.tuple(items, others).map(([first, more]) => first + more.flat().join(''));
}
function joined(...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(''));
}

/** One entry by the grammar of README.md. */
export const entryText = fc.oneof(
  joined(listOf(number), sign, amount),
  joined(listOf(mixedNumber), sign, amount, fc.constantFrom('R', 'r', ' R '), amount),
  joined(listOf(number, fc.constant(' ')), fc.constant(' '), fc.integer({ min: 1, max: 99_999 }).map(String)),
  joined(
    listOf(number, fc.constantFrom(',', '/', ' * ')),
    fc.constant(' '),
    fc.integer({ min: 1, max: 999 }).map(String),
  ),
  joined(listOf(item), fc.oneof(sign, fc.constantFrom('', ' ')), amount),
  joined(listOf(joined(mixedNumber, permute)), fc.oneof(sign, fc.constant('')), amount, sign, amount),
);

/** A number list with its amount in hundredths, and a text that says so. */
export const meantEntry = fc
  .record({
    numbers: fc.array(number, { minLength: 1, maxLength: 5 }),
    hundredths: fc.integer({ min: 1, max: 10 ** 9 }),
  })
  .chain(({ numbers, hundredths }) =>
    fc.record({
      numbers: fc.constant(numbers),
      hundredths: fc.constant(hundredths),
      text: fc
        .tuple(gap, sign)
        .map(([between, before]) => numbers.join(between) + before + (hundredths / 100).toFixed(2)),
    }),
  );

/** A whole slip by the grammar. */
export const slipText = fc.array(entryText, { minLength: 1, maxLength: 20 }).map((entries) => entries.join('\n'));

const crumbs = fc.constantFrom(
  ...['1', '12', '123', '5', '000', '500', '၁၂၃', '๕', '1,000', '1.5', '0', 'k', 'K', 'R', 'T', 'M', 'N', 'AP', 'SP'],
  ...['ပတ်လည်', 'ပတ်', '-', '=', '@', ':', '–', ',', '.', '/', '|', '*', ';', '၊', ' ', '  ', '\t', '\n', '\r\n', '\v'],
  ...['\u2028', '\u00a0', '\u200b', '\ufeff', '\u202e', '\ud800', '\u0000', '𝟙', '１', '₹', 'x', 'Ks', '်', 'é', '🎲'],
);

/** Texts of every kind: of any characters, of crumbs of the grammar, and slips with something changed in them. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(crumbs, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.tuple(slipText, fc.nat(), crumbs).map(([text, place, crumb]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + crumb + text.slice(at);
  }),
  fc
    .tuple(slipText, fc.nat())
    .map(([text, place]) => text.slice(0, place % text.length) + text.slice((place % text.length) + 1)),
);
