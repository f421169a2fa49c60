import type { Queries } from '../../db/pool.ts';
import { type Key, type UserId, uuid7 } from '../ids.ts';
import { INR, type Minor } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { FinishDeps } from './finish.ts';
import { providerOf } from './providers.ts';
import { findWithdrawable } from './reads.ts';
import { explained, PENDING_MAX, rulingOn } from './rules.ts';
import { countPending, findByKey, findTransaction, insertTransaction, lockPlayer } from './store.ts';
import type { Method, Transaction, TransactionId, TransactionType } from './transaction.ts';

/** What a player asks for. */
export interface Wish {
  readonly userId: UserId;
  readonly key: Key;
  readonly type: TransactionType;
  readonly amount: Minor;
  readonly method: Method;
  readonly reference: string | null;
}

export type RequestDeps = Pick<
  FinishDeps,
  'database' | 'clock' | 'log' | 'channels' | 'providers' | 'withdrawalWithBonus'
>;

/**
 * Puts a wish on record and has it finished up to where it waits for a decision: a withdrawal's money is held then, a
 * deposit is counted against the player's own limits. The same key again finds the first one, refusals included.
 * Refuses INVALID_REQUEST for a method nobody serves, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED while too many are
 * undecided, BELOW_MINIMUM, ABOVE_MAXIMUM, INSUFFICIENT_FUNDS, WAGERING_OPEN, for a deposit FORBIDDEN to who can stake
 * nowhere, PLAYER_LIMIT and SELF_EXCLUDED, and UNKNOWN_OUTCOME while the wallet does not answer.
 */
export async function requestTransaction(
  deps: RequestDeps,
  wish: Wish,
  finish: (id: TransactionId) => Promise<void>,
): Promise<Transaction | Refusal> {
  const provider = providerOf(deps.providers, wish.method);
  if (provider === undefined) return refuse('INVALID_REQUEST', `Nobody serves ${wish.method} here.`);
  const createdAt = new Date(deps.clock.now());
  const entered = await deps.database.transaction((tx) => enter(tx, wish, provider?.name ?? null, createdAt));
  if (isRefusal(entered)) return entered;
  await finish(entered.id).catch((error: unknown) => {
    deps.log.error({ err: error, transaction: entered.id }, 'a transaction is left to the next sweep');
  });
  const { status, refusal, ...rest } = await find(deps.database, entered.id);
  if (refusal !== null) return explained(refusal, wish.type, await withdrawable(deps, wish));
  return status === 'REQUESTED' ? refuse('UNKNOWN_OUTCOME') : { ...rest, status, refusal };
}

/** By now: who asks again under the same key hears the same code, with what there is to withdraw today. */
function withdrawable({ database, withdrawalWithBonus }: RequestDeps, { userId }: Wish): Promise<Minor> {
  return findWithdrawable(database, userId, INR, withdrawalWithBonus);
}

async function enter(
  tx: Queries,
  wish: Wish,
  provider: string | null,
  createdAt: Date,
): Promise<Transaction | Refusal> {
  const { userId, key } = wish;
  await lockPlayer(tx, userId);
  const known = await findByKey(tx, userId, key);
  if (known !== null) return isSame(known, wish) ? known : refuse('IDEMPOTENCY_KEY_REUSED');
  if ((await countPending(tx, userId)) >= PENDING_MAX) {
    return refuse('RATE_LIMITED', `${PENDING_MAX} deposits and withdrawals are undecided; wait for one of them.`);
  }
  const refusal = await rulingOn(tx, wish);
  const status = refusal !== null ? 'REFUSED' : 'REQUESTED';
  const id = uuid7<TransactionId>(createdAt.getTime());
  await insertTransaction(tx, { ...wish, id, status, refusal, currency: INR, provider, createdAt });
  return find(tx, id);
}

function isSame({ type, amount, method, reference }: Transaction, wish: Wish): boolean {
  return type === wish.type && amount === wish.amount && method === wish.method && reference === wish.reference;
}

async function find(queries: Queries, id: TransactionId): Promise<Transaction> {
  const transaction = await findTransaction(queries, id);
  if (transaction === null) throw new Error(`transaction ${id} is gone`);
  return transaction;
}
