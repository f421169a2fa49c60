import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Game } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';

const Version = z.object({ version: z.int() });

/**
 * The number under which these rules of a table are on record; they get the next one when they are not the last ones
 * there. A table's rounds begin one after the other, so nobody else is counting. What an operator changes straight in
 * the database is recorded this way too, with the first round that is played under it.
 */
export async function rulesVersionOf(database: Queries, game: Game, since: Date): Promise<number> {
  const { version } = await database.one(sql.type(Version)`
    with now as (
      select ${game.payTable} as pay_table, ${game.currency}::char(3) as currency, ${game.minBet}::int8 as min_bet,
             ${game.maxBet}::int8 as max_bet, ${game.maxPlayerStake}::int8 as max_player_stake,
             ${game.exposureCap}::int8 as exposure_cap, ${game.bettingMs}::int4 as betting_ms,
             ${game.dealingMs}::int4 as dealing_ms, ${game.pauseMs}::int4 as pause_ms
    ), last as (
      select version, (pay_table, currency, min_bet, max_bet, max_player_stake, exposure_cap, betting_ms, dealing_ms,
                       pause_ms) is not distinct from (select now from now) as same
        from game_rules
       where game = ${game.tableId}
       order by version desc
       limit 1
    ), added as (
      insert into game_rules (game, version, pay_table, currency, min_bet, max_bet, max_player_stake, exposure_cap,
                              betting_ms, dealing_ms, pause_ms, since)
      select ${game.tableId}, coalesce((select version from last), 0) + 1, now.*, ${sql.timestamp(since)}
        from now
       where not exists (select from last where same)
      returning version
    )
    select version from added union all select version from last where same`);
  return version;
}

/** The number of the rules that a table's last round was played under; null before its first. */
export async function lastRulesVersion(database: Queries, tableId: TableId): Promise<number | null> {
  const last = await database.maybeOne(sql.type(Version)`
    select rules_version as version from round where game = ${tableId} order by round_number desc limit 1`);
  return last?.version ?? null;
}
