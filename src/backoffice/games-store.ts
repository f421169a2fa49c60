import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { type Game, GameRow, gameColumns } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import type { Minor } from '../money.ts';

const Nothing = z.strictObject({});
const Money = z.bigint().transform((amount) => amount as Minor);

const HouseGameRow = GameRow.extend({
  pauseReason: z.string().nullable(),
  /** Under which its last round was played; null before the first. */
  rulesVersion: z.int().nullable(),
  createdAt: z.date(),
});
/** A table as people of the house see it. */
export type HouseGame = z.infer<typeof HouseGameRow>;

const houseColumns = sql.fragment`
  ${gameColumns}, pause_reason as "pauseReason", created_at as "createdAt",
  (select max(version) from game_rules where game_rules.game = game.id) as "rulesVersion"`;

/** Every table there is, in the order they were set up. */
export function allGames(database: Queries): Promise<readonly HouseGame[]> {
  return database.any(sql.type(HouseGameRow)`select ${houseColumns} from game order by created_at, id`);
}

export function findHouseGame(database: Queries, tableId: TableId): Promise<HouseGame | null> {
  return database.maybeOne(sql.type(HouseGameRow)`select ${houseColumns} from game where id = ${tableId}`);
}

/** The table, held until the transaction ends: of two who change it at once, the second sees what the first did. */
export function lockGame(tx: Queries, tableId: TableId): Promise<Game | null> {
  return tx.maybeOne(sql.type(GameRow)`select ${gameColumns} from game where id = ${tableId} for update`);
}

/** All of a table that may be changed, but for `paused`. */
export async function updateGame(tx: Queries, game: Game): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update game
       set name = ${game.name}, pay_table = ${game.payTable}, min_bet = ${game.minBet}, max_bet = ${game.maxBet},
           max_player_stake = ${game.maxPlayerStake}, exposure_cap = ${game.exposureCap},
           betting_ms = ${game.bettingMs}, dealing_ms = ${game.dealingMs}, pause_ms = ${game.pauseMs},
           enabled = ${game.enabled}
     where id = ${game.tableId}`);
}

/** `reason` is null where the table goes on. */
export async function updatePaused(tx: Queries, tableId: TableId, reason: string | null): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update game set paused = ${reason !== null}, pause_reason = ${reason} where id = ${tableId}`);
}

const RulesRow = z.object({
  version: z.int(),
  payTable: z.string(),
  currency: z.string(),
  minBet: Money,
  maxBet: Money,
  maxPlayerStake: Money.nullable(),
  exposureCap: Money,
  bettingMs: z.int(),
  dealingMs: z.int(),
  pauseMs: z.int(),
  since: z.date(),
});
export type GameRules = z.infer<typeof RulesRow>;

/** What the table's rounds were played under, the newest first. */
export function rulesHistory(database: Queries, tableId: TableId, limit: number): Promise<readonly GameRules[]> {
  return database.any(sql.type(RulesRow)`
    select version, pay_table as "payTable", currency, min_bet as "minBet", max_bet as "maxBet",
           max_player_stake as "maxPlayerStake", exposure_cap as "exposureCap", betting_ms as "bettingMs",
           dealing_ms as "dealingMs", pause_ms as "pauseMs", since
      from game_rules
     where game = ${tableId}
     order by version desc
     limit ${limit}`);
}
