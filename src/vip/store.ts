import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';

const Nothing = z.strictObject({});
const Integer = z.bigint().transform(Number);

const RankRow = z.object({
  level: z.int(),
  name: z.string(),
  /** Points from which on a player has it. */
  xpFrom: Integer,
  /** Hundredths of a percent. */
  cashback: z.int(),
});
export type Rank = z.infer<typeof RankRow>;

/** Every rank, the lowest first. */
export function allRanks(database: Queries): Promise<readonly Rank[]> {
  return database.any(sql.type(RankRow)`
    select level, name, xp_from as "xpFrom", cashback from vip_rank order by level`);
}

/** Until the transaction ends nobody else changes them; reading goes on. */
export async function lockRanks(tx: Queries): Promise<void> {
  await tx.query(sql.type(Nothing)`lock table vip_rank in share row exclusive mode`);
}

export async function removeRanks(tx: Queries): Promise<void> {
  await tx.query(sql.type(Nothing)`delete from vip_rank`);
}

export async function insertRanks(tx: Queries, ranks: readonly Rank[]): Promise<void> {
  const rows = ranks.map(({ level, name, xpFrom, cashback }) => [level, name, xpFrom, cashback]);
  await tx.query(sql.type(Nothing)`
    insert into vip_rank (level, name, xp_from, cashback)
    select * from ${sql.unnest(rows, ['int2', 'text', 'int8', 'int4'])} as rank (level, name, xp_from, cashback)`);
}
