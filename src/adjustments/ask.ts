import type { Queries } from '../../db/pool.ts';
import { findUser, lockUser } from '../accounts/store.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { type Key, type UserId, uuid7 } from '../ids.ts';
import { INR, type Minor, toWire } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type Adjustment, type AdjustmentId, targetOf } from './adjustment.ts';
import { findRefused, insertRefused, type Ruling } from './refusal-store.ts';
import { findByKey, insertAdjustment } from './store.ts';

/** What a person of the house wants to be corrected. */
export interface Wish {
  readonly userId: UserId;
  /** Not nothing; below zero: to be taken from the wallet. */
  readonly amount: Minor;
  readonly reason: string;
  readonly key: Key;
}

const MESSAGES: Readonly<Record<Ruling, string>> = {
  SAME_PERSON: 'Nobody corrects their own wallet.',
  NOT_FOUND: 'There is no such person.',
};

/**
 * What is answered to a wish before anything is made of it; null where it may be asked for. Refuses SAME_PERSON for
 * one's own wallet and NOT_FOUND where there is no such person, which stays on record under the key; the same wish
 * under the key gets the first answer again, another one IDEMPOTENCY_KEY_REUSED.
 */
export async function answerTo(tx: Queries, wish: Wish, by: UserId, at: Date): Promise<Adjustment | Refusal | null> {
  // A key may be on record in either of two tables, so each person asks for one thing at a time.
  await lockUser(tx, by);
  const known = await findByKey(tx, by, wish.key);
  if (known !== null) return isSame(known, wish) ? known : refuse('IDEMPOTENCY_KEY_REUSED');
  const refused = await findRefused(tx, by, wish.key);
  if (refused !== null) {
    const { refusal } = refused;
    return isSame(refused, wish) ? refuse(refusal, MESSAGES[refusal]) : refuse('IDEMPOTENCY_KEY_REUSED');
  }
  const ruling = await rulingOn(tx, wish, by);
  if (ruling === null) return null;
  await insertRefused(tx, { ...wish, requestedBy: by, refusal: ruling, createdAt: at });
  return refuse(ruling, MESSAGES[ruling]);
}

async function rulingOn(tx: Queries, { userId }: Wish, by: UserId): Promise<Ruling | null> {
  if (userId === by) return 'SAME_PERSON';
  return (await findUser(tx, userId)) === undefined ? 'NOT_FOUND' : null;
}

function isSame(asked: Pick<Wish, 'userId' | 'amount' | 'reason'>, wish: Wish): boolean {
  return asked.userId === wish.userId && asked.amount === wish.amount && asked.reason === wish.reason;
}

/**
 * Puts a wish on record that `answerTo` has nothing against; nothing moves before another person has approved it.
 * Refuses ALREADY_DECIDED where the key has got an answer since.
 */
export async function request(tx: Queries, wish: Wish, by: UserId, at: Date): Promise<Done<null> | Refusal> {
  const { userId, amount, reason, key } = wish;
  await lockUser(tx, by);
  if ((await findRefused(tx, by, key)) !== null) return refuse('ALREADY_DECIDED');
  const id = uuid7<AdjustmentId>(at.getTime());
  const row = { id, userId, requestedBy: by, key, amount, currency: INR, reason, createdAt: at };
  if (!(await insertAdjustment(tx, row))) return refuse('ALREADY_DECIDED');
  const entry = { action: 'adjustment.request', target: targetOf(id), after: { status: 'PENDING', userId } };
  return { answer: null, entry: { ...entry, reason, amount: toWire(amount) } };
}
