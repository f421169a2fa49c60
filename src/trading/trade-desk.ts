import { acceptsTrade, type TradeRequest } from '../games/trading/accept-trade.ts';
import { OpenTrades } from '../games/trading/mark.ts';
import type { Quote } from '../games/trading/quote.ts';
import { acceptsExposure } from '../games/trading/risk.ts';
import { markTrade, type OpenTrade, openTrade, voidTrade } from '../games/trading/trade.ts';
import { firstUuid7, type Key, type SymbolId, type TradeId, uuid7 } from '../ids.ts';
import type { Minor } from '../money.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { Balance, PositionId } from '../wallet/command.ts';
import { ticksAfter } from './catch-up.ts';
import type { Claim } from './claim.ts';
import { type ClosingBoard, closeOwn, type TradeClosing } from './close-own.ts';
import { type DeskContext, lastQuote, symbolOf } from './context.ts';
import { closeOf, type Ending, Endings, endsOnRecord } from './endings.ts';
import { putOnRecord, stillOpenOf, unknownWhileAway } from './on-record.ts';
import { type Opening, Placements } from './placements.ts';
import { SettlementLane } from './settlement-lane.ts';
import { balancesIfReadable, ownersOf, tellTradeClosed, tellTradeOpened } from './telling.ts';
import { instrumentOf, riskOfTrade, stakeOfTrade } from './terms.ts';
import { type ClosedTrade, endedOf, endOf, type TradeRow } from './trade-row.ts';
import {
  type EndedRow,
  findTradeByKey,
  insertTrade,
  recordTradeEnds,
  recordTradeOpened,
  recordTradeRefused,
} from './trade-store.ts';
import { Untold } from './untold.ts';
import { type CloseWish, type Read, readTradeWish, type TradeWish } from './wishes.ts';

/** A trade as its key is answered, the first time and ever after. */
export type TradeOpening = Opening<TradeRow>;

