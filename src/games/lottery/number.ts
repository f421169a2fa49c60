/** One of the thousand numbers, `000` to `999`: always three Latin digits, leading zeros kept (S3-06). */
export type LotteryNumber = string & { readonly __brand: 'lottery number' };

/** All of them in order: each stands at its own selection code, 0 to 999, the one market of the game. */
export const NUMBERS: readonly LotteryNumber[] = Array.from(
  { length: 1_000 },
  (_, selection) => selection.toString().padStart(3, '0') as LotteryNumber,
);

/** The number in this text; undefined unless it is exactly three Latin digits (S3-06). */
export function lotteryNumber(text: string): LotteryNumber | undefined {
  return /^[0-9]{3}$/.test(text) ? (text as LotteryNumber) : undefined;
}

/** What the ledger calls a number: 0 for `000` to 999 for `999`. */
export function selectionOf(number: LotteryNumber): number {
  return Number(number);
}

/** The number behind a code of the ledger. Throws on a code that is none. */
export function numberAt(selection: number): LotteryNumber {
  const number = NUMBERS[selection];
  if (number === undefined) throw new RangeError(`no number has the selection code ${selection}`);
  return number;
}

const permutations = new Map(NUMBERS.map((number) => [number, distinctPermutations(number)]));

/** Its distinct permutations, itself first: six of `123`, three of `112`, one of `111` (DOMAIN 2.1). */
export function permutationsOf(number: LotteryNumber): readonly LotteryNumber[] {
  const known = permutations.get(number);
  if (!known) throw new Error(`not a number of the lottery: ${number}`);
  return known;
}

function distinctPermutations(number: LotteryNumber): readonly LotteryNumber[] {
  const [a, b, c] = number;
  const all = [`${a}${b}${c}`, `${a}${c}${b}`, `${b}${a}${c}`, `${b}${c}${a}`, `${c}${a}${b}`, `${c}${b}${a}`];
  return [...new Set(all as LotteryNumber[])];
}
