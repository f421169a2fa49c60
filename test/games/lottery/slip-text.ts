import { hash } from 'node:crypto';
import { parseSlip } from '../../../src/games/lottery/slip/parse-slip.ts';
import { printAmount } from '../../../src/games/lottery/slip/print.ts';

/** What a slip comes to, as a collector would read it back: `slip('112R-500')` is `112-500 121-500 211-500`. */
export function slip(text: string): string {
  const { lines, errors } = parseSlip(text);
  if (errors.length > 0) throw new Error(`refused: ${refused(text).join(' | ')}`);
  return lines.map(({ number, amount }) => `${number}-${printAmount(amount)}`).join(' ');
}

/** The sum of a slip that has no errors. */
export function total(text: string): string {
  slip(text);
  return printAmount(parseSlip(text).total);
}

/** What is refused of a slip, and why: `0 "12-500" “12” is not a number of three digits`. */
export function refused(text: string): readonly string[] {
  return parseSlip(text).errors.map(({ position, fragment, message }) => `${position} "${fragment}" ${message}`);
}

export function sha256(text: string): string {
  return hash('sha256', text);
}
