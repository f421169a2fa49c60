/**
 * The bets of the game as the ledger stores them. A market is a thousand codes of which one at most can win, so a
 * market's worst case is its largest selection, not their sum. Codes are in the ledger for good: never reuse one.
 */
const CODES: ReadonlyMap<string, number> = new Map([
  ['andar', 1],
  ['bahar', 2],
  ...market(1, 'cards', ['1-5', '6-10', '11-15', '16-25', '26-30', '31-35', '36-40', '41-49']),
  ...market(2, 'joker', ['red', 'black']),
  ...market(3, 'joker', ['spades', 'hearts', 'diamonds', 'clubs']),
  ...market(4, 'joker', ['A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K']),
  ...market(5, 'joker', ['low', 'seven', 'high']),
]);

const betSides: ReadonlyMap<number, string> = new Map([...CODES].map(([betSide, code]) => [code, betSide]));

/** The code of a bet side, 1 to 32767; undefined when the game has no such bet. */
export function selectionOf(betSide: string): number | undefined {
  return CODES.get(betSide);
}

/** The bet side behind a stored code. Throws on a code that was never given out. */
export function betSideOf(selection: number): string {
  const betSide = betSides.get(selection);
  if (betSide === undefined) throw new Error(`no bet has the selection code ${selection}`);
  return betSide;
}

/** Selections of one market exclude one another: `assertSound` sees to it. */
export function marketOf(selection: number): number {
  return Math.floor(selection / 1000);
}

/** How many selections each market has: a player who has bet on all of one has no stake in how it ends (DOMAIN 4). */
export const MARKET_SIZES: readonly number[] = [0, 1, 2, 3, 4, 5].map(
  (market) => [...CODES.values()].filter((code) => marketOf(code) === market).length,
);

/** Codes 1001, 1002 … in market 1 for `cards-1-5`, `cards-6-10` … New ones may only be added at the end. */
function market(number: number, subject: string, names: readonly string[]): readonly [string, number][] {
  return names.map((name, index) => [`${subject}-${name}`, number * 1000 + index + 1]);
}
