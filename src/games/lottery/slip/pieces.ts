import type { Token } from './tokens.ts';

/** The tokens that are one entry, or are refused together. */
export interface Piece {
  readonly tokens: readonly Token[];
  /** Whether nothing stands before it in its line. */
  readonly beginsLine: boolean;
}

/**
 * Cuts a slip into pieces. A piece ends with its line. It also ends behind its amount, where a blank or a mark follows;
 * the mark still belongs to it. An amount is known by a sign before it, or by standing right behind a word (`5T500`); a
 * piece without either can only end with its line. Every token but the line breaks is in exactly one piece.
 */
export function piecesOf(tokens: readonly Token[]): readonly Piece[] {
  return linesOf(tokens).flatMap((line) =>
    cut(line).map((piece, index) => ({ tokens: piece, beginsLine: index === 0 })),
  );
}

function linesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const lines: Token[][] = [];
  const line: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== 'break') line.push(token);
    else lines.push(line.splice(0));
  }
  return [...lines, line];
}

function cut(line: readonly Token[]): readonly (readonly Token[])[] {
  const pieces: Token[][] = [];
  let piece: Token[] = [];
  let announced = false;
  let complete = false;
  for (const [index, token] of line.entries()) {
    announced ||= token.kind === 'sign' || (token.kind === 'figure' && !token.spaced && isWord(piece.at(-1)));
    const closes = complete && token.kind === 'mark';
    complete = announced && token.kind === 'figure';
    piece.push(token);
    const next = line[index + 1];
    if (next && !closes && !(complete && next.spaced && canBegin(next))) continue;
    pieces.push(piece);
    piece = [];
    announced = false;
    complete = false;
  }
  return pieces;
}

function isWord(token: Token | undefined): boolean {
  return token?.kind === 'suffix' || token?.kind === 'triples';
}

/** Signs, suffixes and marks belong to what stands before them, blanks or not: `123 - 500 R 100, 456 - 500`. */
function canBegin(token: Token): boolean {
  return token.kind === 'figure' || token.kind === 'triples' || token.kind === 'stray';
}
