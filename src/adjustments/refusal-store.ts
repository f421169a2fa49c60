import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Key, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';

/** Why a wish is refused by the rules. */
const RULINGS = ['SAME_PERSON', 'NOT_FOUND'] as const;
export type Ruling = (typeof RULINGS)[number];

const Row = z.object({
  userId: z.string().transform((id) => id as UserId),
  amount: z.bigint().transform((amount) => amount as Minor),
  reason: z.string(),
  refusal: z.enum(RULINGS),
});
/** What somebody has asked for in vain. */
export type RefusedWish = Readonly<z.output<typeof Row>>;

export interface NewRefusedWish extends RefusedWish {
  readonly requestedBy: UserId;
  readonly key: Key;
  readonly createdAt: Date;
}

export async function insertRefused(tx: Queries, wish: NewRefusedWish): Promise<void> {
  await tx.query(sql.type(z.strictObject({}))`
    insert into adjustment_refusal (requested_by, key, user_id, amount, reason, refusal, created_at)
    values (${wish.requestedBy}::uuid, ${wish.key}::uuid, ${wish.userId}::uuid, ${wish.amount}, ${wish.reason},
            ${wish.refusal}, ${sql.timestamp(wish.createdAt)})`);
}

export function findRefused(queries: Queries, requestedBy: UserId, key: Key): Promise<RefusedWish | null> {
  return queries.maybeOne(sql.type(Row)`
    select user_id as "userId", amount, reason, refusal from adjustment_refusal
     where requested_by = ${requestedBy}::uuid and key = ${key}::uuid`);
}
