import type { BalanceReason, BalanceUpdated } from '../schema/account.ts';
import type { Channels } from './channels.ts';
import type { UserId } from './ids.ts';
import { type Minor, minor, toWire } from './money.ts';
import type { Balance } from './wallet/command.ts';

/** Why a balance is said, and by how much its total has changed. */
export interface Change {
  readonly change: Minor;
  readonly reason: BalanceReason;
}

/** `BALANCE_UPDATED` to a player's own channel (S4-29, X-07). Only ever after the commit, with what it came to. */
export function tellBalance(channels: Channels, userId: UserId, balance: Balance, change: Change): void {
  channels.tell(userId, 'BALANCE_UPDATED', balanceUpdated(userId, balance, change));
}

export function balanceUpdated(userId: UserId, balance: Balance, { change, reason }: Change): BalanceUpdated {
  const { version, real, bonus, held } = balance;
  return {
    ...{ userId, newBalance: toWire(minor(real + bonus + held)), change: toWire(change), reason, version },
    ...{ real: toWire(real), bonus: toWire(bonus), held: toWire(held) },
  };
}
