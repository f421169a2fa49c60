import type { CountDeposit, SelfExclusion, SetLimit, UncountDeposit } from '../../src/wallet/command.ts';
import { breaks, type Purse } from './model-parts.ts';

/** Does it; a refusal's code, or null. */
export function protect(
  purse: Purse,
  command: SetLimit | SelfExclusion | CountDeposit | UncountDeposit,
): 'NOT_OPEN' | 'SELF_EXCLUDED' | 'PLAYER_LIMIT' | null {
  switch (command.kind) {
    case 'setLimit': {
      const { kind, days, amount } = command.limit;
      const before = purse.limits.get(`${kind} ${days}`) ?? null;
      // What grows does so in a day, which no story lasts.
      if (before === null || (amount !== null && amount <= before)) purse.limits.set(`${kind} ${days}`, amount);
      return null;
    }
    case 'exclude':
      if (command.until < purse.excludedUntil) return 'NOT_OPEN';
      purse.excludedUntil = command.until;
      return null;
    case 'countDeposit':
      if (purse.excludedUntil > Date.now()) return 'SELF_EXCLUDED';
      if (breaks(purse, 'deposit', purse.deposited + command.amount)) return 'PLAYER_LIMIT';
      purse.deposited += command.amount;
      return null;
    case 'uncountDeposit':
      purse.deposited -= command.amount;
      return null;
    default:
      return command satisfies never;
  }
}
