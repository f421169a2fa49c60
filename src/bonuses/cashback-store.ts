import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { ROLES } from '../accounts/identity.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { AwardId } from './award.ts';

const Nothing = z.strictObject({});
const Money = z.bigint().transform((amount) => amount as Minor);

/** True for the one who settles it: whoever comes at the same time waits, and finds it done. */
export async function beginPeriod(tx: Queries, period: string, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(sql.type(Nothing)`
    insert into cashback_period (period, settled_at) values (${period}::date, ${sql.timestamp(now)})
    on conflict do nothing`);
  return rowCount > 0;
}

const LosingRow = z.object({
  userId: z.string().transform((id) => id as UserId),
  role: z.enum(ROLES),
  xp: z.bigint().transform(Number),
  netLoss: Money,
  /** At the end of the last period that has a row for this player. */
  previous: Money,
});

/** Who has lost or won since their last row, after the one named. */
export function changedLosses(tx: Queries, currency: Currency, after: string, limit: number) {
  return tx.any(sql.type(LosingRow)`
    select u.id as "userId", u.role, w.xp, w.net_loss as "netLoss", coalesce(p.net_loss, 0) as previous
      from wallet w
      join users u on u.id = w.owner
      left join lateral (select c.net_loss from cashback c
                          where c.user_id = w.owner order by c.period desc limit 1) p on true
     where w.owner > ${after}::uuid and w.currency = ${currency} and w.net_loss <> coalesce(p.net_loss, 0)
     order by w.owner limit ${limit}`);
}

export interface Cashback {
  readonly userId: UserId;
  readonly period: string;
  readonly netLoss: Minor;
  readonly loss: Minor;
  readonly level: number;
  /** Hundredths of a percent. */
  readonly rate: number;
  readonly amount: Minor;
  readonly award: AwardId | null;
}

export async function insertCashback(tx: Queries, row: Cashback): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into cashback (user_id, period, net_loss, loss, level, rate, amount, award)
    values (${row.userId}::uuid, ${row.period}::date, ${row.netLoss}, ${row.loss}, ${row.level}, ${row.rate},
            ${row.amount}, ${row.award}::uuid)`);
}
