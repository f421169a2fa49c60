import { randomUUID } from 'node:crypto';
import type { DatabasePool } from 'slonik';
import type { Clock } from '../clock.ts';
import type { Minor, Percentage } from '../money.ts';
import type { Grant, StakeOrder } from './bonus.ts';
import { KeysAhead } from './keys-ahead.ts';
import {
  type GrantRow,
  keysBetween,
  loadChainHead,
  loadSystemWallets,
  loadUnfinishedBooks,
  newestKey,
  takeShard,
  type WalletRow,
} from './load.ts';
import {
  loadCounted,
  loadOpenPositions,
  loadPoolPlayers,
  loadPoolTotals,
  loadStandingPositions,
} from './load-positions.ts';
import { newestCredibleKey } from './recent-commands.ts';
import { addPosition, LedgerState, type Wallet } from './state.ts';

/** A shard as its new owner finds it. */
export interface LoadedLedger {
  readonly owner: string;
  readonly epoch: number;
  readonly batch: number;
  readonly seq: number;
  readonly prev: Buffer;
  readonly horizon: string;
  readonly ahead: KeysAhead;
  readonly state: LedgerState;
}

/** Keys ahead of their time that are remembered one by one, and how far ahead. */
const KEYS_AHEAD_MAX = 20_000;
const KEYS_AHEAD_MS = 366 * 86_400_000;

async function keysAhead(pool: DatabasePool, nowMs: number): Promise<KeysAhead> {
  const farthest = newestCredibleKey(nowMs + KEYS_AHEAD_MS);
  const keys = await keysBetween(pool, newestCredibleKey(nowMs), farthest, KEYS_AHEAD_MAX);
  return new KeysAhead(KEYS_AHEAD_MAX, keys, keys.length < KEYS_AHEAD_MAX ? farthest : keys.at(-1));
}

/** Takes the shard over, which fences every other writer off, and only then reads where it stands. */
export async function loadLedger({
  pool,
  shard,
  clock,
  stakeOrder,
}: {
  readonly pool: DatabasePool;
  readonly shard: number;
  readonly clock: Clock;
  readonly stakeOrder: StakeOrder;
}): Promise<LoadedLedger> {
  const owner = randomUUID();
  const { epoch, batch, seq } = await takeShard(pool, shard, owner);
  const prev = await loadChainHead(pool, shard, batch);
  const now = clock.now();
  const horizon = await newestKey(pool, newestCredibleKey(now));
  const ahead = await keysAhead(pool, now);
  const state = new LedgerState(stakeOrder);
  for (const row of await loadSystemWallets(pool, shard)) state.add(walletFrom(row));
  let firstSeq = Number.POSITIVE_INFINITY;
  for (const book of await loadUnfinishedBooks(pool, shard)) {
    state.addBook(book);
    if (!book.pooled && book.standing === null) firstSeq = Math.min(firstSeq, book.firstSeq);
  }
  const inRounds = Number.isFinite(firstSeq) ? await loadOpenPositions(pool, shard, firstSeq) : [];
  for (const { book: id, ...row } of [...inRounds, ...(await loadStandingPositions(pool, shard))]) {
    const book = state.books.get(id);
    if (book === undefined) throw new Error(`position ${row.id} is open on book ${id}, which is not`);
    addPosition(book, { ...row, liability: row.liability as Minor });
  }
  if (state.books.size > 0) {
    await loadPools(pool, shard, state);
    for (const { book, wallet } of await loadCounted(pool, shard)) state.books.get(book)?.counted.add(wallet);
  }
  return { owner, epoch, batch, seq, prev, horizon, ahead, state };
}

async function loadPools(pool: DatabasePool, shard: number, state: LedgerState): Promise<void> {
  for (const { book: id, selection, stake, liability, lines } of await loadPoolTotals(pool, shard)) {
    const book = state.books.get(id);
    book?.exposure.add(selection, stake, liability);
    book?.pool?.totals.set(selection, { stake, lines });
  }
  for (const { book: id, ...player } of await loadPoolPlayers(pool, shard)) {
    const book = state.books.get(id);
    book?.pool?.players.set(player.wallet, player);
    if (book && book.playerCap !== null) book.staked.set(player.wallet, player.stake);
  }
}

/** A wallet as its row has it: what is kept in other tables is still to be added. */
export function walletFrom({ hourWagered, hourLost, hourDeposited, ...row }: WalletRow): Wallet {
  const current = { wagered: hourWagered, lost: hourLost, deposited: hourDeposited };
  return {
    ...row,
    current,
    limits: [],
    hours: new Map(),
    knowsHours: false,
    takenOut: new Map(),
    holds: new Map(),
    grants: [],
    before: null,
  };
}

export function grantFrom({ games, contributions, ...row }: GrantRow): Grant {
  const shares = games.map((game, index) => [game, contributions[index] ?? (0 as Percentage)] as const);
  return { ...row, contributions: new Map(shares), before: null };
}
