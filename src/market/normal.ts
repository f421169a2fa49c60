import type { ByteStream } from '../fairness/byte-stream.ts';
import { type Fixed, integerSqrt, negativeLn, ONE } from './fixed-point.ts';

const WORD = 1n << 32n;

/**
 * Numbers of the standard normal distribution, by Marsaglia's polar method in integers: a point in the square, drawn
 * again until it lies in the circle, gives two. README.md lays down every step.
 */
export function* normals(stream: ByteStream): Generator<Fixed, never> {
  for (;;) {
    const [u, v] = [coordinate(stream), coordinate(stream)];
    const square = u * u + v * v;
    if (square >= ONE) continue;
    const root = integerSqrt((2n * negativeLn(square as Fixed) * ONE * ONE) / square);
    yield ((u * root) >> 32n) as Fixed;
    yield ((v * root) >> 32n) as Fixed;
  }
}

/** Between −1 and 1, counted in 2^-32: odd, so that it is never 0 nor ±1. */
function coordinate(stream: ByteStream): bigint {
  return 2n * BigInt(stream.nextUint32()) + 1n - WORD;
}
