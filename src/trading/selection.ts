import type { Direction } from '../games/trading/binary.ts';
import type { MarketSymbol } from '../market/symbols.ts';

/** Selections of one thousand exclude one another in the ledger; nothing on a desk does, so each has its own. */
const APART = 1_000;
const SYMBOLS_MAX = 16;

/** What is bet on, in the ledger's numbers. Throws RangeError beyond the symbols that these have room for. */
export function selectionOf({ id, number }: MarketSymbol, direction: Direction): number {
  if (number >= SYMBOLS_MAX) throw new RangeError(`${id} has the number ${number}: there is room for ${SYMBOLS_MAX}`);
  return (2 * number + (direction === 'UP' ? 0 : 1)) * APART;
}
