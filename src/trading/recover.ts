import type { Queries } from '../../db/pool.ts';
import type { SymbolId, TradeId } from '../ids.ts';
import type { BookId, PositionId } from '../wallet/command.ts';
import { BinaryDesk } from './binary-desk.ts';
import type { BinaryRow } from './binary-row.ts';
import { binariesAt, findBinary, requestedBinaries, unsettledBinaries } from './binary-store.ts';
import { claimBooks } from './books.ts';
import { replayLog } from './catch-up.ts';
import type { DeskContext } from './context.ts';
import { openPositions, stillOpenOf } from './on-record.ts';
import { TradeDesk } from './trade-desk.ts';
import type { TradeRow } from './trade-row.ts';
import { findTrade, requestedTrades, tradesAt, unsettledTrades } from './trade-store.ts';
import { finishVoids } from './void-symbol.ts';

/** The two halves of a desk. */
export interface Parts {
  readonly trades: TradeDesk;
  readonly binaries: BinaryDesk;
}

const PAGE = 1_000;

const STRANDED =
  'trades are open at the prices of another feed: nothing ends them until MARKET_FEED is what it was, or two people ' +
  'give their margins back, once that feed has been silent for an hour';

/** Claims the books: whoever had them before can do nothing with them any more. */
export async function startParts(context: DeskContext): Promise<Parts> {
  const epochs = await claimBooks(context, context.desk());
  return { trades: new TradeDesk(context, epochs.trades), binaries: new BinaryDesk(context, epochs.binaries) };
}

/**
 * Finds what is open, and holds the ticks of the log against it that came since it was looked at last: what would have
 * ended then ends now, at the same tick and with the same result. Before any new tick.
 */
export async function adoptOpen(context: DeskContext, { trades, binaries }: Parts): Promise<void> {
  const { market, desk, log } = context;
  const { markedAt } = desk();
  let acceptedAt = Number.POSITIVE_INFINITY;
  const stranded = new Map<string, number>();
  for await (const row of openRows(context, desk().trades, tradesAt)) {
    const { instrument, entry } = row.terms;
    const { feedId, symbol } = entry;
    assertKnown(context, symbol, instrument.priceScale);
    if (feedId !== market.feedId) stranded.set(feedId, (stranded.get(feedId) ?? 0) + 1);
    trades.adopt(row);
  }
  for (const [feed, open] of stranded) log.warn({ feed, open, now: market.feedId }, STRANDED);
  for await (const row of openRows(context, desk().binaries, binariesAt)) {
    assertKnown(context, row.terms.symbol, row.priceScale);
    acceptedAt = Math.min(acceptedAt, row.terms.acceptedAt);
    binaries.adopt(row);
  }
  if (trades.size + binaries.size === 0) return;
  const from = Math.min(trades.size > 0 ? markedAt : Number.POSITIVE_INFINITY, acceptedAt);
  for (const { id: symbol } of market.symbols) {
    await replayLog(context, symbol, from, (tick) => {
      if (tick.at >= markedAt) trades.mark(tick);
      binaries.observe(tick);
    });
  }
}

/**
 * Carries on what waits for the wallet, and what has ended and is not paid; takes up what memory has lost sight of. It
 * may be called at any time, and again.
 */
export async function finishRest(context: DeskContext, { trades, binaries }: Parts): Promise<void> {
  const { database, desk, log, signal } = context;
  const { id } = desk();
  const attempt = async (row: TradeRow | BinaryRow, act: () => Promise<void>) => {
    if (signal.aborted) return;
    await act().catch((error: unknown) => {
      log.error({ err: error, trade: row.terms.tradeId }, 'a trade is left to the next sweep');
    });
  };
  // While those before it wait for the wallet one may be opened and over: each is looked at once again.
  for await (const { terms } of pages((after) => requestedTrades(database, id, after, PAGE))) {
    const row = await findTrade(database, terms.tradeId);
    if (row?.status === 'REQUESTED') await attempt(row, () => trades.place(row));
  }
  for await (const { terms } of pages((after) => requestedBinaries(database, id, after, PAGE))) {
    const row = await findBinary(database, terms.tradeId);
    if (row?.status === 'REQUESTED') await attempt(row, () => binaries.place(row));
  }
  // What has been paid while it was read is not open any more, and not known any more either.
  for (const row of await stillUnsettled(context, await unsettledTrades(database, id))) {
    const { tradeId } = row.terms;
    if (trades.isOpen(tradeId) || !trades.knows(tradeId)) trades.settle(row);
  }
  for (const row of await stillUnsettled(context, await unsettledBinaries(database, id))) {
    if (!binaries.knows(row.terms.tradeId)) binaries.settle(row);
  }
  for await (const { terms } of openRows(context, desk().trades, tradesAt)) {
    // What ended while it was read is not open any more: it is looked at once again, by itself.
    const row = trades.knows(terms.tradeId) ? null : await findTrade(database, terms.tradeId);
    if (row?.status === 'OPEN' && !trades.knows(terms.tradeId)) await attempt(row, () => trades.adoptLate(row));
  }
  for await (const { terms } of openRows(context, desk().binaries, binariesAt)) {
    const row = binaries.knows(terms.tradeId) ? null : await findBinary(database, terms.tradeId);
    if (row?.status === 'OPEN' && !binaries.knows(terms.tradeId)) await attempt(row, () => binaries.adoptLate(row));
  }
  await finishVoids(context, trades);
}

/** Of these those that are not paid; what is on its way there is still known when this answers. */
async function stillUnsettled<Row extends TradeRow | BinaryRow>(
  { database }: DeskContext,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  if (rows.length === 0) return rows;
  const open = await stillOpenOf(
    database,
    rows.flatMap(({ seq }) => seq ?? []),
  );
  return rows.filter(({ seq }) => seq !== null && open.has(seq));
}

/** A bug where it throws: whoever changes the symbols has overlooked what is open. */
function assertKnown({ market }: DeskContext, symbol: SymbolId, priceScale: number): void {
  const known = market.symbols.find(({ id }) => id === symbol);
  if (known?.priceScale === priceScale) return;
  const now = known === undefined ? 'is gone' : `has ${known.priceScale}`;
  throw new Error(`something is open on ${symbol} at prices of ${priceScale} decimals, and the symbol ${now}`);
}

/** Whose position is open and that have not ended: an end is written before the ledger closes its position. */
async function* openRows<Row extends TradeRow | BinaryRow>(
  { database }: DeskContext,
  book: BookId,
  rowsAt: (queries: Queries, positions: readonly PositionId[]) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after: PositionId | 0 = 0; ; ) {
    const positions: readonly PositionId[] = await openPositions(database, book, after, PAGE);
    for (const row of await rowsAt(database, positions)) if (row.status === 'OPEN') yield row;
    const last = positions.at(-1);
    if (last === undefined || positions.length < PAGE) return;
    after = last;
  }
}

async function* pages<Row extends TradeRow | BinaryRow>(
  read: (after: TradeId | null) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after: TradeId | null = null; ; ) {
    const rows: readonly Row[] = await read(after);
    yield* rows;
    const last: Row | undefined = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.terms.tradeId;
  }
}
