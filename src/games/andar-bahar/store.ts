import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../../db/pool.ts';
import type { RoundId, TableId, UserId } from '../../ids.ts';
import type { Currency, Minor } from '../../money.ts';
import { POSITION_ROWS_MAX } from '../../wallet/bonus.ts';

const Money = z.bigint().transform((amount) => amount as Minor);
const Count = z.bigint().transform(Number);
const Round = z.string().transform((id) => id as RoundId);

export const GameRow = z.object({
  tableId: z.string().transform((id) => id as TableId),
  name: z.string(),
  /** The id of its pay table. */
  payTable: z.string(),
  currency: z.string().transform((code) => code as Currency),
  minBet: Money,
  maxBet: Money,
  /** The most that one player may have at stake in one round; null: anything. */
  maxPlayerStake: Money.nullable(),
  /** The largest worst-case loss that the house accepts on one round. */
  exposureCap: Money,
  bettingMs: z.int(),
  dealingMs: z.int(),
  pauseMs: z.int(),
  enabled: z.boolean(),
  paused: z.boolean(),
});
/** A table as the operator has set it up. */
export type Game = z.infer<typeof GameRow>;

export const gameColumns = sql.fragment`
  id as "tableId", name, pay_table as "payTable", currency, min_bet as "minBet", max_bet as "maxBet",
  max_player_stake as "maxPlayerStake", exposure_cap as "exposureCap", betting_ms as "bettingMs",
  dealing_ms as "dealingMs", pause_ms as "pauseMs", enabled, paused`;

/** Sets a table up unless there is one of this id already: what an operator has changed since stays. */
export async function addGame(database: Queries, game: Game, createdAt: Date): Promise<boolean> {
  const { rowCount } = await database.query(sql.type(z.strictObject({}))`
    insert into game (id, name, pay_table, currency, min_bet, max_bet, max_player_stake, exposure_cap,
                      betting_ms, dealing_ms, pause_ms, enabled, paused, created_at)
    values (${game.tableId}, ${game.name}, ${game.payTable}, ${game.currency}, ${game.minBet}, ${game.maxBet},
            ${game.maxPlayerStake}, ${game.exposureCap}, ${game.bettingMs}, ${game.dealingMs}, ${game.pauseMs},
            ${game.enabled}, ${game.paused}, ${sql.timestamp(createdAt)})
    on conflict (id) do nothing`);
  return rowCount === 1;
}

/** Every table that has a room, in the order they were set up. */
export function enabledGames(database: Queries): Promise<readonly Game[]> {
  return database.any(sql.type(GameRow)`
    select ${gameColumns} from game where enabled order by created_at, id`);
}

export function findGame(database: Queries, tableId: TableId): Promise<Game | null> {
  return database.maybeOne(sql.type(GameRow)`select ${gameColumns} from game where id = ${tableId}`);
}

const RoundRow = z.object({
  roundId: Round,
  tableId: z.string().transform((id) => id as TableId),
  roundNumber: Count,
  status: z.enum(['betting', 'dealing', 'settling', 'settled', 'voided', 'abandoned']),
  bettingWindow: z.int(),
  bettingEndsAt: z.date(),
  payTable: z.string(),
  /** Of the table, as it was set up when the round began. */
  rulesVersion: z.int(),
  /** Null until it is turned: there may be bets on it. */
  jokerCard: z.string().nullable(),
  commitment: z.string(),
  algorithmVersion: z.int(),
  serverSeed: z.string().nullable(),
  andarCards: z.array(z.string()).nullable(),
  baharCards: z.array(z.string()).nullable(),
  winningSide: z.enum(['andar', 'bahar']).nullable(),
  cardsDealt: z.int().nullable(),
  totalAndarBets: Money.nullable(),
  totalBaharBets: Money.nullable(),
  totalBets: Count.nullable(),
  totalBetAmount: Money.nullable(),
  totalPayouts: Money.nullable(),
  totalRefunds: Money.nullable(),
  totalPlayers: z.int().nullable(),
  createdAt: z.date(),
  endedAt: z.date().nullable(),
});
/** What is public of a round; cards, sums and seed are null until there is a result. */
export type PublicRound = z.infer<typeof RoundRow>;

const roundColumns = sql.fragment`
  r.id as "roundId", r.game as "tableId", r.round_number as "roundNumber", r.status,
  r.betting_window as "bettingWindow", r.betting_ends_at as "bettingEndsAt", r.pay_table as "payTable",
  r.rules_version as "rulesVersion", r.joker_card as "jokerCard", r.commitment,
  r.algorithm_version as "algorithmVersion", s.revealed as "serverSeed",
  r.andar_cards as "andarCards", r.bahar_cards as "baharCards", r.winning_side as "winningSide",
  r.cards_dealt as "cardsDealt", r.total_andar_bets as "totalAndarBets", r.total_bahar_bets as "totalBaharBets",
  r.total_bets as "totalBets", r.total_bet_amount as "totalBetAmount", r.total_payouts as "totalPayouts",
  r.total_refunds as "totalRefunds", r.total_players as "totalPlayers", r.created_at as "createdAt",
  r.ended_at as "endedAt"`;

