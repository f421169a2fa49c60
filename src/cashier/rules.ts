import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { formatMoney, INR, type Minor, minor, toWire } from '../money.ts';
import { type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { mayStake } from './reads.ts';
import type { TransactionType } from './transaction.ts';

/** The least and the most of one transaction, minor units (DOMAIN 6). */
const LIMITS: Readonly<Record<TransactionType, { readonly min: Minor; readonly max: Minor }>> = {
  DEPOSIT: { min: minor(10_000), max: minor(10_000_000) },
  WITHDRAWAL: { min: minor(50_000), max: minor(10_000_000) },
};

/** Undecided ones of one player, deposits and withdrawals together. */
export const PENDING_MAX = 10;

export interface Asked {
  readonly userId: UserId;
  readonly type: TransactionType;
  readonly amount: Minor;
}

/**
 * Why a player may not have this transaction; null where there is no reason. It is put on record under the player's
 * key. One player's requests are judged one after the other, inside the transaction that records them.
 *
 * This is the place for every rule by which a deposit or a withdrawal is refused before money is touched. That the
 * balance covers a withdrawal is the wallet's to say, when it holds the money.
 */
export async function rulingOn(queries: Queries, { userId, type, amount }: Asked): Promise<RefusalCode | null> {
  // It would be money that can only be taken out again, without any play.
  if (type === 'DEPOSIT' && !(await mayStake(queries, userId))) return 'FORBIDDEN';
  const { min, max } = LIMITS[type];
  if (amount < min) return 'BELOW_MINIMUM';
  return amount > max ? 'ABOVE_MAXIMUM' : null;
}

/** A refusal with the number that it is about, where there is one; `withdrawable` is what can be withdrawn now. */
export function explained(code: RefusalCode, type: TransactionType, withdrawable: Minor): Refusal {
  const { min, max } = LIMITS[type];
  const what = type === 'DEPOSIT' ? 'A deposit' : 'A withdrawal';
  switch (code) {
    case 'FORBIDDEN':
      return refuse(code, 'A deposit is for playing: whoever has no part in any game makes none.');
    case 'BELOW_MINIMUM':
      return refuse(code, `${what} is at least ${formatMoney(min, INR)}.`, { minimum: toWire(min) });
    case 'ABOVE_MAXIMUM':
      return refuse(code, `${what} is at most ${formatMoney(max, INR)}.`, { maximum: toWire(max) });
    case 'WAGERING_OPEN': {
      const most = formatMoney(withdrawable, INR);
      return refuse(code, `More has to be staked first; ${most} can be withdrawn now.`, {
        withdrawable: toWire(withdrawable),
      });
    }
    default:
      return refuse(code);
  }
}
