import type { SymbolId, TradeId } from '../../ids.ts';
import { type Minor, type Price, worthTowardZero, ZERO } from '../../money.ts';
import { type Instrument, minorPerStep, type Quantity } from './instrument.ts';
import { bounds } from './levels.ts';
import type { Quote } from './quote.ts';
import { type EndedTrade, markTrade, type OpenTrade } from './trade.ts';

interface Entry {
  readonly trade: OpenTrade;
  /** The price at which it ends. */
  readonly price: Price;
}

/**
 * The open trades of one symbol at the prices of one feed, by the prices at which they end; those that end next are
 * last in either list.
 */
interface Board {
  readonly instrument: Instrument;
  readonly lower: Entry[];
  readonly upper: Entry[];
  /** Amounts, those of SHORT negative, and each times its entry: what all of them together gain follows from these. */
  amount: bigint;
  cost: bigint;
  open: number;
}

/**
 * The open trades of a desk, marked to market tick by tick (S4-24). What a tick costs depends on how many trades it
 * ends, not on how many there are: only the ends of sorted lists are looked at. It never decides anything itself: what
 * it finds is given to `markTrade`, so that the answer is that of the plain rule applied to every trade.
 */
export class OpenTrades {
  readonly #trades = new Map<TradeId, OpenTrade>();
  /** By feed and symbol: `markTrade` ends nothing at the prices of another. */
  readonly #boards = new Map<string, Board>();

  get size(): number {
    return this.#trades.size;
  }

  of(symbol: SymbolId): readonly OpenTrade[] {
    return [...this.#trades.values()].filter(({ instrument }) => instrument.symbol === symbol);
  }

  get(tradeId: TradeId): OpenTrade | undefined {
    return this.#trades.get(tradeId);
  }

  /** Throws where this trade is among them already. All trades of a symbol have the same scales. */
  add(trade: OpenTrade): void {
    if (this.#trades.has(trade.tradeId)) throw new Error(`trade ${trade.tradeId} is marked already`);
    this.#trades.set(trade.tradeId, trade);
    const board = this.#board(trade);
    const { lower, upper } = bounds(trade);
    insert(board.lower, { trade, price: lower }, (one, other) => one <= other);
    insert(board.upper, { trade, price: upper }, (one, other) => one >= other);
    count(board, trade, 1n);
  }

  /** For a trade that ended otherwise, as by its owner. Its entries stay behind until the lists are half dead. */
  remove(tradeId: TradeId): void {
    const trade = this.#trades.get(tradeId);
    if (trade === undefined) return;
    this.#trades.delete(tradeId);
    const board = this.#board(trade);
    count(board, trade, -1n);
    if (board.lower.length + board.upper.length > 4 * board.open + 64) this.#tidy(board);
  }

  /** Takes out and answers every trade that ends at this tick, and at what. */
  mark(tick: Quote): readonly EndedTrade[] {
    const board = this.#boards.get(nameOf(tick));
    if (board === undefined) return [];
    return [
      ...this.#take(board.lower, tick, (price) => tick.price <= price),
      ...this.#take(board.upper, tick, (price) => tick.price >= price),
    ];
  }

  /** What the open trades of its symbol and feed gain together at this price, exact until it is rounded; no caps. */
  openPnl(quote: Pick<Quote, 'symbol' | 'feedId' | 'price'>): Minor {
    const board = this.#boards.get(nameOf(quote));
    if (board === undefined) return ZERO;
    return worthTowardZero(board.amount * quote.price - board.cost, minorPerStep(board.instrument, 1n as Quantity));
  }

  #take(entries: Entry[], tick: Quote, isReached: (price: Price) => boolean): readonly EndedTrade[] {
    const ended: EndedTrade[] = [];
    const early: Entry[] = [];
    for (let last = entries.at(-1); last !== undefined && isReached(last.price); last = entries.at(-1)) {
      entries.pop();
      if (!this.#isOpen(last.trade)) continue;
      const end = markTrade(last.trade, tick);
      if (end) {
        this.remove(last.trade.tradeId);
        ended.push(end);
      } else {
        early.push(last);
      }
    }
    entries.push(...early.reverse());
    return ended;
  }

  #isOpen(trade: OpenTrade): boolean {
    return this.#trades.get(trade.tradeId) === trade;
  }

  #tidy(board: Board): void {
    for (const entries of [board.lower, board.upper]) {
      const living = entries.filter(({ trade }) => this.#isOpen(trade));
      // Not all of them as arguments: there may be more than a call takes.
      entries.length = 0;
      for (const entry of living) entries.push(entry);
    }
  }

  #board({ instrument, entry: { feedId } }: OpenTrade): Board {
    const name = nameOf({ symbol: instrument.symbol, feedId });
    const known = this.#boards.get(name);
    if (known) return known;
    const board: Board = { instrument, lower: [], upper: [], amount: 0n, cost: 0n, open: 0 };
    this.#boards.set(name, board);
    return board;
  }
}

function nameOf({ symbol, feedId }: Pick<Quote, 'symbol' | 'feedId'>): string {
  return `${symbol} ${feedId}`;
}

function count(board: Board, { side, amount, entryPrice }: OpenTrade, times: 1n | -1n): void {
  const signed = (side === 'LONG' ? amount : -amount) * times;
  board.amount += signed;
  board.cost += signed * entryPrice;
  board.open += Number(times);
}

/** Behind all entries that are to stay before it. */
function insert(entries: Entry[], entry: Entry, staysBefore: (one: Price, other: Price) => boolean): void {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = entries[middle];
    if (other !== undefined && staysBefore(other.price, entry.price)) from = middle + 1;
    else to = middle;
  }
  entries.splice(from, 0, entry);
}
