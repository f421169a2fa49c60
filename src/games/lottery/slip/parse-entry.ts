import type { Entry } from './entry.ts';
import { type Fault, misplaced } from './faults.ts';
import { parseNumbers } from './parse-numbers.ts';
import { parseWords } from './parse-words.ts';
import type { Piece } from './pieces.ts';

/** The entry that all of a piece is, but for a mark at its end; or why it is none. Nothing of it is passed over. */
export function parseEntry({ tokens, beginsLine }: Piece): Entry | Fault {
  const stray = tokens.find(({ kind }) => kind === 'stray');
  if (stray) return misplaced(stray);
  const [first, second] = tokens;
  if (first?.kind === 'mark') return misplaced(first);
  const body = tokens.at(-1)?.kind === 'mark' ? tokens.slice(0, -1) : tokens;
  if (first?.kind === 'triples' || second?.kind === 'suffix') return parseWords(body);
  return parseNumbers(body, beginsLine);
}
