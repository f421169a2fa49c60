/**
 * Numbers as integers, counted in 2^-64: the same on every machine, which Math.exp and Math.log are not. README.md lays
 * down every step, so that anybody can recompute a simulated price.
 */
export type Fixed = bigint & { readonly __unit: '2^-64' };

const BITS = 64n;
export const ONE = (1n << BITS) as Fixed;
/** ⌊ln 2 × 2^64⌋ */
const LN_2 = 0xb17217f7d1cf79abn;

/** The product, rounded down. */
export function multiply(one: bigint, other: bigint): Fixed {
  return ((one * other) >> BITS) as Fixed;
}

/** e to the power of x: the powers of two of it exactly, the rest by Taylor's series until a term is 0. */
export function exp(x: Fixed): Fixed {
  const remainder = ((x % LN_2) + LN_2) % LN_2;
  const twos = (x - remainder) / LN_2;
  let [term, sum] = [ONE as bigint, ONE as bigint];
  for (let n = 1n; term > 0n; n += 1n) {
    term = ((term * remainder) >> BITS) / n;
    sum += term;
  }
  return (twos >= 0n ? sum << twos : sum >> -twos) as Fixed;
}

/** −ln x for 0 < x < 1. With x = m × 2^-twos and ½ < m² ≤ 2: twos × ln 2 + 2 artanh((1 − m) / (1 + m)). */
export function negativeLn(x: Fixed): Fixed {
  let twos = BITS - BigInt(x.toString(2).length);
  let m: bigint = x << twos;
  if (2n * m * m <= ONE * ONE) {
    m <<= 1n;
    twos += 1n;
  }
  const z = ((ONE - m) << BITS) / (ONE + m);
  const square = (z * z) >> BITS;
  let [power, sum] = [z, z];
  for (let n = 3n; power !== 0n; n += 2n) {
    // Not a shift: rounded down, a negative power would never become 0.
    power = (power * square) / ONE;
    sum += power / n;
  }
  return (twos * LN_2 + 2n * sum) as Fixed;
}

/**
 * ⌊√n⌋ for 0 ≤ n < 2^1000, exactly: a float only says where to begin, at or above the root, and from there Newton's
 * steps go down to the one answer, wherever they began.
 */
export function integerSqrt(n: bigint): bigint {
  if (n === 0n) return n;
  const guess = BigInt(Math.floor(Math.sqrt(Number(n))));
  let root = guess + (guess >> 50n) + 1n;
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
