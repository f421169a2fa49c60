import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { Key, UserId } from '../ids.ts';
import type { Currency, Minor, Percentage } from '../money.ts';
import { GRANT_STATUS, type GrantId, type GrantStatus } from './bonus.ts';
import type { BookId, PositionId } from './command.ts';
import { LIMIT_DAYS, LIMIT_KINDS } from './limits.ts';
import type { BookState } from './state.ts';

const Integer = z.bigint().transform(Number);
const Money = z.bigint();

/** The shard's place in its own history. */
const Owned = z.object({ epoch: Integer, batch: Integer, seq: Integer });

/** Makes `owner` the writer. This waits for a batch in flight, because that batch holds the same row. */
export function takeShard(pool: DatabasePool, shard: number, owner: string) {
  return pool.one(sql.type(Owned)`
    update shard set epoch = epoch + 1, owner = ${owner}::uuid
     where shard = ${shard}
    returning epoch, batch, seq`);
}

const Hash = z.object({ hash: z.instanceof(Buffer) });

export async function loadChainHead(pool: DatabasePool, shard: number, batch: number): Promise<Buffer> {
  const head = await pool.maybeOne(sql.type(Hash)`select hash from link where shard = ${shard} and batch = ${batch}`);
  return head?.hash ?? Buffer.alloc(32);
}

const WalletRow = z.object({
  id: Integer,
  owner: z
    .string()
    .transform((id) => id as UserId)
    .nullable(),
  name: z.string().nullable(),
  currency: z.string().transform((code) => code as Currency),
  overdraft: z.boolean(),
  version: Integer,
  real: Money,
  bonus: Money,
  held: Money,
  turnover: Money,
  realLosses: Money,
  bonusLosses: Money,
  netLoss: Money,
  xp: Money,
  bets: Integer,
  lastSeq: Integer,
  excludedUntil: Integer,
  playThrough: Money,
  playThroughFrom: Integer,
  playThroughOld: Money,
  playThroughOldFrom: Integer,
  hour: Integer,
  hourWagered: Money,
  hourLost: Money,
  hourDeposited: Money,
});
export type WalletRow = z.infer<typeof WalletRow>;

const walletColumns = sql.fragment`
  w.id, w.owner, w.name, w.currency, w.overdraft, w.version, w.real, w.bonus, w.held, w.turnover,
  w.real_losses as "realLosses", w.bonus_losses as "bonusLosses", w.net_loss as "netLoss", w.xp, w.bets,
  w.play_through as "playThrough", w.play_through_from as "playThroughFrom",
  w.play_through_old as "playThroughOld", w.play_through_old_from as "playThroughOldFrom",
  w.last_seq as "lastSeq", w.excluded_until as "excludedUntil", w.hour, w.hour_wagered as "hourWagered",
  w.hour_lost as "hourLost", w.hour_deposited as "hourDeposited"`;

export function loadSystemWallets(pool: DatabasePool, shard: number) {
  return pool.any(sql.type(WalletRow)`
    select ${walletColumns} from wallet w where w.shard = ${shard} and w.name is not null`);
}

export function loadWalletsById(pool: DatabasePool, shard: number, ids: readonly number[]) {
  return pool.any(sql.type(WalletRow)`
    select ${walletColumns}
      from (select unnest(${sql.array([...ids], 'int8')}) id) u,
           lateral (select * from wallet w where w.id = u.id and w.shard = ${shard} offset 0) w`);
}

/** A player's first command in a currency opens the wallet: empty, so no money moves and no batch is needed. */
export async function loadWalletsByOwner(
  pool: DatabasePool,
  shard: number,
  owners: readonly { owner: UserId; currency: Currency }[],
) {
  const ids = sql.array(
    owners.map(({ owner }) => owner),
    'uuid',
  );
  const currencies = sql.array(
    owners.map(({ currency }) => currency),
    'text',
  );
  await pool.query(sql.type(z.strictObject({}))`
    insert into wallet (owner, currency, shard)
    select unnest(${ids}), unnest(${currencies}), ${shard}
    on conflict (owner, currency) do nothing`);
  return pool.any(sql.type(WalletRow)`
    select ${walletColumns}
      from (select unnest(${ids}) owner, unnest(${currencies}) currency) u,
           lateral (select * from wallet w
                     where w.owner = u.owner and w.currency = u.currency and w.shard = ${shard} offset 0) w`);
}

