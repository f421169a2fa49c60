import type { BalanceReason, TxStatusUpdated } from '../../schema/account.ts';
import type { NewTransaction } from '../../schema/backoffice.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import { type Minor, minor, toWire, ZERO } from '../money.ts';
import type { Balance } from '../wallet/command.ts';
import type { Decision } from './store.ts';
import type { Transaction } from './transaction.ts';

/** To the house, about a transaction that waits for it (S4-31). */
export function tellNew(channels: Channels, transaction: Transaction): void {
  const { id: transactionId, userId, type, amount, currency, method, createdAt } = transaction;
  channels.tellHouse('NEW_TRANSACTION', {
    ...{ transactionId, userId, type, amount: toWire(amount), currency, method, status: 'PENDING' },
    timestamp: createdAt.toISOString(),
  } satisfies NewTransaction);
}

/** To the player, about what was decided (S4-29). After the commit. */
export function tellDecision(channels: Channels, { id, userId, provider }: Transaction, decision: Decision): void {
  const { status: newStatus, by, reason } = decision;
  const approvedBy = newStatus === 'APPROVED' ? (by ?? provider) : null;
  const message: TxStatusUpdated = { transactionId: id, newStatus, approvedBy, reason };
  channels.tell(userId, 'TX_STATUS_UPDATED', message);
}

/** To the player, when the money has been held or has moved. After the commit. */
export function tellMoney(channels: Channels, transaction: Transaction, balance: Balance): void {
  const { userId, type, status } = transaction;
  const step = status === 'REQUESTED' || status === 'REFUSED' ? 'PENDING' : status;
  const reason: BalanceReason = type === 'DEPOSIT' ? 'DEPOSIT_APPROVED' : WITHDRAWN[step];
  tellBalance(channels, userId, balance, { change: changeOf(transaction, step), reason });
}

/** To the player, when what could not be paid out is theirs again. After the commit. */
export function tellReturned(channels: Channels, { userId, amount }: Transaction, balance: Balance): void {
  tellBalance(channels, userId, balance, { change: amount, reason: 'PAYOUT_RETURNED' });
}

const WITHDRAWN = {
  PENDING: 'WITHDRAWAL_REQUESTED',
  APPROVED: 'WITHDRAWAL_APPROVED',
  REJECTED: 'WITHDRAWAL_REJECTED',
  CANCELLED: 'WITHDRAWAL_CANCELLED',
} as const;

/** Of the total: what is held still belongs to the player, what bonuses have lost by it does not. */
function changeOf({ type, amount, forfeitedBonus }: Transaction, step: keyof typeof WITHDRAWN): Minor {
  if (type === 'DEPOSIT') return amount;
  if (step === 'PENDING') return minor(-forfeitedBonus);
  return step === 'APPROVED' ? minor(-amount) : ZERO;
}
