import { type LotteryNumber, lotteryNumber } from '../number.ts';
import { amountOf } from './amount.ts';
import { inLatinDigits } from './digits.ts';
import { type Entry, pairEntry, straightEntry } from './entry.ts';
import { type Fault, fault, isFault, misplaced, NO_AMOUNT, quoted } from './faults.ts';
import type { Token } from './tokens.ts';

const NO_NUMBER = fault('There is no number before the amount');
const OWN_LINE = fault('Without a “-” before its amount an entry needs a line of its own');
const UNCLEAR = fault('It is not clear what is a number here and what an amount: write a “-” before each amount');

/** Between the numbers of one figure: `123,456`. */
const INNER_MARK = /[.,]/;

/**
 * Numbers, a sign, and an amount or the two of a pair: `123 456-500`, `123-500R100`. All before the sign are numbers.
 * Where there is no sign, the last figure of the line is the amount: `123 456 500`.
 */
export function parseNumbers(tokens: readonly Token[], beginsLine: boolean): Entry | Fault {
  const sign = tokens.findIndex(({ kind }) => kind === 'sign');
  if (sign === -1) return parseUnsigned(tokens, beginsLine);
  const numbers = numbersIn(tokens.slice(0, sign));
  return isFault(numbers) ? numbers : stakeOn(numbers, tokens.slice(sign + 1));
}

/** What stands behind the sign: the amount, and in a pair R and that on the other permutations. */
function stakeOn(numbers: readonly LotteryNumber[], tokens: readonly Token[]): Entry | Fault {
  const [first, word, second, extra] = tokens;
  if (first?.kind !== 'figure') return first ? misplaced(first) : NO_AMOUNT;
  const amount = amountOf(first);
  if (isFault(amount)) return amount;
  if (!word) return straightEntry(numbers, amount);
  if (word.kind === 'sign' && first.text.includes(',')) return runTogether(first);
  const isPair = word.kind === 'suffix' && word.suffix === 'permutations' && second?.kind === 'figure';
  if (!isPair) return misplaced(word);
  const others = amountOf(second);
  if (isFault(others)) return others;
  return extra ? misplaced(extra) : pairEntry(numbers, amount, others);
}

/** `123-500,456-300`: without a blank a comma before three digits groups thousands. */
function runTogether({ text }: Token): Fault {
  return fault(`${quoted(text)} was read as one amount: write a blank behind the comma that ends an entry`);
}

/** Without a sign a blank and nothing else sets the amount apart, and only where it can mean nothing else. */
function parseUnsigned(tokens: readonly Token[], beginsLine: boolean): Entry | Fault {
  const [list, last] = [tokens.slice(0, -1), tokens.at(-1)];
  if (last?.kind !== 'figure' || list.at(-1)?.kind !== 'figure' || !last.spaced) {
    const numbers = numbersIn(tokens);
    return isFault(numbers) ? numbers : NO_AMOUNT;
  }
  const numbers = numbersIn(list);
  if (isFault(numbers)) return numbers;
  if (!beginsLine) return OWN_LINE;
  if (mixesSeparators(list) || isList(last)) return UNCLEAR;
  const amount = amountOf(last);
  return isFault(amount) ? amount : straightEntry(numbers, amount);
}

/** The numbers of a list, with a blank or one mark between two of them. */
function numbersIn(tokens: readonly Token[]): readonly LotteryNumber[] | Fault {
  if (tokens.length === 0) return NO_NUMBER;
  const numbers: LotteryNumber[] = [];
  for (const [index, token] of tokens.entries()) {
    const isBetween = tokens[index - 1]?.kind === 'figure' && tokens[index + 1]?.kind === 'figure';
    if (token.kind === 'mark' && isBetween) continue;
    if (token.kind !== 'figure') return misplaced(token);
    for (const part of token.text.split(INNER_MARK)) {
      const number = lotteryNumber(inLatinDigits(part));
      if (!number) return fault(`${quoted(part)} is not a number of three digits`);
      numbers.push(number);
    }
  }
  return numbers;
}

/** Both blanks and marks between numbers: `123 500, 456 300` are two entries to people, and one number more to us. */
function mixesSeparators(list: readonly Token[]): boolean {
  const marks = list.some(({ kind, text }) => kind === 'mark' || INNER_MARK.test(text));
  const blanks = list.some(({ kind }, index) => kind === 'figure' && list[index - 1]?.kind === 'figure');
  return marks && blanks;
}

/** `456,789` could be two numbers as well as an amount. */
function isList(figure: Token): boolean {
  const numbers = numbersIn([figure]);
  return !isFault(numbers) && numbers.length > 1;
}
