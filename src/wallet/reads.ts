import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import { POSITION_ROWS_MAX } from './bonus.ts';
import type { Balance, BookId, Outcome, PositionId } from './command.ts';
import { type BookState, OUTCOME } from './state.ts';

/** Questions to the ledger. All are bounded by a key range; none takes a lock that a batch could wait for. */

/** Where the positions of a book end that is not finished. */
const NO_END = Number.MAX_SAFE_INTEGER;

const Integer = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);
const Position = Integer.transform((id) => id as PositionId);

const outcomes: ReadonlyMap<number, Outcome> = new Map(
  Object.entries(OUTCOME).map(([outcome, number]) => [number, outcome as Outcome]),
);
const OutcomeNumber = z.number().transform((number) => {
  const outcome = outcomes.get(number);
  if (outcome === undefined) throw new RangeError(`unknown outcome ${number}`);
  return outcome;
});

const OwnedBalance = z.object({ owner: User, version: Integer, real: Money, bonus: Money, held: Money });

/** Fresh balances of several players in one query (S1-15); who has no wallet yet is missing. */
export async function balancesOf(
  database: Queries,
  currency: Currency,
  owners: readonly UserId[],
): Promise<ReadonlyMap<UserId, Balance>> {
  const rows = await database.any(sql.type(OwnedBalance)`
    select owner, version, real, bonus, held
      from wallet
     where owner = any(${sql.array([...owners], 'uuid')}) and currency = ${currency}`);
  return new Map(rows.map(({ owner, ...balance }) => [owner, balance]));
}

const BookRow = z.object({
  epoch: Integer,
  state: z.enum(['open', 'closed', 'settling', 'settled', 'voiding', 'voided']) satisfies z.ZodType<BookState>,
  window: z.number().int(),
});

/** Where a book stands. Null when it was never opened. */
export function findBook(database: Queries, book: BookId) {
  return database.maybeOne(sql.type(BookRow)`select epoch, state, "window" from book where id = ${book}`);
}

const BatchRow = z.object({ batch: Integer });

/** The last batch that is durable in the shard of a book: whatever has been answered about the book is not later. */
export async function lastBatch(database: Queries, book: BookId): Promise<number> {
  const row = await database.one(sql.type(BatchRow)`
    select s.batch from book b join shard s on s.shard = b.shard where b.id = ${book}`);
  return row.batch;
}

const BookStart = z.object({ shard: z.number().int(), firstBatch: Integer });

function findStart(database: Queries, book: BookId) {
  return database.one(sql.type(BookStart)`select shard, first_batch as "firstBatch" from book where id = ${book}`);
}

const AcceptedKey = z.object({ window: z.number().int(), key: z.string().transform((key) => key as Key) });

/**
 * The keys of all stakes a book has accepted up to a batch, those of undone bets among them, with the window each was
 * accepted in. A key is a leaf of the draw (DESIGN 6). Both ends are known when the query is planned: with a bound that
 * is read from another row the planner walks the whole table.
 */
export async function acceptedKeys(database: Queries, book: BookId, upToBatch: number) {
  const { shard, firstBatch } = await findStart(database, book);
  return database.any(sql.type(AcceptedKey)`
    select t."window", c.key
      from command c
      join transfer t on t.shard = c.shard and t.seq = c.seq and t.book = ${book}
     where c.batch between ${firstBatch} and ${upToBatch} and c.shard = ${shard} and c.verdict = 0 and c.moves > 0`);
}

const BookPosition = z.object({
  id: Position,
  owner: User,
  selection: z.number().int(),
  window: z.number().int(),
  stake: Money,
  payout: Money.nullable(),
  outcome: OutcomeNumber.nullable(),
});
/** `payout` and `outcome` are null while it is open. */
export type BookPosition = z.infer<typeof BookPosition>;

const LedgerPosition = BookPosition.omit({ owner: true }).extend({ wallet: Integer });
const WalletOwner = z.object({ wallet: Integer, owner: User });

/**
 * Every position of a short-lived book, in order, closed ones with what became of them. Two ranges are read and
 * grouped: a join would be planned by guesses about a table that has just grown (measured: half as slow again).
 */
export async function positionsOf(database: Queries, book: BookId): Promise<readonly BookPosition[]> {
  const positions = await database.any(sql.type(LedgerPosition)`
    select p.id, max(p.wallet) as wallet, max(p.selection) as selection, max(p."window") as "window",
           sum(p.stake)::int8 as stake, max(p.payout) as payout, max(p.outcome) as outcome
      from book b,
           lateral (select t.position as id, t.debit as wallet, t.selection, t."window", t.amount as stake,
                           null::int8 as payout, null::int2 as outcome
                      from transfer t
                     where t.shard = b.shard and t.seq between b.first_seq and coalesce(b.last_seq, ${NO_END})
                       and t.book = b.id
                    union all
                    select c.position, null, null, null, 0, c.payout, c.outcome
                      from closing c
                     where c.shard = b.shard
                       and c.position between b.first_seq and coalesce(b.last_seq, ${NO_END})) p
     where b.id = ${book}
     group by p.id
    having max(p.wallet) is not null -- the closing of another book's position has no opening here
     order by p.id`);
  const wallets = [...new Set(positions.map(({ wallet }) => wallet))];
  const rows = await database.any(sql.type(WalletOwner)`
    select id as wallet, owner from wallet where id = any(${sql.array(wallets, 'int8')})`);
  const owners = new Map(rows.map(({ wallet, owner }) => [wallet, owner]));
  return positions.map(({ wallet, ...position }) => ({ ...position, owner: owned(owners, wallet) }));
}

