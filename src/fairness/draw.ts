import type { ByteStream } from './byte-stream.ts';

const WORDS = 2 ** 32;

/**
 * An index from 0 to `count` − 1, each exactly as likely as the others: the 2^32 words fall into `count` ranges of
 * equal length, and a word in the short rest behind them is thrown away. Throws RangeError unless 1 ≤ count ≤ 2^32.
 */
export function drawIndex(stream: ByteStream, count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > WORDS) throw new RangeError(`cannot draw one of ${count}`);
  const rangeLength = Math.floor(WORDS / count);
  for (;;) {
    const index = Math.floor(stream.nextUint32() / rangeLength);
    if (index < count) return index;
  }
}

/** What a draw gave, in order, and what is left, in the order it had before. */
export interface Drawn<T> {
  readonly drawn: readonly T[];
  readonly remaining: readonly T[];
}

/**
 * Draws without replacement until `atMost` are drawn, `isLast` says so of the one just drawn, or none remain.
 * `remaining` is never changed; pass `Infinity` to draw until the last.
 */
export function drawCards<T>(
  stream: ByteStream,
  remaining: readonly T[],
  atMost: number,
  isLast: (card: T) => boolean,
): Drawn<T> {
  const rest = [...remaining];
  const drawn: T[] = [];
  while (rest.length > 0 && drawn.length < atMost) {
    const taken = rest.splice(drawIndex(stream, rest.length), 1);
    drawn.push(...taken);
    if (taken.some(isLast)) break;
  }
  return { drawn, remaining: rest };
}
