import type { DatabasePool } from 'slonik';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { Batch } from './batch.ts';
import { type Answer, type Command, checkCommand, weightOf } from './command.ts';
import { Ledger, type LedgerOptions } from './ledger.ts';
import { type Entry, Mailbox } from './mailbox.ts';
import { isDataError, reopenLedger } from './recovery.ts';
import { FencedError, WalletMismatchError } from './store.ts';

export interface WalletActorOptions {
  readonly pool: DatabasePool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shard?: number;
  /** Commands and closings per batch. */
  readonly batchMax?: number;
  /** Commands waiting beyond the batch under construction. */
  readonly mailboxMax?: number;
  /** The share of the mailbox that one origin may fill. */
  readonly mailboxMaxPerOrigin?: number;
  readonly remembered?: number;
  readonly walletsMax?: number;
  /** How long callers wait for a database that is away before they hear UNKNOWN_OUTCOME or BUSY. */
  readonly patienceMs?: number;
  /** Must hold before the shard is taken over again; false when somebody else has it. */
  readonly stillOwner?: () => Promise<boolean>;
  /** The actor has ended itself: fenced off, or the books are not what it knows. The process should end too. */
  readonly onStopped?: (error: Error) => void;
}

/** Replies per turn of the event loop: sockets and the next write must not wait behind a thousand of them. */
const REPLIES_PER_TURN = 16;
/** Recoveries in a row without one batch written: then it is no passing fault. */
const RECOVERIES_MAX = 50;

/** A command that the database refuses by itself, found by halving the batch it was in. A bug, with its cause. */
export class QuarantinedError extends Error {
  override readonly name = 'QuarantinedError';
}

type Phase = 'idle' | 'loading' | 'writing' | 'recovering' | 'away' | 'stopped';

/**
 * The only writer of money. Decides every command in memory in order of arrival, has one batch on its way to the
 * database and the next under construction, and answers only what is durable (DESIGN 4).
 */
export class WalletActor {
  readonly #options: WalletActorOptions;
  readonly #ledgerOptions: LedgerOptions;
  readonly #batchMax: number;
  readonly #mailbox: Mailbox;
  #ledger: Ledger;
  #phase: Phase = 'idle';
  #scheduled = false;
  #closing = false;
  #building = new Batch();
  #waiting: Entry[] = [];
  #weight = 0;
  #spare = new Batch();
  /** Entries at the head of the mailbox that were in a batch which failed, and how many of them to try at once. */
  #suspects = { left: 0, atOnce: 0 };
  #failures = 0;
  #onIdle: (() => void)[] = [];
  #outstanding = 0;
  readonly #counts = { batches: 0, commands: 0, busy: 0, recoveries: 0, quarantined: 0 };

  private constructor(options: WalletActorOptions, ledgerOptions: LedgerOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledgerOptions = ledgerOptions;
    this.#ledger = ledger;
    this.#batchMax = options.batchMax ?? 2_000;
    const mailboxMax = options.mailboxMax ?? 20_000;
    this.#mailbox = new Mailbox(mailboxMax, options.mailboxMaxPerOrigin ?? Math.ceil(mailboxMax / 10));
  }

  /** Takes the shard over. Whoever had it before can write no more once this resolves. */
  static async open(options: WalletActorOptions): Promise<WalletActor> {
    const { pool, clock, shard = 0, remembered = 200_000, walletsMax = 500_000 } = options;
    const ledgerOptions = { pool, clock, shard, remembered, walletsMax };
    return new WalletActor(options, ledgerOptions, await Ledger.open(ledgerOptions));
  }

