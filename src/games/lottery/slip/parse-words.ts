import { type LotteryNumber, lotteryNumber } from '../number.ts';
import { amountOf } from './amount.ts';
import { inLatinDigits } from './digits.ts';
import { type Entry, type Item, pairEntry } from './entry.ts';
import { type Fault, fault, isFault, misplaced, NO_AMOUNT, quoted } from './faults.ts';
import type { Token } from './tokens.ts';
import { type Suffix, wordFor } from './words.ts';

/**
 * Items with words, and an amount behind a sign, a blank or nothing: `123R-500`, `5T 6T-100`, `AP500`. Either every
 * item of a list has a word or none has: nobody could tell whether the R of `123 456R` is for both. Permutations may
 * have a second amount, for the numbers themselves: `123R100-500` is the pair `123-500R100`.
 */
export function parseWords(tokens: readonly Token[]): Entry | Fault {
  const items: Item[] = [];
  let at = 0;
  for (;;) {
    const item = itemAt(tokens, at);
    if (isFault(item)) return item;
    items.push(item);
    at += tokens[at]?.kind === 'triples' ? 1 : 2;
    const next = tokens[at];
    if (next?.kind === 'mark') at += 1;
    else if (!next?.spaced || !isItem(tokens, at)) return stakeOn(items, tokens.slice(at));
  }
}

function isItem(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.kind === 'triples' || (tokens[at]?.kind === 'figure' && tokens[at + 1]?.kind === 'suffix');
}

function itemAt(tokens: readonly Token[], at: number): Item | Fault {
  const [token, word] = [tokens[at], tokens[at + 1]];
  if (token?.kind === 'triples') return { kind: token.triples };
  if (token?.kind !== 'figure') return token ? misplaced(token) : NO_AMOUNT;
  if (word?.kind === 'suffix') return suffixItem(token.text, word.suffix);
  return fault(`${quoted(token.text)} has no word like R behind it, and others of its list have`);
}

function suffixItem(text: string, suffix: Suffix): Item | Fault {
  const digits = inLatinDigits(text);
  if (suffix !== 'permutations') {
    if (/^[0-9]$/.test(digits)) return { kind: suffix, digit: Number(digits) };
    return fault(`${quoted(text)} is not one digit, as ${wordFor(suffix)} needs it: 5${wordFor(suffix)}-500`);
  }
  const number = lotteryNumber(digits);
  return number ? { kind: suffix, number } : fault(`${quoted(text)} is not a number of three digits`);
}

/** What stands behind the items, with or without a sign: the amount, or the two of a pair. */
function stakeOn(items: readonly Item[], tokens: readonly Token[]): Entry | Fault {
  const [first, sign, second, extra] = tokens[0]?.kind === 'sign' ? tokens.slice(1) : tokens;
  if (first?.kind !== 'figure') return first ? misplaced(first) : NO_AMOUNT;
  const amount = amountOf(first);
  if (isFault(amount)) return amount;
  if (!sign) return { items, amount };
  const numbers = permutedNumbers(items);
  if (sign.kind !== 'sign' || second?.kind !== 'figure' || !numbers) return misplaced(sign);
  const straight = amountOf(second);
  if (isFault(straight)) return straight;
  return extra ? misplaced(extra) : pairEntry(numbers, straight, amount);
}

/** The numbers of a list in which all are permuted; undefined for any other. */
function permutedNumbers(items: readonly Item[]): readonly LotteryNumber[] | undefined {
  const permuted = items.filter((item) => item.kind === 'permutations');
  return permuted.length === items.length ? permuted.map(({ number }) => number) : undefined;
}
