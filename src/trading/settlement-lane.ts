import type { Clock } from '../clock.ts';
import { deterministicKey, type TradeId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { askUntilKnown, BookFencedError, type Wallet } from '../rounds/insist.ts';
import { type BookId, type Close, LINES_MAX, type PositionId, type Settle, SYSTEM } from '../wallet/command.ts';
import { isDataError } from '../wallet/recovery.ts';

/** What a lane does with the ends of one kind. */
export interface LaneWork<End> {
  readonly book: BookId;
  readonly epoch: number;
  idOf(end: End): TradeId;
  closeOf(end: End): Close;
  /**
   * Durable before the wallet is asked. It may be asked again. Answers the end of each as it is on record then: of two
   * the first stays, whoever has written it; undefined where none is.
   */
  write(ends: readonly End[]): Promise<readonly (End | undefined)[]>;
  /** Which of these positions are open in the ledger. */
  stillOpen(positions: readonly PositionId[]): Promise<ReadonlySet<PositionId>>;
  /** After the commit; no end waits for it. */
  tell(ends: readonly End[]): Promise<void>;
}

export interface LaneDeps {
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

interface Waiting<End> {
  readonly end: End;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1_000;

/**
 * The way from an end to its money: first all that has ended is written down, then the wallet settles it, in chunks;
 * while one is settled the next is written. What is decided is never given up while the process runs, and what a stop
 * or a crash cuts off is found in the rows by the next one.
 */
export class SettlementLane<End> {
  readonly #deps: LaneDeps;
  readonly #work: LaneWork<End>;
  #queue: Waiting<End>[] = [];
  readonly #under = new Set<TradeId>();
  #running: Promise<void> | undefined;
  #telling: Promise<unknown> = Promise.resolve();

  constructor(deps: LaneDeps, work: LaneWork<End>) {
    this.#deps = deps;
    this.#work = work;
  }

  /** Whether this one is on its way. */
  has(id: TradeId): boolean {
    return this.#under.has(id);
  }

  get size(): number {
    return this.#under.size;
  }

  /** Resolves when it is paid. Each once: throws where it is on its way already. */
  push(end: End): Promise<void> {
    const id = this.#work.idOf(end);
    if (this.#under.has(id)) throw new Error(`trade ${id} ends twice`);
    this.#under.add(id);
    return new Promise((resolve, reject) => {
      this.#queue.push({ end, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is on its way, or nothing more can be done here, and people have been told. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#telling;
  }

  async #run(): Promise<void> {
    // What ends in one turn goes together: else the first of thousands would go alone, and all others wait for it.
    await Promise.resolve();
    let settling = Promise.resolve();
    while (this.#queue.length > 0) {
      const chunk = this.#queue.slice(0, LINES_MAX);
      this.#queue = this.#queue.slice(LINES_MAX);
      const written = await this.#write(chunk);
      await settling;
      if (written.length > 0) settling = this.#settle(written);
    }
    await settling;
    this.#running = this.#queue.length > 0 ? this.#run() : undefined;
  }

  /** Answers those that are on record, as they are there: only that is paid. */
  async #write(chunk: readonly Waiting<End>[]): Promise<readonly Waiting<End>[]> {
    const { clock, log, signal } = this.#deps;
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
      try {
        return this.#onRecord(chunk, await this.#work.write(chunk.map(({ end }) => end)));
      } catch (error) {
        if (isDataError(error)) return this.#writeApart(chunk, error);
        log.error({ err: error, ends: chunk.length }, 'ends of trades could not be written; trying again');
        if (signal.aborted) return this.#fail(chunk, error);
        await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      }
    }
  }

  #onRecord(chunk: readonly Waiting<End>[], ends: readonly (End | undefined)[]): readonly Waiting<End>[] {
    return chunk.flatMap((waiting, index) => {
      const end = ends[index];
      if (end !== undefined) return { ...waiting, end };
      const trade = this.#work.idOf(waiting.end);
      this.#deps.log.error({ trade }, 'the end of a trade is not on record; the sweep goes on');
      return this.#fail([waiting], new Error(`the end of ${trade} is not on record`));
    });
  }

  /** An end that the database refuses, which is a bug, does not hold up all others. */
  async #writeApart(chunk: readonly Waiting<End>[], error: unknown): Promise<readonly Waiting<End>[]> {
    if (chunk.length === 1) {
      const trade = chunk.map(({ end }) => this.#work.idOf(end)).join();
      this.#deps.log.error({ err: error, trade }, 'the database refuses the end of a trade; the sweep goes on');
      return this.#fail(chunk, error);
    }
    const middle = chunk.length >>> 1;
    return [...(await this.#write(chunk.slice(0, middle))), ...(await this.#write(chunk.slice(middle)))];
  }

  async #settle(chunk: readonly Waiting<End>[]): Promise<void> {
    try {
      await this.#pay(chunk.map(({ end }) => this.#work.closeOf(end)));
    } catch (error) {
      this.#deps.log.error({ err: error, ends: chunk.length }, 'trades could not be settled; the sweep goes on');
      this.#fail(chunk, error);
      return;
    }
    for (const { end, resolve } of chunk) {
      this.#under.delete(this.#work.idOf(end));
      resolve();
    }
    const telling = this.#work
      .tell(chunk.map(({ end }) => end))
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'telling of settled trades failed'));
    // Without what the others answered, which would be kept for ever.
    this.#telling = Promise.all([this.#telling, telling]).then(() => undefined);
  }

  /** A position that is closed already was paid under another command, before a crash: it is left out. */
  async #pay(closes: readonly Close[]): Promise<void> {
    const { wallet, clock, signal } = this.#deps;
    for (let left = closes; left.length > 0; ) {
      const answer = await askUntilKnown(wallet, clock, this.#command(left), signal);
      if (answer.ok) return;
      if (answer.code === 'BOOK_FENCED') throw new BookFencedError(`book ${this.#work.book} was claimed`);
      const open = await this.#work.stillOpen(left.map(({ position }) => position));
      const rest = left.filter(({ position }) => open.has(position));
      if (rest.length === left.length) throw new Error(`the wallet refuses to settle: ${answer.code}`);
      left = rest;
    }
  }

  #command(closes: readonly Close[]): Settle {
    const { book, epoch } = this.#work;
    const request = closes.map(({ position, payout, outcome }) => `${position}:${payout}:${outcome}`).join();
    const key = deterministicKey('desk', book, epoch, 'settle', request);
    return { kind: 'settle', origin: SYSTEM, key, request, book, epoch, closes, last: false };
  }

  #fail(chunk: readonly Waiting<End>[], error: unknown): readonly Waiting<End>[] {
    for (const { end, reject } of chunk) {
      this.#under.delete(this.#work.idOf(end));
      reject(error);
    }
    return [];
  }
}
