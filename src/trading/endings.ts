import type { SymbolId, TradeId } from '../ids.ts';
import type { ClosedTrade } from './trade-row.ts';

interface Ending {
  readonly trade: ClosedTrade;
  readonly paid: Promise<void>;
}

/** Trades that have ended, while they are on their way to the ledger; and from when on ticks may have to be read again. */
export class Endings {
  readonly #under = new Map<TradeId, Ending>();
  /** Of those that could not be written: ticks since then, epoch milliseconds, are to be held against them again. */
  readonly #lost = new Map<TradeId, number>();

  has(id: TradeId): boolean {
    return this.#under.has(id);
  }

  /** Resolves when it is paid; undefined where it is not on its way. */
  paid(id: TradeId): Promise<void> | undefined {
    return this.#under.get(id)?.paid;
  }

  /** Of all of a symbol. */
  paidOf(symbol: SymbolId): readonly Promise<void>[] {
    const all = this.#under.values().filter(({ trade }) => trade.instrument.symbol === symbol);
    return [...all.map(({ paid }) => paid)];
  }

  /** Until `paid`; where that fails it is lost, until it comes again or is taken up as open. */
  add(trade: ClosedTrade, paid: Promise<void>): void {
    const { tradeId } = trade;
    this.#under.set(tradeId, { trade, paid });
    const over = () => {
      this.#under.delete(tradeId);
      this.#lost.delete(tradeId);
    };
    paid.then(over, () => {
      over();
      this.#lost.set(tradeId, 'exit' in trade ? trade.exit.at : trade.entry.at);
    });
  }

  /** It is open again, and all ticks there are were held against it. */
  isOpen(id: TradeId): void {
    this.#lost.delete(id);
  }

  /** The first exit, epoch milliseconds, that may not be on record; +∞ where all are. */
  get undurableSince(): number {
    const exits = this.#under.values().map(({ trade }) => ('exit' in trade ? trade.exit.at : Number.MAX_VALUE));
    return Math.min(Number.POSITIVE_INFINITY, ...exits, ...this.#lost.values());
  }
}