  /**
   * Resolves with the durable answer; refusals are answers too. `BUSY`: nothing was done. `UNKNOWN_OUTCOME`: ask again
   * with the same key. Rejects only on a bug: a malformed command, or one that the database itself refuses.
   */
  execute(command: Command): Promise<Answer> {
    checkCommand(command);
    if (this.#phase === 'stopped' || this.#phase === 'away' || this.#closing || !this.#mailbox.admits(command)) {
      this.#counts.busy += 1;
      return Promise.resolve({ ok: false, code: 'BUSY', duplicate: false });
    }
    return new Promise((resolve, reject) => {
      const weight = weightOf(command);
      const entry: Entry = { command, weight, lookUpForced: false, lookedUpBy: null, answer: null, resolve, reject };
      this.#outstanding += 1;
      if (this.#canDecideNow(entry)) this.#decide(entry);
      else this.#mailbox.push(entry);
      this.#schedule();
    });
  }

  /** Everything accepted so far is answered; then nothing more is taken. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#outstanding > 0 && this.#phase !== 'stopped') {
      await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    }
    this.#phase = 'stopped';
  }

  get stats() {
    const { epoch, openBooks } = this.#ledger;
    const depth = { mailbox: this.#mailbox.length, outstanding: this.#outstanding };
    return { ...this.#counts, ...depth, epoch, openBooks, phase: this.#phase };
  }

  // Deciding: always in order, never past a command that has to wait for the database.

  #canDecideNow(entry: Entry): boolean {
    if (this.#mailbox.length > 0 || this.#suspects.left > 0 || this.#weight >= this.#batchMax) return false;
    return (this.#phase === 'idle' || this.#phase === 'writing') && this.#ledger.isReady(entry);
  }

  #decide(entry: Entry): void {
    try {
      entry.answer = this.#ledger.decide(this.#building, entry.command);
    } catch (error) {
      if (error instanceof WalletMismatchError) this.#stop(error, [...this.#waiting.splice(0), entry]);
      else this.#finish(() => entry.reject(error as Error));
      return;
    }
    this.#waiting.push(entry);
    this.#weight += entry.weight;
  }

  #decideWaiting(): void {
    const entriesMax = this.#suspects.left > 0 ? this.#suspects.atOnce : Number.POSITIVE_INFINITY;
    while (this.#weight < this.#batchMax && this.#waiting.length < entriesMax) {
      const next = this.#mailbox.peek();
      if (next === undefined || !this.#ledger.isReady(next)) return;
      this.#mailbox.shift();
      this.#decide(next);
    }
  }

  // Writing: one batch in flight.

  #schedule(): void {
    if (this.#scheduled || this.#phase !== 'idle') return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#phase !== 'idle') return;
    const next = this.#mailbox.peek();
    if (next !== undefined && this.#weight < this.#batchMax && !this.#ledger.isReady(next)) {
      this.#phase = 'loading';
      try {
        await this.#ledger.prepare(this.#mailbox.upcoming(this.#batchMax));
      } catch (error) {
        return this.#recover([], error as Error);
      }
      this.#phase = 'idle';
    }
    this.#decideWaiting();
    if (this.#waiting.length === 0) {
      if (this.#mailbox.length > 0) this.#schedule();
      return;
    }
    await this.#send();
  }

  async #send(): Promise<void> {
    const batch = this.#building;
    const entries = this.#waiting;
    this.#building = this.#spare;
    this.#waiting = [];
    this.#weight = 0;
    this.#phase = 'writing';
    try {
      const written = this.#ledger.write(batch);
      // While the database works, the next batch takes shape. Not for suspects: what follows would stand on their sand.
      if (this.#suspects.left === 0) setImmediate(() => this.#phase === 'writing' && this.#decideWaiting());
      await written;
    } catch (error) {
      return this.#recover(entries, error as Error);
    }
    batch.clear();
    this.#spare = batch;
    if (!this.#isStopped()) this.#phase = 'idle';
    this.#counts.batches += 1;
    this.#failures = 0;
    if (this.#suspects.left > 0) this.#suspects.left = Math.max(0, this.#suspects.left - entries.length);
    // The next batch goes on its way first, then the callers hear.
    if (this.#waiting.length > 0 || this.#mailbox.length > 0) void this.#flush();
    this.#reply(entries, 0);
  }

  #reply(entries: readonly Entry[], from: number): void {
    const end = Math.min(entries.length, from + REPLIES_PER_TURN);
    for (const entry of entries.slice(from, end)) this.#answer(entry);
    if (end < entries.length) setImmediate(() => this.#reply(entries, end));
  }

  #answer(entry: Entry): void {
    const { answer } = entry;
    if (answer === null) throw new Error('a command was written without an answer');
    this.#finish(() => entry.resolve(answer));
  }

  #finish(tell: () => void): void {
    this.#outstanding -= 1;
    this.#counts.commands += 1;
    tell();
    if (this.#outstanding > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  // Recovery: nothing in memory is trusted; the database says what happened.

  async #recover(failed: readonly Entry[], error: Error): Promise<void> {
    this.#phase = 'recovering';
    this.#counts.recoveries += 1;
    const sent = this.#ledger.batchSent;
    const onTop = this.#waiting;
    this.#building = new Batch();
    this.#spare = new Batch();
    this.#waiting = [];
    this.#weight = 0;
    this.#mailbox.unshift(onTop);
    if (error instanceof FencedError || error instanceof WalletMismatchError) return this.#stop(error, failed);
    this.#failures += 1;
    if (this.#failures > RECOVERIES_MAX) return this.#stop(error, failed);
    this.#options.log.warn({ err: error, commands: failed.length }, 'a batch failed; taking the shard over anew');
    const patience = this.#giveUpLater(failed);
    const ledger = await reopenLedger(this.#ledgerOptions, this.#options, () => this.#closing);
    patience.cancel();
    if (ledger instanceof Error) return this.#stop(ledger, patience.waiting);
    this.#ledger = ledger;
    const committed = failed.length > 0 && ledger.batchSent >= sent;
    if (committed) for (const entry of patience.waiting) this.#answer(entry);
    else this.#tryAgain(patience.waiting, failed.length, isDataError(error), error);
    this.#phase = 'idle';
    this.#schedule();
  }

  /** A data error has a culprit: halve the batch until it stands alone. Anything else was nobody's fault. */
  #tryAgain(entries: readonly Entry[], tried: number, dataError: boolean, error: Error): void {
    const [only] = entries;
    if (dataError && tried === 1 && only?.lookUpForced) {
      this.#suspects.left = Math.max(0, this.#suspects.left - 1);
      this.#counts.quarantined += 1;
      const { kind, key, origin } = only.command;
      this.#options.log.error({ err: error, kind, key, origin }, 'the database refuses this command: quarantined');
      this.#finish(() => only.reject(new QuarantinedError(`${kind} ${key} is quarantined`, { cause: error })));
      return;
    }
    for (const entry of entries) entry.lookUpForced = true;
    this.#mailbox.unshift(entries);
    if (!dataError) return;
    this.#suspects.left = Math.max(this.#suspects.left, entries.length);
    this.#suspects.atOnce = Math.max(1, Math.ceil(tried / 2));
  }

