import { type Suffix, suffixOf, type Triples, triplesOf } from './words.ts';

/** A piece of the slip's text, at its place in it: positions are UTF-16 code units of the text as it was written. */
interface Place {
  readonly start: number;
  readonly text: string;
  /** Whether blanks stand before it. */
  readonly spaced: boolean;
}

/** Digits, with commas or points right between them, perhaps with a `k` behind: numbers or an amount. */
export interface Figure extends Place {
  readonly kind: 'figure';
}
export interface SuffixToken extends Place {
  readonly kind: 'suffix';
  readonly suffix: Suffix;
}
export interface TriplesToken extends Place {
  readonly kind: 'triples';
  readonly triples: Triples;
}
/** `sign` announces an amount, `mark` separates, `break` ends a line, `stray` has no meaning in a slip. */
export interface OtherToken extends Place {
  readonly kind: 'sign' | 'mark' | 'break' | 'stray';
}
export type Token = Figure | SuffixToken | TriplesToken | OtherToken;

/**
 * Tried in this order at every place. The last takes any one character, so nothing of a text is skipped (S3-16). A `k`
 * belongs to the figure before it unless a letter follows, which then may only be the R of a pair: `5kR2k`.
 */
const KINDS = {
  figure: /[0-9၀-၉๐-๙]+(?:[.,][0-9၀-၉๐-๙]+)*(?:[kK](?=[rR]?(?![\p{L}\p{M}])))?/u,
  word: /[\p{L}\p{M}]+/u,
  blank: /[\t\p{Zs}]+/u,
  sign: /[-=:@\u2010-\u2015\u2212]/u,
  mark: /[,./|*;၊။]/u,
  break: /\r\n|[\r\n\u2028\u2029]/u,
  stray: /[\s\S]/u,
} as const;
type Kind = keyof typeof KINDS;

const ORDER = Object.keys(KINDS) as Kind[];
const ANY = new RegExp(ORDER.map((kind) => `(${KINDS[kind].source})`).join('|'), 'gu');

/** The tokens of a text, which are all of it but the blanks; in linear time. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let spaced = false;
  for (const match of text.matchAll(ANY)) {
    const kind = ORDER[match.indexOf(match[0], 1) - 1];
    if (kind !== 'blank') tokens.push(tokenOf(kind ?? 'stray', { start: match.index, text: match[0], spaced }));
    spaced = kind === 'blank';
  }
  return tokens;
}

function tokenOf(kind: Exclude<Kind, 'blank'>, place: Place): Token {
  if (kind !== 'word') return { kind, ...place };
  const suffix = suffixOf(place.text);
  if (suffix) return { kind: 'suffix', ...place, suffix };
  const triples = triplesOf(place.text);
  return triples ? { kind: 'triples', ...place, triples } : { kind: 'stray', ...place };
}
