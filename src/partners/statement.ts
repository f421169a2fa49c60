import { type Minor, minor, ZERO } from '../money.ts';
import type { CarryOver } from './commission.ts';
import { type Figures, figuresOf, type Part } from './figures.ts';

export type StatementId = string & { readonly __id: 'statement' };

/** What a month comes to. */
export interface Settled extends Figures {
  /** Of an earlier loss, zero or less. */
  readonly carriedIn: Minor;
  /** To be paid, zero or more. */
  readonly due: Minor;
  /** What the next month begins with, zero or less. */
  readonly carriedOut: Minor;
}

/**
 * The result of a month from what was counted on each of its days (S0-67, DOMAIN 5). A loss is set off against the rest
 * of its own day (`none`), of the month (`monthly-reset`), or of this month and those to come (`carry`).
 */
export function settleMonth(days: readonly (readonly Part[])[], carryOver: CarryOver, before: Minor): Settled {
  const month = figuresOf(days.flat());
  const earned = carryOver === 'none' ? sumOfGains(days) : month.earned;
  const carriedIn = carryOver === 'carry' ? before : ZERO;
  const total = minor(earned + carriedIn);
  const [due, loss] = total > 0n ? [total, ZERO] : [ZERO, total];
  return { ...month, earned, carriedIn, due, carriedOut: carryOver === 'carry' ? loss : ZERO };
}

/** Each part of a day is rounded by itself here: the audit derives closed months anew, to the unit. */
function sumOfGains(days: readonly (readonly Part[])[]): Minor {
  return days.reduce((sum, day) => {
    const earned = day.reduce((all, part) => all + figuresOf([part]).earned, 0n);
    return earned > 0n ? minor(sum + earned) : sum;
  }, ZERO);
}
