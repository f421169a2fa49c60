import { type Minor, ZERO } from '../../../money.ts';
import type { Entry } from './entry.ts';
import { STAKES_MAX, stakesOf } from './expand.ts';
import { type Fault, isFault } from './faults.ts';
import { addUp, type Line, sumOf } from './lines.ts';
import { parseEntry } from './parse-entry.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { tokensOf } from './tokens.ts';

/** UTF-16 code units. A longer text is not read at all. */
export const SLIP_TEXT_MAX = 20_000;
/** The last of them covers whatever stands behind it, so that nothing goes unreported. */
export const ERRORS_MAX = 100;

/** A stretch of the text: `position` counts UTF-16 code units from 0, `fragment` is exactly what is written there. */
interface Stretch {
  readonly position: number;
  readonly fragment: string;
}

/** An entry and where it was written. */
export interface WrittenEntry extends Entry, Stretch {}

/** A stretch that is no entry, and why, for the collector. */
export interface SlipError extends Stretch {
  readonly message: string;
}

/** All that a text says. Every character of it but blanks and line ends is in the stretch of one entry or one error. */
export interface Slip {
  /** As they were written: what `lines` came from. */
  readonly entries: readonly WrittenEntry[];
  /** One for each number, everything staked on it added up, in the order the numbers first came; at most 1,000. */
  readonly lines: readonly Line[];
  readonly total: Minor;
  /** In the order of the text. A slip with any is not to be accepted. */
  readonly errors: readonly SlipError[];
}

/**
 * Reads a slip; README.md has the grammar. Total: whatever the text, it answers, and what it does not understand is an
 * error (S3-16, S3-17). Preview and submission both read with it. Its time grows no faster than the text.
 */
export function parseSlip(text: string): Slip {
  if (text.length > SLIP_TEXT_MAX) return unread(text);
  const entries: WrittenEntry[] = [];
  const stakes: Line[] = [];
  const errors: SlipError[] = [];
  for (const piece of piecesOf(tokensOf(text))) {
    const stretch = stretchOf(piece, text);
    const read = readPiece(piece, STAKES_MAX - stakes.length);
    if (!isFault(read)) {
      entries.push({ ...stretch, ...read.entry });
      for (const stake of read.stakes) stakes.push(stake);
    } else if (errors.length < ERRORS_MAX - 1) {
      errors.push({ ...stretch, message: read.fault });
    } else {
      const fragment = text.slice(stretch.position).trimEnd();
      errors.push({ position: stretch.position, fragment, message: 'There are too many errors: this was not read' });
      break;
    }
  }
  if (entries.length + errors.length === 0) errors.push({ position: 0, fragment: '', message: 'The slip is empty' });
  return { entries, lines: addUp(stakes), total: sumOf(stakes), errors };
}

function unread(text: string): Slip {
  const fragment = text.slice(SLIP_TEXT_MAX, SLIP_TEXT_MAX + 40);
  const message = `A slip has at most ${SLIP_TEXT_MAX} characters: nothing was read, send it in parts`;
  return { entries: [], lines: [], total: ZERO, errors: [{ position: SLIP_TEXT_MAX, fragment, message }] };
}

function readPiece(piece: Piece, room: number): { entry: Entry; stakes: readonly Line[] } | Fault {
  const entry = parseEntry(piece);
  if (isFault(entry)) return entry;
  const stakes = stakesOf(entry, room);
  return isFault(stakes) ? stakes : { entry, stakes };
}

function stretchOf({ tokens }: Piece, text: string): Stretch {
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (!first || !last) throw new Error('a piece without tokens');
  return { position: first.start, fragment: text.slice(first.start, last.start + last.text.length) };
}
