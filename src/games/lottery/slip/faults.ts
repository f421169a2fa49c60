import type { Token } from './tokens.ts';

/** Why a piece of a slip is refused, in words for the collector. */
export interface Fault {
  readonly fault: string;
}

export function fault(why: string): Fault {
  return { fault: why };
}

export function isFault(result: unknown): result is Fault {
  return typeof result === 'object' && result !== null && 'fault' in result;
}

export const NO_AMOUNT = fault('There is no amount: write it behind a “-”, as in 123-500');

/** The fault of a token that cannot stand where it stands, with what it is for. */
export function misplaced(token: Token): Fault {
  return fault(`${quoted(token.text)} ${purposeOf(token)}`);
}

/** The Burmese letter wa and the Latin o: on many a keyboard they are typed for a zero. */
const ZERO_LOOKALIKE = /^[ဝoO]+$/;

function purposeOf(token: Token): string {
  switch (token.kind) {
    case 'sign':
      return 'cannot stand here: it goes between numbers and their amount, and no amount is negative';
    case 'mark':
      return 'cannot stand here: it goes between two numbers or behind an entry';
    case 'suffix':
      return token.suffix === 'permutations'
        ? 'cannot stand here: write 123R-500 for every permutation, 123-500R100 for a pair, and in a list R with each'
        : 'cannot stand here: it goes behind one digit, as in 5T-500';
    case 'triples':
      return 'cannot stand here: it goes first, as in AP-500';
    case 'figure':
      return 'cannot stand here: write each entry on a line of its own, or a “-” before each amount';
    default:
      return ZERO_LOOKALIKE.test(token.text) ? 'is a letter, and no zero' : 'has no meaning in a slip';
  }
}

const QUOTED_MAX = 24;

/** Text of the slip within a message: no longer than a message should be, and never invisible. */
export function quoted(text: string): string {
  if (/^[\p{C}\p{Z}\p{M}]$/u.test(text)) return `U+${text.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  return text.length > QUOTED_MAX ? `“${text.slice(0, QUOTED_MAX)}…”`.toWellFormed() : `“${text}”`;
}