export function findPublicRound(database: Queries, roundId: RoundId): Promise<PublicRound | null> {
  return database.maybeOne(sql.type(RoundRow)`
    select ${roundColumns} from round r join round_seed s on s.round = r.id where r.id = ${roundId}`);
}

/** Settled rounds of a table, the newest first, those before round number `before`. */
export function settledRounds(
  database: Queries,
  tableId: TableId,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<readonly PublicRound[]> {
  return database.any(sql.type(RoundRow)`
    select ${roundColumns}
      from round r join round_seed s on s.round = r.id
     where r.game = ${tableId} and r.status = 'settled' and r.round_number < ${before ?? Number.MAX_SAFE_INTEGER}
     order by r.round_number desc
     limit ${limit}`);
}

const BetRow = z.object({
  betId: Count,
  roundId: Round,
  tableId: z.string().transform((id) => id as TableId),
  selection: z.int(),
  bettingWindow: z.int(),
  amount: Money,
  payout: Money.nullable(),
  /** As in `closing.outcome`; null while it is open. */
  outcome: z.int().nullable(),
  placedAt: z.date(),
  settledAt: z.date().nullable(),
});
export type BetRow = z.infer<typeof BetRow>;

/** Where a page of bets goes on: the last bet of the one before. */
export interface BetCursor {
  readonly roundId: RoundId;
  readonly betId: number;
}

const BEGINNING: BetCursor = {
  roundId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' as RoundId,
  betId: Number.MAX_SAFE_INTEGER,
};

/**
 * A player's bets at all tables, or of one round: the newest round first, the newest bet first. A bet is a position of
 * the ledger; those of finished rounds are found by their ids, those of rounds in play by walking their books.
 */
export function betsOfPlayer(
  database: Queries,
  userId: UserId,
  page: { readonly limit: number; readonly after?: BetCursor | undefined },
): Promise<readonly BetRow[]> {
  const { limit } = page;
  const { roundId, betId } = page.after ?? BEGINNING;
  return database.any(sql.type(BetRow)`
    with mine as (
      (select p.round, b.id
         from round_player p, unnest(p.bets) as b (id)
        where p.user_id = ${userId}::uuid and p.round <= ${roundId}::uuid
          and (p.round, b.id) < (${roundId}::uuid, ${betId})
        order by p.round desc, b.id desc
        limit ${limit})
      union all
      (select r.id, t.seq
         from round r
         join book b on b.id = r.book
         join wallet w on w.owner = ${userId}::uuid and w.currency = b.currency
         join transfer t on t.shard = b.shard and t.seq >= b.first_seq and t.book = b.id and t.debit = w.id
                        and t.position = t.seq
        where r.status in ('betting', 'dealing', 'settling')
          and (r.id, t.seq) < (${roundId}::uuid, ${betId}))
    )
    select m.id as "betId", r.id as "roundId", r.game as "tableId", t.selection, t."window" as "bettingWindow",
           (select sum(x.amount)::int8 from transfer x
             where x.shard = t.shard and x.seq between t.seq and t.seq + ${POSITION_ROWS_MAX - 1}
               and x.position = t.position and x.book is not null) as amount,
           c.payout, c.outcome, k.at as "settledAt",
           (select l.at from link l where l.shard = t.shard and l.last_seq >= t.seq
             order by l.last_seq, l.batch limit 1) as "placedAt"
      from (select round, id from mine order by round desc, id desc limit ${limit}) m
      join round r on r.id = m.round
      join book b on b.id = r.book
      join transfer t on t.shard = b.shard and t.seq = m.id
      left join closing c on c.shard = t.shard and c.position = t.position
      left join link k on k.shard = c.shard and k.batch = c.batch
     order by m.round desc, m.id desc`);
}

/** Bets of one round by their ids, the newest first; ids that are no bets of it are left out. */
export function betsById(database: Queries, roundId: RoundId, ids: readonly number[]): Promise<readonly BetRow[]> {
  return betsOfRounds(
    database,
    ids.map((betId) => ({ roundId, betId })),
  );
}

/** The same of several rounds: the newest round first, then the newest bet. */
export function betsOfRounds(database: Queries, bets: readonly BetCursor[]): Promise<readonly BetRow[]> {
  const rounds = bets.map(({ roundId }) => roundId);
  const ids = bets.map(({ betId }) => betId);
  return database.any(sql.type(BetRow)`
    select t.seq as "betId", r.id as "roundId", r.game as "tableId", t.selection, t."window" as "bettingWindow",
           (select sum(x.amount)::int8 from transfer x
             where x.shard = t.shard and x.seq between t.seq and t.seq + ${POSITION_ROWS_MAX - 1}
               and x.position = t.position and x.book is not null) as amount,
           c.payout, c.outcome, k.at as "settledAt",
           (select l.at from link l where l.shard = t.shard and l.last_seq >= t.seq
             order by l.last_seq, l.batch limit 1) as "placedAt"
      from unnest(${sql.array(rounds, 'uuid')}, ${sql.array(ids, 'int8')}) as mine (round, id)
      join round r on r.id = mine.round
      join book b on b.id = r.book
      join transfer t on t.shard = b.shard and t.seq = mine.id and t.book = b.id and t.position = t.seq
      left join closing c on c.shard = t.shard and c.position = t.position
      left join link k on k.shard = c.shard and k.batch = c.batch
     order by r.id desc, t.seq desc`);
}
