import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { type Minor, minor } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
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
export async function rulingOn(_queries: Queries, { type, amount }: Asked): Promise<RefusalCode | null> {
  const { min, max } = LIMITS[type];
  if (amount < min) return 'BELOW_MINIMUM';
  return amount > max ? 'ABOVE_MAXIMUM' : null;
}