const HoldRow = z.object({ id: Integer.transform((id) => id as PositionId), wallet: Integer, amount: Money });

/** What these wallets have set aside and not ended. */
export function loadHolds(pool: DatabasePool, shard: number, wallets: readonly number[]) {
  return pool.any(sql.type(HoldRow)`
    select h.seq as id, h.debit as wallet, h.amount
      from (select unnest(${sql.array([...wallets], 'int8')}) id) u,
           lateral (select * from transfer t where t.debit = u.id and t.reason = 7 and t.shard = ${shard} offset 0) h
     where not exists (select from transfer e
                        where e.shard = h.shard and e.position = h.seq and e.reason in (8, 9))`);
}

const LimitRow = z.object({
  wallet: Integer,
  kind: z.enum(LIMIT_KINDS),
  days: z.literal(LIMIT_DAYS),
  amount: Money.nullable(),
  nextAmount: Money.nullable(),
  nextFrom: Integer,
});

/** The limits that these wallets' players have set. */
export function loadLimits(pool: DatabasePool, wallets: readonly number[]) {
  return pool.any(sql.type(LimitRow)`
    select l.wallet, l.kind, l.days, l.amount, l.next_amount as "nextAmount", l.next_from as "nextFrom"
      from (select unnest(${sql.array([...wallets], 'int8')}) id) u,
           lateral (select * from player_limit l where l.wallet = u.id offset 0) l`);
}

const statuses: ReadonlyMap<number, GrantStatus> = new Map(
  Object.entries(GRANT_STATUS).map(([status, number]) => [number, status as GrantStatus]),
);

const GrantRow = z.object({
  id: Integer.transform((id) => id as GrantId),
  wallet: Integer,
  amount: Money,
  requirement: Money.transform((amount) => amount as Minor),
  wagered: Money,
  balance: Money,
  atStake: Money,
  expiresAt: Integer,
  maxStake: Money.transform((amount) => amount as Minor).nullable(),
  endedAt: Integer,
  version: Integer,
  status: z.int().transform((number): GrantStatus => {
    const status = statuses.get(number);
    if (status === undefined) throw new RangeError(`unknown status ${number} of a bonus`);
    return status;
  }),
  games: z.array(z.string()),
  contributions: z.array(z.int().transform((share) => share as Percentage)),
});

export type GrantRow = z.infer<typeof GrantRow>;

/** Bonuses of these wallets that are active, or that open bets were made with, the oldest first. */
export function loadGrants(pool: DatabasePool, shard: number, wallets: readonly number[]) {
  return pool.any(sql.type(GrantRow)`
    select g.id, g.wallet, g.amount, g.requirement, g.wagered, g.balance, g.at_stake as "atStake",
           g.expires_at as "expiresAt", g.max_stake as "maxStake", g.ended_at as "endedAt", g.version, g.status,
           g.games, g.contributions
      from (select unnest(${sql.array([...wallets], 'int8')}) id) u,
           lateral (select * from bonus_grant g
                     where g.wallet = u.id and g.shard = ${shard} and (g.status = 0 or g.at_stake > 0) offset 0) g
     order by g.id`);
}

const HourRow = z.object({ wallet: Integer, hour: Integer, wagered: Money, lost: Money, deposited: Money });

