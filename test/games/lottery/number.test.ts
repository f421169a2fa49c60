import assert from 'node:assert/strict';
import {
  type LotteryNumber,
  lotteryNumber,
  NUMBERS,
  numberAt,
  permutationsOf,
  selectionOf,
} from '../../../src/games/lottery/number.ts';

describe('a number of the lottery', () => {
  it('S3-06 is exactly three digits, leading zeros kept', () => {
    assert.equal(NUMBERS.length, 1_000);
    assert.deepEqual([NUMBERS[0], NUMBERS[7], NUMBERS[42], NUMBERS[999]], ['000', '007', '042', '999']);
    for (const number of NUMBERS) assert.equal(lotteryNumber(number), number);
    for (const text of ['', '1', '12', '1234', '-12', '1.2', '12a', ' 123', '123\n', '၁၂၃']) {
      assert.equal(lotteryNumber(text), undefined, text);
    }
  });

  it('stands in the ledger under its own value, in one market', () => {
    assert.deepEqual(
      NUMBERS.map(selectionOf),
      NUMBERS.map((_, index) => index),
    );
    for (const number of NUMBERS) assert.equal(numberAt(selectionOf(number)), number);
    assert.throws(() => numberAt(1_000), /selection code 1000/);
    assert.throws(() => permutationsOf('12' as LotteryNumber), /not a number of the lottery: 12/);
  });

  it('has six, three or one distinct permutations: 720, 270 and 10 of the thousand numbers (DOMAIN 2.1)', () => {
    assert.deepEqual(permutations('123'), ['123', '132', '213', '231', '312', '321']);
    assert.deepEqual(permutations('211'), ['211', '121', '112']);
    assert.deepEqual(permutations('007'), ['007', '070', '700']);
    assert.deepEqual(permutations('111'), ['111']);
    const sizes = NUMBERS.map((number) => permutationsOf(number).length);
    assert.deepEqual(
      [6, 3, 1].map((size) => sizes.filter((other) => other === size).length),
      [720, 270, 10],
    );
  });
});

function permutations(text: string): readonly string[] {
  const number = lotteryNumber(text);
  return number ? permutationsOf(number) : [];
}