  /** Callers do not wait for ever: of the batch under way the outcome is unknown, of the rest nothing was done. */
  #giveUpLater(failed: readonly Entry[]): { waiting: readonly Entry[]; cancel(): void } {
    const patience = {
      waiting: failed,
      cancel: this.#options.clock.after(this.#options.patienceMs ?? 5_000, () => {
        this.#phase = 'away';
        patience.waiting = [];
        for (const entry of failed) this.#refuse(entry, 'UNKNOWN_OUTCOME');
        this.#refuseWaiting();
      }),
    };
    return patience;
  }

  #isStopped(): boolean {
    return this.#phase === 'stopped';
  }

  #refuse(entry: Entry, code: 'BUSY' | 'UNKNOWN_OUTCOME'): void {
    this.#finish(() => entry.resolve({ ok: false, code, duplicate: false }));
  }

  #refuseWaiting(): void {
    for (let entry = this.#mailbox.shift(); entry !== undefined; entry = this.#mailbox.shift())
      this.#refuse(entry, 'BUSY');
  }

  #stop(error: Error, failed: readonly Entry[]): void {
    this.#phase = 'stopped';
    this.#options.log.fatal({ err: error }, 'the wallet has stopped itself');
    const certain = error instanceof FencedError || error instanceof WalletMismatchError;
    for (const entry of failed) this.#refuse(entry, certain ? 'BUSY' : 'UNKNOWN_OUTCOME');
    this.#refuseWaiting();
    this.#options.onStopped?.(error);
  }
}
