import type { SymbolId, TradeId } from '../../ids.ts';
import { type Binary, type BinarySettlement, entryDeadline, type Observed, settleBinary } from './binary.ts';
import { isLater, type Quote } from './quote.ts';

/** A binary that is over, and how. */
export interface SettledBinary {
  readonly binary: Binary;
  readonly settlement: BinarySettlement;
}

interface Running {
  readonly binary: Binary;
  entry: Quote | undefined;
  /** Known once a tick has come from behind the expiry. */
  observed: Observed | undefined;
}

/** The open binaries of one symbol. */
interface Board {
  /** Those that have no entry yet. */
  waiting: Running[];
  /** By expiry, the next one last; those that know what they have seen are not among them any more. */
  readonly running: Running[];
  /** Whose expiry lies behind the last tick: only the promise is missing that no further tick can come. */
  over: Running[];
  /** The last tick of each feed. */
  readonly last: Map<string, Quote>;
}

/**
 * The open binaries of a desk. A tick costs what it is the entry of, or what it is behind the expiry of, not what is
 * open. It decides nothing: what a binary has seen is what `observe` would have noted down tick by tick, and
 * `settleBinary` says what it comes to.
 */
export class OpenBinaries {
  readonly #binaries = new Map<TradeId, Running>();
  readonly #boards = new Map<SymbolId, Board>();

  get size(): number {
    return this.#binaries.size;
  }

  has(tradeId: TradeId): boolean {
    return this.#binaries.has(tradeId);
  }

  /** The first tick after the acceptance; undefined while there was none. */
  entryOf(tradeId: TradeId): Quote | undefined {
    return this.#binaries.get(tradeId)?.entry;
  }

  /** With the ticks since its acceptance, in order, that were observed before. Throws where it is open already. */
  add(binary: Binary, ticks: readonly Quote[]): void {
    if (this.#binaries.has(binary.tradeId)) throw new Error(`binary ${binary.tradeId} is open already`);
    const running: Running = { binary, entry: undefined, observed: undefined };
    this.#binaries.set(binary.tradeId, running);
    const board = this.#board(binary.symbol);
    const own: Board = { waiting: [running], running: [running], over: [], last: new Map() };
    for (const tick of ticks) see(own, tick);
    // What this board has seen last counts, also where these ticks do not reach so far back.
    board.waiting.push(...own.waiting);
    board.over.push(...own.over);
    if (own.running.length > 0) insert(board.running, running);
    for (const [feedId, tick] of own.last) {
      const last = board.last.get(feedId);
      if (last === undefined || isLater(tick, last)) board.last.set(feedId, tick);
    }
  }

  /** In the order of the feed. Answers those that it is the entry of. */
  observe(tick: Quote): readonly Binary[] {
    return see(this.#board(tick.symbol), tick);
  }

  /** Takes out and answers what is certain: no further tick of the symbol can come until `completeThrough`. */
  settle(symbol: SymbolId, completeThrough: number): readonly SettledBinary[] {
    const board = this.#board(symbol);
    const settled: SettledBinary[] = [];
    const end = ({ binary, observed = {} }: Running): boolean => {
      const settlement = settleBinary(binary, observed, completeThrough);
      if (settlement === undefined) return false;
      this.#binaries.delete(binary.tradeId);
      settled.push({ binary, settlement });
      return true;
    };
    expire(board, (expiresAt) => expiresAt <= completeThrough);
    board.over = board.over.filter((running) => !end(running));
    board.waiting = board.waiting.filter(({ binary }) => this.#binaries.has(binary.tradeId));
    board.waiting = board.waiting.filter((running) => {
      if (entryDeadline(running.binary) > completeThrough || !end(running)) return true;
      remove(board.running, running);
      return false;
    });
    return settled;
  }

  /**
   * When something of this symbol will be certain at the earliest, epoch milliseconds; undefined while nothing of it is
   * open.
   */
  nextDueAt(symbol: SymbolId): number | undefined {
    const { waiting, running, over } = this.#board(symbol);
    let next = running.at(-1)?.binary.expiresAt;
    const look = (at: number) => {
      if (next === undefined || at < next) next = at;
    };
    for (const { binary } of waiting) look(entryDeadline(binary));
    for (const { binary } of over) look(binary.expiresAt);
    return next;
  }

  #board(symbol: SymbolId): Board {
    return this.#boards.getOrInsertComputed(symbol, () => ({ waiting: [], running: [], over: [], last: new Map() }));
  }
}

function see(board: Board, tick: Quote): readonly Binary[] {
  expire(board, (expiresAt) => expiresAt < tick.at);
  board.last.set(tick.feedId, tick);
  const entered: Binary[] = [];
  if (board.waiting.length === 0) return entered;
  board.waiting = board.waiting.filter((running) => {
    const { binary } = running;
    if (tick.at <= binary.acceptedAt || tick.at > entryDeadline(binary)) return true;
    running.entry = tick;
    entered.push(binary);
    return false;
  });
  return entered;
}

/** Those whose expiry is behind: the last tick of their feed is what they have seen last. */
function expire(board: Board, isBehind: (expiresAt: number) => boolean): void {
  for (let next = board.running.at(-1); next && isBehind(next.binary.expiresAt); next = board.running.at(-1)) {
    board.running.pop();
    const { entry } = next;
    const last = entry && board.last.get(entry.feedId);
    const exit = entry && last && isLater(last, entry) ? last : undefined;
    next.observed = { entry, exit };
    board.over.push(next);
  }
}

/** Behind all that expire later. */
function insert(running: Running[], one: Running): void {
  let [from, to] = [0, running.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((running[middle]?.binary.expiresAt ?? 0) > one.binary.expiresAt) from = middle + 1;
    else to = middle;
  }
  running.splice(from, 0, one);
}

function remove(running: Running[], one: Running): void {
  const at = running.indexOf(one);
  if (at >= 0) running.splice(at, 1);
}
