import type { Minor } from '../../../money.ts';
import type { Entry, Item } from './entry.ts';
import { wordFor } from './words.ts';

/**
 * A slip in its plainest form, an entry a line: `123 456-500`, `123R-99.50`, `123-500R100`. Read again it is the same
 * lines, total and digest, and printed again the same text. It may be longer than what was typed.
 */
export function printSlip(entries: readonly Entry[]): string {
  return entries.map(printEntry).join('\n');
}

function printEntry({ items, amount, others }: Entry): string {
  const pair = others === undefined ? '' : `R${printAmount(others)}`;
  return `${items.map(printItem).join(' ')}-${printAmount(amount)}${pair}`;
}

/** Major units, decimals only where there are some: `500`, `99.50`. */
export function printAmount(amount: Minor): string {
  const digits = amount.toString().padStart(3, '0');
  const decimals = digits.slice(-2);
  return decimals === '00' ? digits.slice(0, -2) : `${digits.slice(0, -2)}.${decimals}`;
}

function printItem(item: Item): string {
  switch (item.kind) {
    case 'number':
      return item.number;
    case 'permutations':
      return `${item.number}${wordFor(item.kind)}`;
    case 'head':
    case 'middle':
    case 'tail':
      return `${item.digit}${wordFor(item.kind)}`;
    default:
      return wordFor(item.kind);
  }
}
