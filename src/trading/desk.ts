import type { Quote } from '../games/trading/quote.ts';
import { OpenRisks } from '../games/trading/risk.ts';
import { type SymbolId, uuid7 } from '../ids.ts';
import { INR } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { BinaryDesk, BinaryOpening } from './binary-desk.ts';
import type { TradeClosing } from './close-own.ts';
import type { DeskContext } from './context.ts';
import type { DeskDeps } from './deps.ts';
import { DESK_MAIN, type DeskId, type DeskRow } from './desk-row.ts';
import { addDesk, findDesk, recordMarked } from './desk-store.ts';
import { adoptOpen, finishRest, type Parts, startParts } from './recover.ts';
import { DEFAULT_DESK_SETTINGS } from './settings.ts';
import type { TradeDesk, TradeOpening } from './trade-desk.ts';
import type { BinaryWish, CloseWish, TradeWish } from './wishes.ts';

/** So often it is noted how far ticks have been held against what is open; so long after they can come. */
const MARK_EVERY_MS = 5_000;
const MARK_BEHIND_MS = 1_000;
/** After what is due could not be settled. */
const AGAIN_MS = 1_000;

/**
 * A trading desk: prices come in, trades and binaries are opened, closed and settled. Its two books are in the ledger,
 * its rows say what was asked for and how it ended, and the tick log has every price: all of memory follows from these,
 * and `start` makes it from them.
 */
export class Desk {
  readonly id: DeskId;
  readonly #context: DeskContext;
  #row: DeskRow;
  #parts: Parts | undefined;
  /** What is open is known, with all that the log says of it. */
  #isReady = false;
  #listeners = new Set<(row: DeskRow) => void>();
  #silence: () => void = () => undefined;
  #cancelDue: () => void = () => undefined;
  #cancelMark: () => void = () => undefined;
  #isSealing = false;
  #stopped = false;
  #readings = 0;
  #counted = 0;

  private constructor(deps: DeskDeps, row: DeskRow) {
    this.id = row.id;
    this.#row = row;
    this.#context = { ...deps, desk: () => this.#row, risks: new OpenRisks(), changed: () => this.#schedule() };
  }

  /** Sets it up the first time. */
  static async open(deps: DeskDeps, id = DESK_MAIN): Promise<Desk> {
    const { database, clock } = deps;
    const now = clock.now();
    const refs = { tradesRef: uuid7(now), binariesRef: uuid7(now) };
    const fresh = { id, currency: INR, settings: DEFAULT_DESK_SETTINGS, markedAt: now, createdAt: new Date(now) };
    await addDesk(database, { ...fresh, ...refs });
    const row = await findDesk(database, id);
    if (row === null) throw new Error(`desk ${id} is gone`);
    return new Desk(deps, row);
  }

  /** As it is now. */
  get row(): DeskRow {
    return this.#row;
  }

  get risks(): OpenRisks {
    return this.#context.risks;
  }

  get trades(): TradeDesk {
    return this.#started().trades;
  }

  get binaries(): BinaryDesk {
    return this.#started().binaries;
  }