function owned(owners: ReadonlyMap<number, UserId>, wallet: number): UserId {
  const owner = owners.get(wallet);
  if (owner === undefined) throw new Error(`wallet ${wallet} has a position but no owner`);
  return owner;
}

/** The same of one player alone. */
export async function positionsOfPlayer(
  database: Queries,
  book: BookId,
  owner: UserId,
): Promise<readonly BookPosition[]> {
  return database.any(sql.type(BookPosition)`
    select t.position as id, w.owner, t.selection, t."window", sum(t.amount)::int8 as stake, c.payout, c.outcome
      from book b
      join wallet w on w.owner = ${owner}::uuid and w.currency = b.currency
      join transfer t on t.shard = b.shard and t.seq between b.first_seq and coalesce(b.last_seq, ${NO_END})
                     and t.book = b.id and t.debit = w.id
      left join closing c on c.shard = t.shard and c.position = t.position
     where b.id = ${book}
     group by t.position, w.owner, t.selection, t."window", c.payout, c.outcome
     order by t.position`);
}

/** Positions by their ids, whatever became of them; a stake from several purses lies in rows side by side. */
export function positionsById(
  database: Queries,
  ids: readonly PositionId[],
  shard = 0,
): Promise<readonly BookPosition[]> {
  return database.any(sql.type(BookPosition)`
    select t.position as id, w.owner, t.selection, t."window", sum(t.amount)::int8 as stake, c.payout, c.outcome
      from unnest(${sql.array([...ids], 'int8')}) as wanted (id)
      join transfer t on t.shard = ${shard} and t.seq between wanted.id and wanted.id + ${POSITION_ROWS_MAX - 1}
                     and t.position = wanted.id and t.book is not null
      join wallet w on w.id = t.debit
      left join closing c on c.shard = t.shard and c.position = t.position
     group by t.position, w.owner, t.selection, t."window", c.payout, c.outcome
     order by t.position`);
}

const OpenedPosition = z.object({
  id: Position,
  book: Integer.transform((id) => id as BookId),
  /** The round, phase or desk that the book is of. */
  ref: z.string(),
  owner: User,
  selection: z.number().int(),
  window: z.number().int(),
  stake: Money,
});
export type OpenedPosition = z.infer<typeof OpenedPosition>;

/** The positions that one accepted stake opened: its answer names the first transfer and how many there were. */
export function positionsOpenedBy(
  database: Queries,
  { seq, moves }: { readonly seq: number; readonly moves: number },
  shard = 0,
): Promise<readonly OpenedPosition[]> {
  return database.any(sql.type(OpenedPosition)`
    select t.position as id, t.book, b.ref, w.owner, t.selection, t."window", sum(t.amount)::int8 as stake
      from transfer t
      join wallet w on w.id = t.debit
      join book b on b.id = t.book
     where t.shard = ${shard} and t.seq >= ${seq} and t.seq < ${seq + moves} and t.book is not null
     group by t.position, t.book, b.ref, w.owner, t.selection, t."window"
     order by t.position`);
}

const OpenedBy = z.object({ seq: Integer, moves: z.int(), total: Money });

/**
 * What a player had in all right before each of these own positions was opened, from the ledger's own record: the
 * stored answer of the command that opened it, and what that command moved. A position is found in a command by the
 * batch it lies in, so this is for a page of them, not for thousands.
 */
export async function totalsBefore(
  database: Queries,
  owner: UserId,
  positions: readonly PositionId[],
  shard = 0,
): Promise<ReadonlyMap<PositionId, Minor>> {
  const rows = await database.any(sql.type(BatchRow)`
    select distinct l.batch
      from unnest(${sql.array([...positions], 'int8')}) as p (id),
           lateral (select batch from link
                     where shard = ${shard} and last_seq >= p.id and first_seq <= p.id
                     order by last_seq limit 1) l`);
  const batches = rows.map(({ batch }) => batch);
  const commands = await database.any(sql.type(OpenedBy)`
    select c.seq, c.moves,
           c.real + c.bonus + c.held
             + (select sum(t.amount)::int8 from transfer t
                 where t.shard = c.shard and t.seq between c.seq and c.seq + c.moves - 1) as total
      from command c
     where c.batch = any(${sql.array(batches, 'int8')}) and c.origin = ${owner}::uuid and c.shard = ${shard}
       and c.verdict = 0 and c.moves > 0`);
  const totals = new Map<PositionId, Minor>();
  for (const position of positions) {
    const command = commands.find(({ seq, moves }) => position >= seq && position < seq + moves);
    if (command !== undefined) totals.set(position, command.total);
  }
  return totals;
}

/** How much of somebody's real money cannot be withdrawn before it is staked, as it came of deposits. */
export function unstakedOf(queries: Queries, owner: UserId, currency: Currency): Promise<Minor> {
  return queries.oneFirst(sql.type(z.object({ unstaked: Money }))`
    select coalesce(sum(least(real, play_through + play_through_old)), 0)::int8 as unstaked
      from wallet where owner = ${owner}::uuid and currency = ${currency}`);
}
