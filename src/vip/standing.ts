import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { BonusRow, bonusesAt } from '../bonuses/reads.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';

const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);

const StandingRow = z.object({
  version: Integer,
  real: Money,
  bonus: Money,
  held: Money,
  /** Of deposits, still to be staked before as much can be withdrawn. */
  playThrough: Money,
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
  /** Pending and active ones, the oldest first. */
  bonuses: z.string().transform((text) => z.array(BonusRow).parse(JSON.parse(text))),
});
/** What a player has, what was pre-computed of it (S2-12), the rank it comes to, and the bonuses. */
export type Standing = z.infer<typeof StandingRow>;

/**
 * One read of wallet, rank and bonuses (S2-09, S2-14 … S2-16, S2-29). Before the first money everything is 0, at the
 * lowest rank. The time decides which bonuses are over.
 */
export function findStanding(database: Queries, owner: UserId, currency: Currency, nowMs: number): Promise<Standing> {
  return database.one(sql.type(StandingRow)`
    select w.*, r.level, r.name as rank, r.xp_from as "levelFrom", r.cashback,
           (select min(xp_from) from vip_rank where xp_from > w.xp) as "nextLevelAt",
           (select coalesce(json_agg(b order by b.id), '[]')::text
              from (${bonusesAt(nowMs)}
                     where a.user_id = ${owner}::uuid and a.currency = ${currency}
                       and s.status in ('PENDING', 'ACTIVE')) b) as bonuses
      from (select coalesce(max(version), 0) as version, coalesce(max(real), 0) as real,
                   coalesce(max(bonus), 0) as bonus, coalesce(max(held), 0) as held,
                   coalesce(max(play_through + play_through_old), 0) as "playThrough",
                   coalesce(max(turnover), 0) as turnover, coalesce(max(real_losses), 0) as "realLosses",
                   coalesce(max(bonus_losses), 0) as "bonusLosses", coalesce(max(bets), 0) as bets,
                   coalesce(max(last_seq), 0) as "lastSeq", coalesce(max(xp), 0) as xp
              from wallet
             where owner = ${owner}::uuid and currency = ${currency}) w
      join vip_rank r on r.xp_from = (select max(xp_from) from vip_rank where xp_from <= w.xp)`);
}
