import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';

const Nothing = z.strictObject({});
const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);

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

const StandingRow = z.object({
  version: Integer,
  real: Money,
  bonus: Money,
  held: Money,
  turnover: Money,
  realLosses: Money,
  bonusLosses: Money,
  bets: Integer,
  /** Of the last transfer that touched the wallet; 0 before the first. */
  lastSeq: Integer,
  xp: Integer,
  level: z.int(),
  rank: z.string(),
  levelFrom: Integer,
  cashback: z.int(),
  /** Points at which the next rank begins; null at the highest. */
  nextLevelAt: Integer.nullable(),
});
/** What a player has, what was pre-computed of it (S2-12), and the rank it comes to. */
export type Standing = z.infer<typeof StandingRow>;

/** One read of wallet and rank (S2-14 … S2-16). Before the first money everything is 0, at the lowest rank. */
export function findStanding(database: Queries, owner: UserId, currency: Currency): Promise<Standing> {
  return database.one(sql.type(StandingRow)`
    select w.*, r.level, r.name as rank, r.xp_from as "levelFrom", r.cashback,
           (select min(xp_from) from vip_rank where xp_from > w.xp) as "nextLevelAt"
      from (select coalesce(max(version), 0) as version, coalesce(max(real), 0) as real,
                   coalesce(max(bonus), 0) as bonus, coalesce(max(held), 0) as held,
                   coalesce(max(turnover), 0) as turnover, coalesce(max(real_losses), 0) as "realLosses",
                   coalesce(max(bonus_losses), 0) as "bonusLosses", coalesce(max(bets), 0) as bets,
                   coalesce(max(last_seq), 0) as "lastSeq", coalesce(max(xp), 0) as xp
              from wallet
             where owner = ${owner}::uuid and currency = ${currency}) w
      join vip_rank r on r.xp_from = (select max(xp_from) from vip_rank where xp_from <= w.xp)`);
}
