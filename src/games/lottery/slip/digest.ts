import type { Line } from './lines.ts';

/** SHA-256 over the UTF-8 bytes of a text, in lower-case hexadecimal. Passed in: rules import nothing. */
export type Sha256 = (text: string) => string;

/**
 * What a slip comes to, whatever was typed: a first line that names this form, then for each number in ascending order
 * `123=50000`, the amount in minor units. Every line ends with a line feed.
 */
export function canonicalSlip(lines: readonly Line[]): string {
  const inOrder = lines.toSorted((one, other) => (one.number < other.number ? -1 : 1));
  return `slip 1\n${inOrder.map(({ number, amount }) => `${number}=${amount}\n`).join('')}`;
}

/** The same for two slips exactly where they stake the same on every number. */
export function digestOf(lines: readonly Line[], sha256: Sha256): string {
  return sha256(canonicalSlip(lines));
}