/** What these wallets' players did, hour by hour, from `since` on. */
export function loadHours(pool: DatabasePool, wallets: readonly number[], since: number) {
  return pool.any(sql.type(HourRow)`
    select h.wallet, h.hour, h.wagered, h.lost, h.deposited
      from (select unnest(${sql.array([...wallets], 'int8')}) id) u,
           lateral (select * from limit_hour h where h.wallet = u.id and h.hour >= ${since} offset 0) h`);
}

/** System wallets come into being when the first book of their game does. */
export async function openSystemWallets(
  pool: DatabasePool,
  shard: number,
  wanted: readonly { name: string; currency: Currency; overdraft: boolean }[],
) {
  for (const { name, currency, overdraft } of wanted) {
    await pool.query(sql.type(z.strictObject({}))`
      insert into wallet (name, currency, overdraft, shard)
      values (${name}, ${currency}, ${overdraft}, ${shard})
      on conflict (name, currency, shard) do nothing`);
  }
  return loadSystemWallets(pool, shard);
}

const BookRow = z.object({
  id: Integer.transform((id) => id as BookId),
  ref: z.string(),
  game: z.string(),
  currency: z.string().transform((code) => code as Currency),
  epoch: Integer,
  state: z.enum(['open', 'closed', 'settling', 'settled', 'voiding', 'voided']) satisfies z.ZodType<BookState>,
  window: z.number().int(),
  cap: Money,
  playerCap: Money.nullable(),
  marketSizes: z.array(z.int()),
  outcomes: z.array(z.array(z.int())),
  pooled: z.boolean(),
  standing: z.enum(['stake', 'margin']).nullable(),
  firstSeq: Integer,
  firstBatch: Integer,
  lastSeq: Integer.nullable(),
});

export function loadUnfinishedBooks(pool: DatabasePool, shard: number) {
  return pool.any(sql.type(BookRow)`
    select id, ref, game, currency, epoch, state, "window", cap, player_cap as "playerCap",
           market_sizes as "marketSizes", outcomes, pooled, standing, first_seq as "firstSeq",
           first_batch as "firstBatch", last_seq as "lastSeq"
      from book
     where shard = ${shard} and state not in ('settled', 'voided')`);
}

const CommandRow = z.object({
  key: z.string().transform((key) => key as Key),
  origin: z.string().transform((id) => id as UserId),
  hash: Money,
  verdict: z.number().int(),
  seq: Integer,
  moves: z.number().int(),
  version: Integer,
  real: Money,
  bonus: Money,
  held: Money,
});

/**
 * Answers on record. `offset 0` pins "for each key one index probe": a plain join, planned while the table was empty,
 * walks the whole index.
 */
export function findCommands(pool: DatabasePool, wanted: readonly { key: Key; origin: UserId }[]) {
  const keys = sql.array(
    wanted.map(({ key }) => key),
    'uuid',
  );
  const origins = sql.array(
    wanted.map(({ origin }) => origin),
    'uuid',
  );
  return pool.any(sql.type(CommandRow)`
    select c.key, c.origin, c.hash, c.verdict, c.seq, c.moves, c.version, c.real, c.bonus, c.held
      from (select unnest(${keys}) key, unnest(${origins}) origin) u,
           lateral (select * from command c where c.key = u.key and c.origin = u.origin offset 0) c`);
}

const KeyRow = z.object({ key: z.string() });

/** The newest key on record not later than `limit`, by the time inside it: everything above is certainly new. */
export async function newestKey(pool: DatabasePool, limit: string): Promise<string> {
  const row = await pool.maybeOne(sql.type(KeyRow)`
    select key from command where key <= ${limit}::uuid order by key desc limit 1`);
  return row?.key ?? '';
}

/** Keys on record after one and before another, the smallest first. */
export async function keysBetween(
  pool: DatabasePool,
  after: string,
  before: string,
  max: number,
): Promise<readonly string[]> {
  const rows = await pool.any(sql.type(KeyRow)`
    select key from command where key > ${after}::uuid and key < ${before}::uuid order by key limit ${max}`);
  return rows.map(({ key }) => key);
}
