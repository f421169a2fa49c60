import { acceptsBinary, type BinaryRequest } from '../games/trading/accept-binary.ts';
import { type Binary, type BinarySettlement, exitInTime } from '../games/trading/binary.ts';
import { OpenBinaries } from '../games/trading/open-binaries.ts';
import type { Quote } from '../games/trading/quote.ts';
import { acceptsExposure } from '../games/trading/risk.ts';
import { type SymbolId, type TradeId, uuid7 } from '../ids.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { Balance, Close, PositionId } from '../wallet/command.ts';
import type { BinaryRow } from './binary-row.ts';
import {
  binariesAt,
  findBinaryByKey,
  insertBinary,
  type ResultRow,
  recordBinaryOpened,
  recordBinaryRefused,
  recordResults,
} from './binary-store.ts';
import { ticksAfter } from './catch-up.ts';
import type { Claim } from './claim.ts';
import { type DeskContext, lastQuote, symbolOf } from './context.ts';
import { putOnRecord, stillOpenOf, unknownWhileAway } from './on-record.ts';
import { type Opening, Placements } from './placements.ts';
import { SettlementLane } from './settlement-lane.ts';
import { balancesIfReadable, ownersOf, tellBinaryEntered, tellBinaryOpened, tellBinaryResolved } from './telling.ts';
import { riskOfBinary, stakeOfBinary } from './terms.ts';
import { Untold } from './untold.ts';
import { type BinaryWish, type Read, readBinaryWish } from './wishes.ts';

/** A binary as its key is answered, the first time and ever after. */
export type BinaryOpening = Opening<BinaryRow>;

/** A binary that is over, on its way to the ledger. */
interface Result {
  readonly binary: Binary;
  readonly settlement: BinarySettlement;
  readonly seq: PositionId;
  readonly at: Date;
}

/** The binaries of a desk. Everything here follows from their rows and the tick log (S4-34 … S4-45). */
export class BinaryDesk {
  readonly #context: DeskContext;
  readonly #claim: Claim;
  readonly #lane: SettlementLane<Result>;
  readonly #placements: Placements<BinaryRow>;
  readonly #untold: Untold;
  readonly #board = new OpenBinaries();
  readonly #seqs = new Map<TradeId, PositionId>();
  /** Asked for, and not on record as open. */
  readonly #pending = new Map<TradeId, Binary>();

