/** What a word behind a figure makes of it: `123R`, `5T`. */
export type Suffix = 'permutations' | 'head' | 'middle' | 'tail';
/** What stands for numbers by itself: 000, 111 … 999, or only those of even or of odd digits. */
export type Triples = 'triples' | 'even-triples' | 'odd-triples';

/** Every word there is; the first of each meaning is the one that is printed (DOMAIN 2.2). */
const SUFFIXES: Readonly<Record<Suffix, readonly [string, ...string[]]>> = {
  permutations: ['R', 'ပတ်လည်'],
  head: ['T', 'ထိပ်'],
  middle: ['M', 'အလယ်'],
  tail: ['N', 'နောက်', 'ပိတ်', 'နောက်ပိတ်'],
};
const TRIPLES: Readonly<Record<Triples, readonly [string, ...string[]]>> = {
  triples: ['AP', 'APU', 'အပူး'],
  'even-triples': ['SP', 'စုံပူး'],
  'odd-triples': ['MP', 'မပူး'],
};

const suffixes = meanings(SUFFIXES);
const triples = meanings(TRIPLES);

/** In capital or small letters; undefined where the word is no such suffix. */
export function suffixOf(word: string): Suffix | undefined {
  return suffixes.get(word.toUpperCase());
}

/** In capital or small letters; undefined where the word is none for triples. */
export function triplesOf(word: string): Triples | undefined {
  return triples.get(word.toUpperCase());
}

/** The word that is printed: `R`, `T`, `M`, `N`, `AP`, `SP`, `MP`. */
export function wordFor(meaning: Suffix | Triples): string {
  return { ...SUFFIXES, ...TRIPLES }[meaning][0];
}

function meanings<Meaning extends string>(
  words: Readonly<Record<Meaning, readonly string[]>>,
): ReadonlyMap<string, Meaning> {
  const entries = Object.entries<readonly string[]>(words) as [Meaning, readonly string[]][];
  return new Map(entries.flatMap(([meaning, spellings]) => spellings.map((word) => [word, meaning])));
}
