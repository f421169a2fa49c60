import type { Queries } from '../../db/pool.ts';
import type { SymbolId, TradeId } from '../ids.ts';
import type { Close, PositionId } from '../wallet/command.ts';
import { type ClosedTrade, type Ended, endedOf } from './trade-row.ts';
import { tradesAt } from './trade-store.ts';

/** A trade that has ended, on its way to the ledger. */
export interface Ending extends Ended {
  readonly seq: PositionId;
}

/** On the ledger whatever pays is won, be it less than the margin; what is void has never been. */
export function closeOf({ seq, trade: { status, payout } }: Ending): Close {
  return { position: seq, payout, outcome: status === 'VOID' ? 'cancelled' : payout > 0n ? 'won' : 'lost' };
}

/**
 * Ends as their rows say them, undefined where one says none. Another one stands there where a process that had the
 * book before has written it late; it is of the same log, and there first.
 */
export async function endsOnRecord(
  queries: Queries,
  ends: readonly Pick<Ending, 'seq'>[],
): Promise<readonly (Ending | undefined)[]> {
  const rows = await tradesAt(
    queries,
    ends.map(({ seq }) => seq),
  );
  const bySeq = new Map(rows.map((row) => [row.seq, endedOf(row)]));
  return ends.map(({ seq }) => {
    const ended = bySeq.get(seq);
    return ended && { ...ended, seq };
  });
}

interface Under {
  readonly trade: ClosedTrade;
  readonly paid: Promise<void>;
}

/** Trades that have ended, on their way to the ledger; and since when ticks may have to be read again. */
export class Endings {
  readonly #under = new Map<TradeId, Under>();
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