  constructor(context: DeskContext, epoch: number) {
    this.#context = context;
    this.#claim = { book: context.desk().binaries, epoch };
    const { database } = context;
    this.#untold = new Untold(context, 'binary_trade');
    this.#lane = new SettlementLane<Result>(context, {
      ...{ ...this.#claim, idOf: ({ binary }) => binary.tradeId, closeOf },
      write: (results) => this.#write(results),
      stillOpen: (positions) => stillOpenOf(database, positions),
      tell: (results) => this.#tellResolved(results),
    });
    this.#placements = new Placements<BinaryRow>(context, {
      idOf: ({ terms }) => terms.tradeId,
      isRequested: ({ status }) => status === 'REQUESTED',
      commandOf: (row) => stakeOfBinary(row, context.desk().binaries, symbolOf(context, row.terms.symbol)),
      askedAt: ({ terms }) => terms.acceptedAt,
      expect: ({ terms }) => this.#expect(terms),
      opened: (row, seq, balance) => this.#opened(row, seq, balance),
      refused: async ({ terms }, code) => {
        await recordBinaryRefused(database, terms.tradeId, code);
        this.#forget(terms);
      },
    });
  }

  get size(): number {
    return this.#board.size;
  }

  /** When something of this symbol will be certain at the earliest, epoch milliseconds. */
  nextDueAt(symbol: SymbolId): number | undefined {
    return this.#board.nextDueAt(symbol);
  }

  /** The price it is held against, where there is one and it is not over. */
  entryOf(tradeId: TradeId): Quote | undefined {
    return this.#board.entryOf(tradeId);
  }

  /**
   * Takes a binary; its entry is the first price after `receivedAt` (S4-34, S4-43). The same key and wish get the first
   * answer again. Refuses INVALID_REQUEST and IDEMPOTENCY_KEY_REUSED; then on record under the key GAME_PAUSED,
   * STALE_PRICE, BELOW_MINIMUM, ABOVE_MAXIMUM, EXPOSURE_LIMIT, SELF_EXCLUDED, INSUFFICIENT_FUNDS, PLAYER_LIMIT;
   * UNKNOWN_OUTCOME while the wallet does not answer.
   */
  async open(wish: BinaryWish): Promise<BinaryOpening | Refusal> {
    const { database, market } = this.#context;
    const read = readBinaryWish(wish, market.symbols);
    if (isRefusal(read)) return read;
    const row = (await findBinaryByKey(database, wish.userId, wish.key)) ?? (await this.#enter(wish, read));
    return isRefusal(row) ? row : this.#placements.answer(row, read.text);
  }

  /** Asks the wallet again for one that waits for its answer. */
  async place(row: BinaryRow): Promise<void> {
    await this.#placements.place(row);
  }

  /** Takes a tick into account; it may be the entry of some. */
  observe(tick: Quote): void {
    for (const binary of this.#board.observe(tick)) this.#tellEntered(binary, tick);
  }

  /** Settles what is certain: no further tick of the symbol comes until `completeThrough` (S4-36). */
  settleDue(symbol: SymbolId, completeThrough: number): void {
    if (this.#board.size === 0) return;
    const at = new Date(this.#context.clock.now());
    for (const { binary, settlement } of this.#board.settle(symbol, completeThrough)) {
      const seq = this.#seqs.get(binary.tradeId);
      if (seq === undefined) throw new Error(`binary ${binary.tradeId} ends without a position`);
      this.#context.risks.remove(riskOfBinary(binary));
      this.#pay({ binary, settlement, seq, at });
    }
  }

  /** Takes over one that is on record as open; the ticks since its acceptance are to be observed by `observe`. */
  adopt({ terms, seq }: BinaryRow, ticks: readonly Quote[] = []): void {
    if (seq === null) throw new Error(`binary ${terms.tradeId} has no position`);
    this.#context.risks.add(riskOfBinary(terms));
    this.#seqs.set(terms.tradeId, seq);
    this.#board.add(terms, ticks);
  }

  /** The same for one that the running desk has lost sight of. */
  async adoptLate(row: BinaryRow): Promise<void> {
    const ticks = await ticksAfter(this.#context, placeOf(row.terms));
    if (!this.knows(row.terms.tradeId)) this.adopt(row, ticks());
  }

  /** Settles what is on record with its result. */
  settle(row: BinaryRow): void {
    const { tradeId } = row.terms;
    const result = resultOf(row);
    if (result === undefined) throw new Error(`binary ${tradeId} has no result`);
    this.#untold.find(tradeId);
    this.#pay(result);
  }

  /** Whether memory has this one, whatever it is on its way to. */
  knows(id: TradeId): boolean {
    return this.#pending.has(id) || this.#seqs.has(id) || this.#lane.has(id) || this.#placements.has(id);
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  /** The row of a new binary; where the same key has come twice at once, that of the first. */
  async #enter(wish: BinaryWish, { symbol, request, text }: Read<BinaryRequest>): Promise<BinaryRow | Refusal> {
    const { database, risks, clock, desk } = this.#context;
    const { currency, pauseReason, settings, id } = desk();
    const { userId: owner, key, direction, receivedAt } = wish;
    const record = { origin: owner, key, request: text };
    const rules = { ...settings.binaries, currency, paused: pauseReason !== null };
    const quote = lastQuote(this.#context, symbol.id, rules.maxPriceAgeMs);
    const accepted = acceptsBinary(request, rules, quote, receivedAt);
    if (isRefusal(accepted)) return putOnRecord(this.#context, record, accepted);
    const { acceptedAt, expiresAt, terms: of } = accepted;
    const tradeId = uuid7<TradeId>(clock.now());
    const { stake } = request;
    const terms: Binary = { tradeId, owner, symbol: symbol.id, direction, stake, acceptedAt, expiresAt, terms: of };
    const exposure = acceptsExposure(risks, riskOfBinary(terms), settings.limits);
    if (isRefusal(exposure)) return putOnRecord(this.#context, record, exposure);
    this.#expect(terms);
    let isEntered = false;
    try {
      const binary = { terms, priceScale: symbol.priceScale, key, request: text };
      isEntered = await insertBinary(database, id, binary);
      const row = await findBinaryByKey(database, owner, key);
      if (row === null) throw new Error(`binary ${tradeId} is gone`);
      return row;
    } catch (error) {
      return unknownWhileAway(this.#context, error);
    } finally {
      if (!isEntered) this.#forget(terms);
    }
  }

  /** The wallet has the stake. The ticks since the acceptance count, its entry among them. */
  async #opened(row: BinaryRow, seq: PositionId, balance: Balance): Promise<void> {
    const { terms } = row;
    const { tradeId } = terms;
    const ticks = await ticksAfter(this.#context, placeOf(terms));
    // Not where it is known, or over, since an attempt before. From here to the board no tick comes between.
    if (this.#pending.has(tradeId) && !this.#seqs.has(tradeId)) {
      this.#seqs.set(tradeId, seq);
      this.#board.add(terms, ticks());
    }
    await recordBinaryOpened(this.#context.database, tradeId, seq);
    if (!this.#pending.delete(tradeId)) return;
    tellBinaryOpened(this.#context.channels, { ...row, seq }, balance);
    const entry = this.#board.entryOf(tradeId);
    if (entry) this.#tellEntered(terms, entry);
    this.#context.changed();
  }

  #expect(terms: Binary): void {
    const { tradeId } = terms;
    if (this.#pending.has(tradeId) || this.#seqs.has(tradeId) || this.#lane.has(tradeId)) return;
    this.#context.risks.add(riskOfBinary(terms));
    this.#pending.set(tradeId, terms);
  }

  #forget(terms: Binary): void {
    if (this.#pending.delete(terms.tradeId)) this.#context.risks.remove(riskOfBinary(terms));
  }

  #pay(result: Result): void {
    const { tradeId } = result.binary;
    const done = () => {
      this.#seqs.delete(tradeId);
      this.#pending.delete(tradeId);
    };
    // Where it was not paid the lane has said why, and the sweep goes on.
    this.#lane.push(result).then(done, () => {
      done();
      this.#untold.forget(tradeId);
    });
  }

  #tellEntered(binary: Binary, entry: Quote): void {
    const { priceScale } = symbolOf(this.#context, binary.symbol);
    // Before it is on record as open its player does not know of it.
    if (!this.#pending.has(binary.tradeId)) tellBinaryEntered(this.#context.channels, binary, entry, priceScale);
  }

  async #write(results: readonly Result[]): Promise<readonly (Result | undefined)[]> {
    const { database } = this.#context;
    const rows = results.map((result) => this.#rowOf(result));
    if (await recordResults(database, rows, this.#claim)) return results;
    // As with trades: what stands there was there first.
    const onRecord = await binariesAt(
      database,
      results.map(({ seq }) => seq),
    );
    const bySeq = new Map(onRecord.map((row) => [row.seq, resultOf(row)]));
    for (const { binary } of results) this.#untold.find(binary.tradeId);
    return results.map(({ seq }) => bySeq.get(seq));
  }

  async #tellResolved(results: readonly Result[]): Promise<void> {
    const balances = await balancesIfReadable(this.#context, ownersOf(results.map(({ binary }) => binary)));
    const ends = results.map((result) => ({ ...result, tradeId: result.binary.tradeId, owner: result.binary.owner }));
    await this.#untold.tell(ends, ({ binary, settlement, at, owner }) => {
      const { priceScale } = symbolOf(this.#context, binary.symbol);
      const told = { at, balance: balances.get(owner) };
      return tellBinaryResolved(this.#context.channels, { terms: binary, priceScale }, settlement, told);
    });
  }

  #rowOf({ binary: { tradeId: id, owner }, seq, settlement, at }: Result): ResultRow {
    return { id, seq, settlement, at, untold: this.#untold.marks({ tradeId: id, owner }) };
  }
}

/** Ticks of the very moment of the acceptance are none of its. */
function placeOf({ symbol, acceptedAt: at }: Binary) {
  return { symbol, at, seq: Number.MAX_SAFE_INTEGER };
}

/** As its row says; undefined where there is none, or it has no result. */
function resultOf(row: BinaryRow | undefined): Result | undefined {
  if (!row || row.seq === null || row.settlement === null || row.settledAt === null) return undefined;
  return { binary: row.terms, settlement: row.settlement, seq: row.seq, at: row.settledAt };
}

/** For want of a price it has never been; a tie that gives the stake back was played. */
function closeOf({ seq, binary, settlement }: Result): Close {
  const back = exitInTime(binary, settlement) === undefined ? 'cancelled' : 'refunded';
  const outcome = ({ WIN: 'won', LOSS: 'lost', VOID: back } as const)[settlement.result];
  return { position: seq, payout: settlement.payout, outcome };
}