/** The leveraged trades of a desk. Everything here follows from their rows and the tick log (S4-11 … S4-24). */
export class TradeDesk {
  /** What it writes its rows under. */
  readonly claim: Claim;
  readonly #context: DeskContext;
  readonly #lane: SettlementLane<Ending>;
  readonly #placements: Placements<TradeRow>;
  readonly #untold: Untold;
  readonly #board = new OpenTrades();
  readonly #seqs = new Map<TradeId, PositionId>();
  /** Asked for, and not on record as open: ticks since their entry may end them as soon as they are. */
  readonly #pending = new Map<TradeId, OpenTrade>();
  readonly #endings = new Endings();
  readonly #closing: ClosingBoard = {
    get: (id) => this.#board.get(id),
    paid: (id) => this.#endings.paid(id),
    end: (trade, key) => {
      this.#board.remove(trade.tradeId);
      this.#end(trade, key);
    },
  };

  constructor(context: DeskContext, epoch: number) {
    this.#context = context;
    this.claim = { book: context.desk().trades, epoch };
    const { database } = context;
    this.#untold = new Untold(context, 'trade');
    this.#lane = new SettlementLane<Ending>(context, {
      ...{ ...this.claim, idOf: ({ trade }) => trade.tradeId, closeOf },
      write: (ends) => this.#write(ends),
      stillOpen: (positions) => stillOpenOf(database, positions),
      tell: (ends) => this.#tellClosed(ends),
    });
    this.#placements = new Placements<TradeRow>(context, {
      idOf: ({ terms }) => terms.tradeId,
      isRequested: ({ status }) => status === 'REQUESTED',
      commandOf: (row) => stakeOfTrade(row, context.desk().trades, symbolOf(context, row.terms.instrument.symbol)),
      askedAt: ({ openedAt }) => openedAt.getTime(),
      expect: ({ terms }) => this.#expect(terms),
      opened: (row, seq, balance) => this.#opened(row, seq, balance),
      refused: async ({ terms }, code) => {
        await recordTradeRefused(database, terms.tradeId, code);
        this.#forget(terms);
      },
    });
  }

  get size(): number {
    return this.#board.size;
  }

  /** What all open ones that can be closed at it gain together at this price: what the house would lose by that. */
  openPnl(quote: Quote): Minor {
    return this.#board.openPnl(quote);
  }

  /**
   * Opens a trade at the last price. The same key and wish get the first answer again (S4-11 … S4-17). Refuses
   * INVALID_REQUEST and IDEMPOTENCY_KEY_REUSED; then on record under the key GAME_PAUSED, STALE_PRICE, BELOW_MINIMUM,
   * ABOVE_MAXIMUM, EXPOSURE_LIMIT, SELF_EXCLUDED, INSUFFICIENT_FUNDS, PLAYER_LIMIT; UNKNOWN_OUTCOME while the wallet
   * does not answer.
   */
  async open(wish: TradeWish): Promise<TradeOpening | Refusal> {
    const { database, market } = this.#context;
    const read = readTradeWish(wish, market.symbols);
    if (isRefusal(read)) return read;
    const row = (await findTradeByKey(database, wish.userId, wish.key)) ?? (await this.#enter(wish, read));
    return isRefusal(row) ? row : this.#placements.answer(row, read.text);
  }

  /** Asks the wallet again for one that waits for its answer. */
  async place(row: TradeRow): Promise<void> {
    await this.#placements.place(row);
  }

  /** See `closeOwn`. */
  close(wish: CloseWish): Promise<TradeClosing | Refusal> {
    return closeOwn(this.#context, this.#closing, wish);
  }

  /**
   * Undoes every open trade of a symbol asked for before `at`, but for those at the prices of `sparedFeed`; resolves
   * when all of the symbol that has ended is paid.
   */
  async voidAll(symbol: SymbolId, at: Date, sparedFeed: string | null): Promise<void> {
    for (const open of this.#board.of(symbol)) {
      const undone = voidTrade(open);
      if (open.entry.feedId === sparedFeed) continue;
      if (isRefusal(undone) || open.tradeId >= firstUuid7(at.getTime())) continue;
      this.#board.remove(open.tradeId);
      this.#end(undone);
    }
    // Those of another call, whose money is still on its way, too.
    await Promise.all(this.#endings.paidOf(symbol));
  }

  /** Holds a tick against every open trade: what ends, ends at this very tick (S4-24). */
  mark(tick: Quote): void {
    for (const ended of this.#board.mark(tick)) this.#end(ended);
  }

  /** Takes over a trade that is on record as open; ticks since its entry are to be held against it. */
  adopt({ terms, seq }: TradeRow): void {
    if (seq === null) throw new Error(`trade ${terms.tradeId} has no position`);
    this.#context.risks.add(riskOfTrade(terms));
    this.#seqs.set(terms.tradeId, seq);
    this.#board.add(terms);
  }

  /** The same for one that the running desk has lost sight of. */
  async adoptLate(row: TradeRow): Promise<void> {
    const ticks = await ticksAfter(this.#context, row.terms.entry);
    if (this.knows(row.terms.tradeId)) return;
    this.adopt(row);
    this.#catchUp(row.terms, ticks());
    this.#endings.isOpen(row.terms.tradeId);
  }

  /** Settles what is on record as ended, also where a replaced process has written that of one that is open here. */
  settle(row: TradeRow): void {
    const { tradeId } = row.terms;
    const ended = endedOf(row);
    if (row.seq === null || ended === undefined) throw new Error(`trade ${tradeId} has no end`);
    if (ended.end.reason !== 'OWNER') this.#untold.find(tradeId);
    if (this.isOpen(tradeId)) {
      this.#board.remove(tradeId);
      this.#context.risks.remove(riskOfTrade(row.terms));
    }
    this.#pay({ ...ended, seq: row.seq });
  }

  /** Whether nothing has ended this one yet, as far as memory goes. */
  isOpen(id: TradeId): boolean {
    return this.#board.get(id) !== undefined;
  }

  /** Whether memory has this one, whatever it is on its way to. */
  knows(id: TradeId): boolean {
    return this.#pending.has(id) || this.#seqs.has(id) || this.#endings.has(id) || this.#placements.has(id);
  }

  /** The first time, epoch milliseconds, of what is not durable yet: from there on ticks may have to be read again. */
  get undurableSince(): number {
    const entries = this.#pending.values().map(({ entry }) => entry.at);
    return Math.min(this.#endings.undurableSince, ...entries);
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  /** The row of a new trade; where the same key has come twice at once, that of the first. */
  async #enter(wish: TradeWish, { symbol, request, text }: Read<TradeRequest>): Promise<TradeRow | Refusal> {
    const { database, risks, clock, desk } = this.#context;
    const { currency, pauseReason, settings, id } = desk();
    const { userId, key, receivedAt } = wish;
    const record = { origin: userId, key, request: text };
    const rules = { ...settings.trades, currency, paused: pauseReason !== null };
    const quote = lastQuote(this.#context, symbol.id, rules.maxPriceAgeMs);
    const accepted = acceptsTrade(request, rules, instrumentOf(symbol), quote, receivedAt);
    if (isRefusal(accepted)) return putOnRecord(this.#context, record, accepted);
    const terms = openTrade(accepted, uuid7<TradeId>(clock.now()), userId);
    const exposure = acceptsExposure(risks, riskOfTrade(terms), settings.limits);
    if (isRefusal(exposure)) return putOnRecord(this.#context, record, exposure);
    this.#expect(terms);
    let isEntered = false;
    try {
      isEntered = await insertTrade(database, id, { terms, key, request: text, openedAt: new Date(receivedAt) });
      const row = await findTradeByKey(database, userId, key);
      if (row === null) throw new Error(`trade ${terms.tradeId} is gone`);
      return row;
    } catch (error) {
      return unknownWhileAway(this.#context, error);
    } finally {
      if (!isEntered) this.#forget(terms);
    }
  }

  /** The wallet holds the margin. What has happened since the entry may have ended the trade already. */
  async #opened(row: TradeRow, seq: PositionId, balance: Balance): Promise<void> {
    const { terms } = row;
    const { tradeId } = terms;
    const ticks = await ticksAfter(this.#context, terms.entry);
    // Not where it is known, or over, since an attempt before. From here to the board no tick comes between.
    if (this.#pending.has(tradeId) && !this.#seqs.has(tradeId)) {
      this.#seqs.set(tradeId, seq);
      this.#board.add(terms);
      this.#catchUp(terms, ticks());
      this.#endings.isOpen(tradeId);
    }
    await recordTradeOpened(this.#context.database, tradeId, seq);
    if (this.#pending.delete(tradeId)) tellTradeOpened(this.#context.channels, { ...row, seq }, balance);
  }

  /** Holds what it has missed against a trade that has come onto the board. */
  #catchUp(terms: OpenTrade, ticks: readonly Quote[]): void {
    for (const tick of ticks) {
      const ended = markTrade(terms, tick);
      if (ended === undefined) continue;
      this.#board.remove(terms.tradeId);
      this.#end(ended);
      return;
    }
  }

  #expect(terms: OpenTrade): void {
    const { tradeId } = terms;
    if (this.#pending.has(tradeId) || this.#seqs.has(tradeId) || this.#endings.has(tradeId)) return;
    this.#context.risks.add(riskOfTrade(terms));
    this.#pending.set(tradeId, terms);
  }

  #forget(terms: OpenTrade): void {
    if (this.#pending.delete(terms.tradeId)) this.#context.risks.remove(riskOfTrade(terms));
  }

  #end(trade: ClosedTrade, key: Key | null = null): void {
    const { tradeId } = trade;
    const seq = this.#seqs.get(tradeId);
    if (seq === undefined) throw new Error(`trade ${tradeId} ends without a position`);
    this.#context.risks.remove(riskOfTrade({ ...trade, status: 'OPEN' }));
    this.#pay({ trade, seq, end: endOf(trade, new Date(this.#context.clock.now()), key) });
  }

  #pay(ending: Ending): void {
    const { tradeId } = ending.trade;
    const paid = this.#lane.push(ending);
    this.#endings.add(ending.trade, paid);
    const done = () => {
      this.#seqs.delete(tradeId);
      this.#pending.delete(tradeId);
    };
    // Where it was not paid the lane has said why, and the sweep goes on.
    paid.then(done, () => {
      done();
      this.#untold.forget(tradeId);
    });
  }

  async #write(ends: readonly Ending[]): Promise<readonly (Ending | undefined)[]> {
    const { database } = this.#context;
    const rows = ends.map((end) => this.#rowOf(end));
    if (await recordTradeEnds(database, rows, this.claim)) return ends;
    for (const { trade } of ends) this.#untold.find(trade.tradeId);
    return endsOnRecord(database, ends);
  }

  async #tellClosed(ends: readonly Ending[]): Promise<void> {
    const balances = await balancesIfReadable(this.#context, ownersOf(ends.map(({ trade }) => trade)));
    const all = ends.map(({ trade, end }) => ({ trade, end, tradeId: trade.tradeId, owner: trade.owner }));
    await this.#untold.tell(all, ({ trade, end, owner }) => {
      const isHeard = tellTradeClosed(this.#context.channels, trade, end, balances.get(owner));
      // Who has closed one knows of it.
      return isHeard || end.reason === 'OWNER';
    });
  }

  #rowOf({ trade: { tradeId: id, owner, status }, seq, end }: Ending): EndedRow {
    return { id, status, seq, end, untold: end.reason !== 'OWNER' && this.#untold.marks({ tradeId: id, owner }) };
  }
}
