import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import type { UserId } from '../ids.ts';
import { toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type Award, type AwardId, type Ending, targetOf } from './award.ts';
import { type Bonus, findBonus } from './reads.ts';
import { lockAward, recordEnding } from './store.ts';

interface Wish {
  readonly id: AwardId;
  readonly by: UserId;
  readonly at: Date;
}

/** The player's own: gives it up, while it is pending or active. Refuses NOT_FOUND, NOT_OPEN, ALREADY_DECIDED. */
export async function decline(tx: Queries, { id, by, at }: Wish): Promise<Bonus | Refusal> {
  const award = await lockAward(tx, id);
  if (award === null || award.userId !== by || award.status === 'REFUSED') return refuse('NOT_FOUND');
  return wantEnd(tx, award, { as: 'DECLINED', by, at, reason: null });
}

/** The house's: takes it back. Refuses as above, SAME_PERSON for one's own. */
export async function cancel(tx: Queries, { id, by, at }: Wish, reason: string): Promise<Done<Bonus> | Refusal> {
  const award = await lockAward(tx, id);
  if (award === null) return refuse('NOT_FOUND');
  if (award.userId === by) return refuse('SAME_PERSON');
  const bonus = await wantEnd(tx, award, { as: 'CANCELLED', by, at, reason });
  if (isRefusal(bonus)) return bonus;
  const { status, balance, amount, userId } = bonus;
  const before = { status, balance: toWire(balance) };
  const entry = { action: 'bonus.cancel', target: targetOf(id), before, after: { status: 'CANCELLED', userId } };
  return { answer: bonus, entry: { ...entry, reason, amount: toWire(amount) } };
}

/** Answers the bonus as it was. */
async function wantEnd(tx: Queries, { id, ending }: Award, wanted: Ending): Promise<Bonus | Refusal> {
  const bonus = await findBonus(tx, id, wanted.at.getTime());
  if (bonus === null) throw new Error(`bonus ${id} is gone`);
  if (bonus.status !== 'PENDING' && bonus.status !== 'ACTIVE') return refuse('NOT_OPEN');
  if (ending !== null) return refuse('ALREADY_DECIDED');
  await recordEnding(tx, id, wanted);
  return bonus;
}

/** Whether something else had become of it before this could be done. */
export function isLate({ status, outcome }: Bonus): boolean {
  return status !== 'PENDING' && status !== 'ACTIVE' && outcome !== 'declined' && outcome !== 'cancelled';
}
