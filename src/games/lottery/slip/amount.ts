import { type Minor, minor } from '../../../money.ts';
import { inLatinDigits } from './digits.ts';
import { type Fault, fault, quoted } from './faults.ts';
import type { Figure } from './tokens.ts';

/** The most that one stake of a slip may be: 1,000,000,000.00. With `STAKES_MAX` of them no sum can overflow. */
const STAKE_MAX = minor(10n ** 11n);
const WHOLE_DIGITS_MAX = 10;

/** Plain, in thousands (1,000,000) or in lakhs (10,00,000); at most two decimals; perhaps thousands of it. */
const AMOUNT = /^(\d+|\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.(\d{1,2}))?([kK]?)$/;

/** The amount that a figure stands for, in minor units: `500` is 500.00. A fault where it is none or could be two. */
export function amountOf({ text }: Figure): Minor | Fault {
  const [, grouped, decimals = '', thousands] = AMOUNT.exec(inLatinDigits(text)) ?? [];
  if (grouped === undefined) return misread(text);
  const whole = grouped.replaceAll(',', '');
  if (/^0+$/.test(whole + decimals)) return fault(`${quoted(text)} is no amount: it must be more than 0`);
  if (/^0\d/.test(whole)) return fault(`${quoted(text)} is no amount: it must not begin with 0`);
  if (whole.length > WHOLE_DIGITS_MAX) return tooMuch(text);
  const amount = BigInt(whole + decimals.padEnd(2, '0')) * (thousands ? 1_000n : 1n);
  return amount > STAKE_MAX ? tooMuch(text) : minor(amount);
}

function misread(text: string): Fault {
  if (/\.\d{3}/.test(inLatinDigits(text))) {
    return fault(`${quoted(text)} could be two amounts: a point has one or two digits behind it, a comma three`);
  }
  return fault(`${quoted(text)} is no amount: write 1000, 1,000, 1.5k or 99.50, and a blank before what follows it`);
}

function tooMuch(text: string): Fault {
  return fault(`${quoted(text)} is too much: one stake is at most 1,000,000,000`);
}