  /** Takes its books over and finds everything that is open; call it before the market begins. */
  async start(): Promise<void> {
    this.#parts = await startParts(this.#context);
    await adoptOpen(this.#context, this.#parts);
    this.#isReady = true;
    this.#silence = this.#context.market.onTicks((ticks) => this.#hear(ticks));
    await this.sweep();
    this.#markLater();
  }

  /** Nothing new is taken; what has ended is paid as far as the time allows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#silence();
    this.#cancelDue();
    this.#cancelMark();
    await Promise.all([this.#parts?.trades.idle(), this.#parts?.binaries.idle()]);
  }

  /** See `TradeDesk.open`; BUSY while the desk is not at work. */
  async openTrade(wish: TradeWish): Promise<TradeOpening | Refusal> {
    return this.#isAtWork() ? this.trades.open(wish) : refuse('BUSY');
  }

  /** See `TradeDesk.close`. */
  async closeTrade(wish: CloseWish): Promise<TradeClosing | Refusal> {
    return this.#isAtWork() ? this.trades.close(wish) : refuse('BUSY');
  }

  /** See `BinaryDesk.open`. */
  async openBinary(wish: BinaryWish): Promise<BinaryOpening | Refusal> {
    if (!this.#isAtWork()) return refuse('BUSY');
    const opened = await this.binaries.open(wish);
    if (!isRefusal(opened)) this.#schedule();
    return opened;
  }

  /** Reads its row again, after people of the house have changed it. Of several readings the last begun counts. */
  async refresh(): Promise<void> {
    this.#readings += 1;
    const reading = this.#readings;
    const row = await findDesk(this.#context.database, this.id);
    if (row === null || reading < this.#counted) return;
    this.#counted = reading;
    this.#row = row;
    for (const listener of this.#listeners) listener(this.#row);
  }

  /** Calls `listener` when its row has changed; the answer takes it off again. */
  onChange(listener: (row: DeskRow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Carries on whatever has been cut off, and settles what was missed (S4-35); hears of changes, too. Does nothing
   * before all of the log was held against what is open: a binary would be void for prices that are about to be read.
   */
  async sweep(): Promise<void> {
    if (this.#parts === undefined || !this.#isAtWork()) return;
    await this.refresh();
    await finishRest(this.#context, this.#parts);
    this.#settleDue();
    this.#schedule();
  }

  #hear(ticks: readonly Quote[]): void {
    const { trades, binaries } = this.#started();
    for (const tick of ticks) {
      trades.mark(tick);
      binaries.observe(tick);
    }
    this.#settleDue();
    this.#schedule();
  }

  #settleDue(): void {
    const { market } = this.#context;
    for (const { id } of market.symbols) this.binaries.settleDue(id, market.completeThrough(id));
  }

  /** Looks again when the next binary is due, by the clock of the server: there may be no tick to do it. */
  #schedule(notBeforeMs = 0): void {
    this.#cancelDue();
    if (this.#isSealing || !this.#isAtWork()) return;
    const { clock, market } = this.#context;
    const next = Math.min(...this.#dues().map(({ at }) => at));
    if (!Number.isFinite(next)) return;
    this.#cancelDue = clock.after(Math.max(notBeforeMs, next + market.delayMs - clock.now()), () => this.#sealSoon());
  }

  /** A timer is late where the process was held up: prices that have come meanwhile are heard first. */
  #sealSoon(): void {
    this.#isSealing = true;
    setImmediate(() => this.#seal());
  }

  #seal(): void {
    const { market, clock, log } = this.#context;
    // A price that is on its way from elsewhere is waited for, so nobody loses it by what is over in the meantime.
    const through = clock.now() - market.delayMs;
    const goOn = (notBeforeMs: number) => {
      this.#isSealing = false;
      this.#schedule(notBeforeMs);
    };
    const due = this.#dues().filter(({ at }) => at <= through);
    Promise.all(due.map(({ symbol }) => market.sealThrough(symbol, through)))
      .then(() => this.#settleDue())
      .then(
        () => goOn(0),
        (error: unknown) => {
          if (!this.#stopped) log.error({ err: error, desk: this.id }, 'what is due could not be settled');
          goOn(AGAIN_MS);
        },
      );
  }

  /** By symbol, where there is something. */
  #dues(): readonly { readonly symbol: SymbolId; readonly at: number }[] {
    return this.#context.market.symbols.flatMap(({ id: symbol }) => {
      const at = this.binaries.nextDueAt(symbol);
      return at === undefined ? [] : [{ symbol, at }];
    });
  }

  /** After a crash ticks are held against open trades from there on: what they had ended is on record. */
  #markLater(): void {
    const { clock, log } = this.#context;
    if (this.#stopped) return;
    this.#cancelMark = clock.after(MARK_EVERY_MS, () => {
      this.#mark()
        .catch((error: unknown) => log.error({ err: error, desk: this.id }, 'how far ticks have come is not noted'))
        .finally(() => this.#markLater());
    });
  }

  async #mark(): Promise<void> {
    const { market, clock, database } = this.#context;
    const at = clock.now() - market.delayMs - MARK_BEHIND_MS;
    if (this.trades.size === 0 && this.#row.markedAt > at - 60_000) return;
    await Promise.all(market.symbols.map(({ id }) => market.sealThrough(id, at)));
    // What is given up at a stop is not on its way any more, nor on record.
    if (this.#stopped) return;
    const certain = Math.min(
      at,
      this.trades.undurableSince - 1,
      ...market.symbols.map(({ id }) => market.completeThrough(id)),
    );
    if (certain <= this.#row.markedAt) return;
    const { claim } = this.trades;
    if (await recordMarked(database, this.id, certain, claim)) this.#row = { ...this.#row, markedAt: certain };
  }

  #isAtWork(): boolean {
    return this.#isReady && !this.#stopped;
  }

  #started(): Parts {
    if (this.#parts === undefined) throw new Error(`desk ${this.id} is not started`);
    return this.#parts;
  }
}
