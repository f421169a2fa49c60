import { createHash } from 'node:crypto';
import type { DatabasePool } from 'slonik';
import type { Clock } from '../clock.ts';
import type { Key, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import { applyDecision } from './apply.ts';
import type { Batch } from './batch.ts';
import type { StakeOrder } from './bonus.ts';
import type { Answer, BookId, Command, PositionId } from './command.ts';
import { requestHash } from './command-facts.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { NO_SUMS, oldestHour, plus } from './limits.ts';
import {
  findCommands,
  loadChainHead,
  loadGrants,
  loadHolds,
  loadHours,
  loadLimits,
  loadWalletsById,
  loadWalletsByOwner,
  openSystemWallets,
  type WalletRow,
} from './load.ts';
import { grantFrom, type LoadedLedger, loadLedger, walletFrom } from './load-ledger.ts';
import { loadPoolPositions } from './load-positions.ts';
import { WalletMismatchError } from './mismatch.ts';
import { type Missing, missingWallets } from './missing.ts';
import type { PoolTotal } from './pool.ts';
import { type CommandRecord, RecentCommands } from './recent-commands.ts';
import type { LedgerState } from './state.ts';
import { type BatchHeader, writeBatch } from './store.ts';
import { verdictOf } from './verdict.ts';

export interface LedgerOptions {
  readonly pool: DatabasePool;
  readonly shard: number;
  readonly clock: Clock;
  readonly stakeOrder: StakeOrder;
  /** Answers kept in memory, per generation. */
  readonly remembered: number;
  /** Players' wallets kept in memory. */
  readonly walletsMax: number;
}

/** A batch by its number and its link in the hash chain, which covers every command in it and all before. */
export interface ChainHead {
  readonly batch: number;
  readonly hash: Buffer;
}

/** What lies on a book at one moment, by memory: what is on its way to the database included. */
export interface AtStake {
  /** Positions that are open. */
  readonly bets: number;
  /** Everything staked and not undone. */
  readonly stakes: Minor;
  /** What the house loses by the worst outcome; negative where it gains whatever happens. */
  readonly worstLoss: Minor;
}

/** A command on its way through the actor. */
export interface Pending {
  readonly command: Command;
  /** Ask the database for the key whatever it looks like: an attempt to write it has failed. */
  lookUpForced: boolean;
  /** The ledger that has asked the database for the key; its memory has the answer, a later one's does not. */
  lookedUpBy: Ledger | null;
}

/**
 * One owner's view of a shard, from taking it over until something goes wrong: then it is thrown away and opened anew,
 * because nothing in memory is trusted that the database has not confirmed.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #owner: string;
  readonly #epoch: number;
  readonly #state: LedgerState;
  readonly #recent: RecentCommands;
  readonly #cursor: { seq: number; batch: number };
  #seqSent: number;
  #batchSent: number;
  #prev: Buffer;

  private constructor(options: LedgerOptions, loaded: LoadedLedger) {
    this.#options = options;
    this.#owner = loaded.owner;
    this.#epoch = loaded.epoch;
    this.#state = loaded.state;
    this.#recent = new RecentCommands(options.remembered, loaded.horizon, loaded.ahead);
    this.#cursor = { seq: loaded.seq, batch: loaded.batch + 1 };
    this.#seqSent = loaded.seq;
    this.#batchSent = loaded.batch;
    this.#prev = loaded.prev;
  }

  /** Bumps the epoch, which fences every other writer off, and only then loads. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    return new Ledger(options, await loadLedger(options));
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The end of the chain as it will be when the last batch handed to `write` is durable. */
  get headSent(): ChainHead {
    return { batch: this.#batchSent, hash: this.#prev };
  }

  /** True when the chain on record has exactly this link: a batch of the same number may be somebody else's. */
  async holds({ batch, hash }: ChainHead): Promise<boolean> {
    const onRecord = await loadChainHead(this.#options.pool, this.#options.shard, batch);
    return onRecord.equals(hash);
  }

  get openBooks(): number {
    return this.#state.books.size;
  }

  /** Null where the book is finished, or unknown. */
  atStake(id: BookId): AtStake | null {
    const book = this.#state.books.get(id);
    if (book === undefined) return null;
    const { positions, exposure, pool } = book;
    const bets = pool === null ? positions.size : pool.players.values().reduce((sum, { lines }) => sum + lines, 0);
    return { bets, stakes: exposure.stakes as Minor, worstLoss: exposure.worstWith([]) as Minor };
  }

  /** What is staked on each selection of a pool and not taken back; null where it is finished, or unknown. */
  totalsOn(id: BookId): ReadonlyMap<number, Readonly<PoolTotal>> | null {
    return this.#state.books.get(id)?.pool?.totals ?? null;
  }

  /** True when a command can be decided from memory alone. */
  isReady(pending: Pending): boolean {
    return !this.#mustLookUp(pending) && missingWallets(this.#state, pending.command) === null;
  }

  /** Brings everything into memory that these commands need. Nothing may be on its way to the database meanwhile. */
  async prepare(all: readonly Pending[]): Promise<void> {
    this.#state.trim(this.#options.walletsMax);
    const unknown = all.filter((pending) => this.#mustLookUp(pending));
    for (const row of unknown.length > 0 ? await findCommands(this.#options.pool, identities(unknown)) : []) {
      const { key, origin, hash, seq, moves, version } = row;
      const balance = { version, real: row.real as Minor, bonus: row.bonus as Minor, held: row.held as Minor };
      const record = { hash, verdict: verdictOf(row.verdict), seq, moves, balance };
      this.#recent.set({ key, origin }, record, this.#options.clock.now());
    }
    for (const pending of unknown) pending.lookedUpBy = this;
    const { positions } = missingFor(this.#state, all);
    // Whose wallets they are is known only then.
    for (const { book, ids } of positions) await this.#loadPositions(book, ids);
    await this.#load(missingFor(this.#state, all));
  }

  /**
   * Decides in memory, on top of everything decided before, and appends to `batch`. Throws on a bug of the caller, with
   * nothing changed; throws `WalletMismatchError` when memory itself turns out to be wrong.
   */
  decide(batch: Batch, command: Command): Answer {
    const known = this.#recent.get(command);
    if (known !== undefined) {
      if (known.hash !== requestHash(command)) return { ok: false, code: 'IDEMPOTENCY_KEY_REUSED', duplicate: true };
      return answerFrom(known, true);
    }
    this.#state.now = this.#options.clock.now();
    const decision = decide(this.#state, command);
    const record = this.#apply(batch, command, decision);
    this.#recent.set(command, record, this.#options.clock.now());
    return answerFrom(record, false);
  }

  /** Sends a batch; what is decided from now on belongs to the next one. Resolves when it is durable. */
  write(batch: Batch): Promise<void> {
    batch.seal();
    const chain = createHash('sha256').update(this.#prev);
    for (const bytes of batch.chained()) chain.update(bytes);
    const header: BatchHeader = {
      shard: this.#options.shard,
      epoch: this.#epoch,
      owner: this.#owner,
      batch: this.#batchSent + 1,
      seqBefore: this.#seqSent,
      seq: this.#cursor.seq,
      prev: this.#prev,
      hash: chain.digest(),
    };
    this.#batchSent = header.batch;
    this.#cursor.batch = header.batch + 1;
    this.#seqSent = header.seq;
    this.#prev = header.hash;
    return writeBatch(this.#options.pool, header, batch);
  }

  #apply(batch: Batch, command: Command, decision: Decision): CommandRecord {
    try {
      return applyDecision(this.#state, batch, this.#cursor, command, decision);
    } catch (error) {
      throw new WalletMismatchError(`${command.kind} ${command.key} could not be applied`, { cause: error });
    }
  }

  #mustLookUp({ command, lookUpForced, lookedUpBy }: Pending): boolean {
    if (lookedUpBy === this) return false;
    if (lookUpForced) return this.#recent.get(command) === undefined;
    return this.#recent.mayBeOnRecord(command, this.#options.clock.now());
  }

  async #load({ owners, ids, system, hours }: Missing): Promise<void> {
    const { pool, shard } = this.#options;
    if (system.length > 0) await this.#add(await openSystemWallets(pool, shard, system));
    if (owners.length > 0) await this.#add(await loadWalletsByOwner(pool, shard, owners));
    if (ids.length > 0) await this.#add(await loadWalletsById(pool, shard, ids));
    await this.#loadHours(hours);
  }

  async #loadPositions(id: BookId, ids: readonly PositionId[]): Promise<void> {
    const { pool, shard } = this.#options;
    const book = this.#state.books.get(id);
    if (book === undefined || book.pool === null) return;
    for (const { book: _, ...row } of await loadPoolPositions(pool, shard, id, ids)) {
      if (!book.pool.gone.has(row.id)) book.positions.set(row.id, { ...row, liability: row.liability as Minor });
    }
    for (const position of ids) if (!book.positions.has(position)) book.pool.gone.add(position);
  }

  /** A wallet that is in memory already is ahead of the row just read. Two commands may have asked for the same one. */
  async #add(rows: readonly WalletRow[]): Promise<void> {
    const { pool, shard } = this.#options;
    const added = [...new Map(rows.map((row) => [row.id, row])).values()].filter(
      ({ id }) => !this.#state.wallets.has(id),
    );
    const holding = added.filter(({ held }) => held !== 0n).map(({ id }) => id);
    const holds = holding.length > 0 ? await loadHolds(pool, shard, holding) : [];
    const players = added.filter(({ owner }) => owner !== null).map(({ id }) => id);
    const limits = players.length > 0 ? await loadLimits(pool, players) : [];
    const grants = players.length > 0 ? await loadGrants(pool, shard, players) : [];
    for (const row of added) this.#state.add(walletFrom(row));
    for (const grant of grants) this.#state.walletById(grant.wallet).grants.push(grantFrom(grant));
    for (const { id, wallet, amount } of holds) this.#state.walletById(wallet).holds.set(id, amount);
    for (const { wallet, ...limit } of limits) this.#state.walletById(wallet).limits.push(limit);
    await this.#loadHours([...new Set(limits.map(({ wallet }) => wallet))]);
  }

  /** An hour that is known here already is ahead of the row just read, or the same. */
  async #loadHours(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const { pool, clock } = this.#options;
    const rows = await loadHours(pool, ids, oldestHour(clock.now()));
    for (const { wallet: id, hour, ...sums } of rows) {
      const { hours, takenOut } = this.#state.walletById(id);
      hours.getOrInsert(hour, plus(sums, takenOut.get(hour) ?? NO_SUMS));
    }
    for (const id of ids) this.#state.walletById(id).knowsHours = true;
  }
}

function identities(all: readonly Pending[]): readonly { key: Key; origin: UserId }[] {
  return all.map(({ command: { key, origin } }) => ({ key, origin }));
}

/** What all of them need together: a thousand players come back after a restart in one query. */
function missingFor(state: LedgerState, all: readonly Pending[]): Missing {
  const missing = all.flatMap(({ command }) => missingWallets(state, command) ?? []);
  return {
    owners: missing.flatMap(({ owners }) => owners),
    ids: missing.flatMap(({ ids }) => ids),
    system: missing.flatMap(({ system }) => system),
    hours: [...new Set(missing.flatMap(({ hours }) => hours))],
    positions: missing.flatMap(({ positions }) => positions),
  };
}

function answerFrom({ verdict, seq, moves, balance }: CommandRecord, duplicate: boolean): Answer {
  if (verdict !== 'OK') return { ok: false, code: verdict, duplicate };
  return { ok: true, seq, moves, balance, epoch: balance.version, duplicate };
}
