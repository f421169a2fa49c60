import { type LotteryNumber, lotteryNumber } from '../../../src/games/lottery/number.ts';
import { parseSlip } from '../../../src/games/lottery/slip/parse-slip.ts';
import type { UserId } from '../../../src/ids.ts';
import { type Minor, ZERO } from '../../../src/money.ts';

export const ADMIN_1 = '01890000-0000-7000-8000-0000000000a1' as UserId;
export const ADMIN_2 = '01890000-0000-7000-8000-0000000000a2' as UserId;

/** A number that is one. */
export function number(text: string): LotteryNumber {
  const known = lotteryNumber(text);
  if (known === undefined) throw new Error(`not a number: ${text}`);
  return known;
}

/** Amounts on numbers, as a slip would put them: `staked('123-500 456-300')`. */
export function staked(text: string): ReadonlyMap<LotteryNumber, Minor> {
  return new Map(parseSlip(text).lines.map(({ number: on, amount }) => [on, amount]));
}

/** What is staked on a number so far. */
export function takenOf(text: string): (on: LotteryNumber) => Minor {
  const stakes = staked(text);
  return (on) => stakes.get(on) ?? ZERO;
}
