import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import type { BookId, PositionId } from '../wallet/command.ts';

/**
 * What is written here follows from the ledger and the seed. A driver that was frozen and taken over meanwhile may come
 * too late with it: no statement moves a round back from where its successor has brought it.
 */

const Nothing = z.strictObject({});
const Count = z.bigint().transform(Number);
const Book = Count.transform((id) => id as BookId);
const Round = z.string().transform((id) => id as RoundId);
const Table = z.string().transform((id) => id as TableId);

export interface NewRound {
  readonly roundId: RoundId;
  readonly tableId: TableId;
  readonly payTable: string;
  readonly rulesVersion: number;
  /** Null where there are bets on it. */
  readonly jokerCard: string | null;
  readonly commitment: string;
  readonly algorithmVersion: number;
  readonly sealedSeed: Uint8Array;
  readonly bettingEndsAt: Date;
  readonly createdAt: Date;
}

const Inserted = z.object({ roundNumber: Count, book: Book });

/** The round with its sealed seed, in one statement; the table's next number and a book of its own (S0-10, S0-11). */
export function insertRound(database: Queries, round: NewRound) {
  return database.one(sql.type(Inserted)`
    with r as (
      insert into round (id, game, round_number, status, betting_window, betting_ends_at, pay_table, rules_version,
                         joker_card, commitment, algorithm_version, created_at)
      select ${round.roundId}::uuid, ${round.tableId},
             coalesce((select max(round_number) from round where game = ${round.tableId}), 0) + 1,
             'betting', 1, ${sql.timestamp(round.bettingEndsAt)}, ${round.payTable}, ${round.rulesVersion},
             ${round.jokerCard}, ${round.commitment}, ${round.algorithmVersion}::int2, ${sql.timestamp(round.createdAt)}
      returning id, round_number, book
    ), s as (
      insert into round_seed (round, sealed) select id, ${sql.binary(Buffer.from(round.sealedSeed))} from r
    )
    select round_number as "roundNumber", book from r`);
}

const UnfinishedRow = z.object({
  roundId: Round,
  tableId: Table,
  roundNumber: Count,
  book: Book,
  payTable: z.string(),
  sealedSeed: z.instanceof(Buffer),
  createdAt: z.date(),
});
export type UnfinishedRound = z.infer<typeof UnfinishedRow>;

/** What a crash or a stop has left behind, at all tables or at one, oldest first. */
export function unfinishedRounds(database: Queries, tableId?: TableId): Promise<readonly UnfinishedRound[]> {
  return database.any(sql.type(UnfinishedRow)`
    select r.id as "roundId", r.game as "tableId", r.round_number as "roundNumber", r.book, r.pay_table as "payTable",
           s.sealed as "sealedSeed", r.created_at as "createdAt"
      from round r join round_seed s on s.round = r.id
     where r.status in ('betting', 'dealing', 'settling') and r.game = coalesce(${tableId ?? null}, r.game)
     order by r.created_at`);
}

export async function abandonRound(database: Queries, roundId: RoundId, at: Date): Promise<void> {
  await database.query(sql.type(Nothing)`
    update round set status = 'abandoned', ended_at = ${sql.timestamp(at)}
     where id = ${roundId} and status in ('betting', 'dealing', 'settling')`);
}

const WindowRow = z.object({ window: z.int(), root: z.string(), lastBatch: Count });

/** The windows that have closed, first to last. */
export function closedWindows(database: Queries, roundId: RoundId) {
  return database.any(sql.type(WindowRow)`
    select "window", root, last_batch as "lastBatch" from round_window where round = ${roundId} order by "window"`);
}

/**
 * The root of a step, before a card of it exists, and the joker if it was drawn with it. A root that is there already
 * stays: it may have been dealt with.
 */
export async function insertWindow(
  database: Queries,
  window: {
    readonly roundId: RoundId;
    readonly window: number;
    readonly root: string;
    readonly lastBatch: number;
    readonly closedAt: Date;
    readonly jokerCard: string;
  },
): Promise<void> {
  await database.query(sql.type(Nothing)`
    with r as (
      update round set status = 'dealing', joker_card = coalesce(joker_card, ${window.jokerCard})
       where id = ${window.roundId} and status = 'betting'
    )
    insert into round_window (round, "window", root, last_batch, closed_at)
    values (${window.roundId}, ${window.window}, ${window.root}, ${window.lastBatch},
            ${sql.timestamp(window.closedAt)})
    on conflict (round, "window") do nothing`);
}

export async function updateWindow(
  database: Queries,
  roundId: RoundId,
  window: number,
  bettingEndsAt: Date,
): Promise<void> {
  await database.query(sql.type(Nothing)`
    update round
       set status = 'betting', betting_window = ${window}, betting_ends_at = ${sql.timestamp(bettingEndsAt)}
     where id = ${roundId} and status = 'dealing'`);
}

/** The result, and the seed with it: no bet can be taken any more, so from here on it is no secret (DESIGN 6). */
export async function revealResult(
  database: Queries,
  result: {
    readonly roundId: RoundId;
    readonly serverSeed: string;
    readonly andarCards: readonly string[];
    readonly baharCards: readonly string[];
    readonly winningSide: string;
    readonly cardsDealt: number;
  },
): Promise<void> {
  await database.query(sql.type(Nothing)`
    with s as (update round_seed set revealed = ${result.serverSeed} where round = ${result.roundId})
    update round
       set status = 'settling', winning_side = ${result.winningSide}, cards_dealt = ${result.cardsDealt},
           andar_cards = ${sql.array([...result.andarCards], 'text')},
           bahar_cards = ${sql.array([...result.baharCards], 'text')}
     where id = ${result.roundId} and status in ('betting', 'dealing', 'settling')`);
}

const LatestRow = z.object({ bets: z.array(z.bigint()) });

/** The bets of the last round of this table in which the player had some, undone ones among them. */
export async function latestBetsOf(
  database: Queries,
  tableId: TableId,
  userId: UserId,
): Promise<readonly PositionId[]> {
  const row = await database.maybeOne(sql.type(LatestRow)`
    select bets
      from round_player
     where user_id = ${userId}::uuid and game = ${tableId} and stake > 0
     order by round desc
     limit 1`);
  return (row?.bets ?? []).map((id) => Number(id) as PositionId);
}

const WinnerRow = z.object({ winner: z.enum(['andar', 'bahar']) });

/** The winning sides of a table's last rounds, the newest last. */
export async function recentWinners(database: Queries, tableId: TableId, limit: number) {
  const rows = await database.any(sql.type(WinnerRow)`
    select winning_side as winner from round
     where game = ${tableId} and status = 'settled'
     order by round_number desc
     limit ${limit}`);
  return rows.map(({ winner }) => winner).reverse();
}

const BookRow = z.object({ book: Book });

export async function findRoundBook(database: Queries, roundId: RoundId): Promise<BookId> {
  return (await database.one(sql.type(BookRow)`select book from round where id = ${roundId}`)).book;
}
