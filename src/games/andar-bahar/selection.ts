/**
 * The bets of the game as the ledger stores them. A market is a thousand codes of which one at most can win, so a
 * market's worst case is its largest selection, not their sum. Codes are in the ledger for good: never reuse one.
 */
const CODES: ReadonlyMap<string, number> = new Map([
  ['andar', 1],
  ['bahar', 2],
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

/** Selections of one market exclude one another. */
export function marketOf(selection: number): number {
  return Math.floor(selection / 1000);
}
