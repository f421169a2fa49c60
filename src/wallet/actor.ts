import { settingsOf, type WalletActorOptions, type WalletActorSettings } from './actor-options.ts';
import { Batch } from './batch.ts';
import { checkCommand } from './check-command.ts';
import type { Answer, BookId, Command } from './command.ts';
import { weightOf } from './command-facts.ts';
import { type AtStake, Ledger } from './ledger.ts';
import { type Entry, Mailbox } from './mailbox.ts';
import { WalletMismatchError } from './mismatch.ts';
import { inTime, NoAnswerError } from './patience.ts';
import type { PoolTotal } from './pool.ts';
import { isDataError, QuarantinedError, RECOVERIES_MAX, reopenLedger } from './recovery.ts';
import { inSlices } from './slices.ts';
import { FencedError } from './store.ts';
import { Suspects } from './suspects.ts';

type Phase = 'idle' | 'loading' | 'writing' | 'recovering' | 'away' | 'stopped';

/**
 * The only writer of money. Decides every command in memory in order of arrival, has one batch on its way to the
 * database and the next under construction, and answers only what is durable (DESIGN 4).
 */
export class WalletActor {
  readonly #settings: WalletActorSettings;
  readonly #mailbox: Mailbox;
  #ledger: Ledger;
  #phase: Phase = 'idle';
  #scheduled = false;
  #closing = false;
  #building = new Batch();
  #waiting: Entry[] = [];
  #weight = 0;
  #spare = new Batch();
  readonly #suspects = new Suspects();
  #failures = 0;
  #onIdle: (() => void)[] = [];
  #outstanding = 0;
  readonly #counts = { batches: 0, commands: 0, busy: 0, recoveries: 0, quarantined: 0 };

  private constructor(settings: WalletActorSettings, ledger: Ledger) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#mailbox = new Mailbox(settings.mailboxMax, settings.mailboxMaxPerOrigin);
  }

  /** Takes the shard over. Whoever had it before can write no more once this resolves. */
  static async open(options: WalletActorOptions): Promise<WalletActor> {
    const settings = settingsOf(options);
    return new WalletActor(settings, await Ledger.open(settings));
  }

  /**
   * Resolves with the durable answer; refusals are answers too. `BUSY`: nothing was done. `UNKNOWN_OUTCOME`: ask again
   * with the same key. Rejects only on a bug: a malformed command, or one that the database itself refuses.
   */
  execute(command: Command): Promise<Answer> {
    try {
      checkCommand(command);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.#phase === 'stopped' || this.#phase === 'away' || this.#closing || !this.#mailbox.admits(command)) {
      this.#counts.busy += 1;
      this.#settings.observer.turnedAway(command, 'BUSY');
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

  /** For a look at what is at stake; nothing is decided by it. */
  atStake(book: BookId): AtStake | null {
    return this.#ledger.atStake(book);
  }

  /** What is staked on each selection of a pool, by memory: for a look. It changes while it is looked at. */
  totalsOn(book: BookId): ReadonlyMap<number, Readonly<PoolTotal>> | null {
    return this.#ledger.totalsOn(book);
  }

  get stats() {
    const depth = { mailbox: this.#mailbox.length, outstanding: this.#outstanding };
    const { epoch, openBooks } = this.#ledger;
    return { ...this.#counts, ...depth, epoch, openBooks, phase: this.#phase };
  }

  // Deciding: always in order, never past a command that has to wait for the database.

  #canDecideNow(entry: Entry): boolean {
    if (this.#mailbox.length > 0 || this.#suspects.any || this.#weight >= this.#settings.batchMax) return false;
    return (this.#phase === 'idle' || this.#phase === 'writing') && this.#ledger.isReady(entry);
  }

  #decide(entry: Entry): void {
    try {
      entry.answer = this.#ledger.decide(this.#building, entry.command);
    } catch (error) {
      if (error instanceof WalletMismatchError) this.#stop(error, [...this.#waiting.splice(0), entry], 'BUSY');
      else this.#reject(entry, error as Error);
      return;
    }
    this.#waiting.push(entry);
    this.#weight += entry.weight;
  }

  #decideWaiting(): void {
    const entriesMax = this.#suspects.atOnce;
    while (this.#weight < this.#settings.batchMax && this.#waiting.length < entriesMax) {
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
    if (next !== undefined && this.#weight < this.#settings.batchMax && !this.#ledger.isReady(next)) {
      this.#phase = 'loading';
      try {
        await inTime(
          this.#ledger.prepare(this.#mailbox.upcoming(this.#settings.batchMax)),
          this.#settings.clock,
          this.#settings.patienceMs,
        );
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
    const sentAt = performance.now();
    try {
      const written = this.#ledger.write(batch);
      // While the database works, the next batch takes shape. Not for suspects: what follows would stand on their sand.
      if (!this.#suspects.any) setImmediate(() => this.#phase === 'writing' && this.#decideWaiting());
      await inTime(written, this.#settings.clock, this.#settings.patienceMs);
    } catch (error) {
      return this.#recover(entries, error as Error);
    }
    const tookMs = performance.now() - sentAt;
    batch.clear();
    this.#spare = batch;
    if (!this.#isStopped()) this.#phase = 'idle';
    this.#counts.batches += 1;
    this.#failures = 0;
    if (this.#suspects.any) this.#suspects.acquit(entries.length);
    // The next batch goes on its way first, then the callers hear.
    if (this.#waiting.length > 0 || this.#mailbox.length > 0) void this.#flush();
    this.#settings.observer.committed(entries, tookMs);
    inSlices(entries, (entry) => this.#answer(entry));
  }

  #answer(entry: Entry): void {
    const { answer } = entry;
    if (answer === null) throw new Error('a command was written without an answer');
    entry.resolve(answer);
    this.#finished();
  }

  #reject(entry: Entry, error: Error): void {
    entry.reject(error);
    this.#finished();
  }

  #finished(): void {
    this.#outstanding -= 1;
    this.#counts.commands += 1;
    if (this.#outstanding > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  // Recovery: nothing in memory is trusted; the database says what happened.

  async #recover(failed: readonly Entry[], error: Error): Promise<void> {
    if (this.#isStopped()) {
      for (const entry of failed) this.#refuse(entry, 'UNKNOWN_OUTCOME');
      return;
    }
    this.#phase = 'recovering';
    this.#counts.recoveries += 1;
    const inDoubt = failed.length > 0 && !isDataError(error) ? this.#ledger.headSent : null;
    const onTop = this.#waiting;
    this.#building = new Batch();
    this.#spare = new Batch();
    this.#waiting = [];
    this.#weight = 0;
    this.#mailbox.unshift(onTop);
    if (error instanceof FencedError || error instanceof WalletMismatchError) return this.#stop(error, failed, 'BUSY');
    this.#failures += 1;
    if (this.#failures > RECOVERIES_MAX) return this.#stop(error, failed, 'UNKNOWN_OUTCOME');
    this.#settings.log.warn({ err: error, commands: failed.length }, 'a batch failed; taking the shard over anew');
    const patience = this.#giveUpLater(failed, error instanceof NoAnswerError ? 0 : this.#settings.patienceMs);
    const reopened = await reopenLedger(this.#settings, inDoubt, () => this.#closing);
    patience.cancel();
    if (this.#isStopped()) return;
    if (reopened instanceof Error) return this.#stop(reopened, patience.waiting, 'UNKNOWN_OUTCOME');
    this.#ledger = reopened.ledger;
    if (reopened.committed) this.#settings.observer.committed(patience.waiting, undefined);
    if (reopened.committed) for (const entry of patience.waiting) this.#answer(entry);
    else this.#tryAgain(patience.waiting, failed.length, isDataError(error), error);
    this.#phase = 'idle';
    this.#schedule();
  }

  /** A data error has a culprit: halve the batch until it stands alone. Anything else was nobody's fault. */
  #tryAgain(entries: readonly Entry[], tried: number, dataError: boolean, error: Error): void {
    const [only] = entries;
    if (dataError && tried === 1 && only?.lookUpForced) {
      this.#suspects.convictOne();
      this.#failures = 0;
      this.#counts.quarantined += 1;
      const { kind, key, origin } = only.command;
      this.#settings.log.error({ err: error, kind, key, origin }, 'the database refuses this command: quarantined');
      this.#reject(only, new QuarantinedError(`${kind} ${key} is quarantined`, { cause: error }));
      return;
    }
    for (const entry of entries) entry.lookUpForced = true;
    this.#mailbox.unshift(entries);
    if (dataError) this.#suspects.accuse(entries.length, tried);
  }

  /** Callers do not wait for ever: of the batch under way the outcome is unknown, of the rest nothing was done. */
  #giveUpLater(failed: readonly Entry[], delayMs: number): { waiting: readonly Entry[]; cancel(): void } {
    const patience = {
      waiting: failed,
      cancel: this.#settings.clock.after(delayMs, () => {
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
    this.#settings.observer.turnedAway(entry.command, code);
    entry.resolve({ ok: false, code, duplicate: false });
    this.#finished();
  }

  #refuseWaiting(): void {
    for (let entry = this.#mailbox.shift(); entry !== undefined; entry = this.#mailbox.shift())
      this.#refuse(entry, 'BUSY');
  }

  #stop(error: Error, failed: readonly Entry[], told: 'BUSY' | 'UNKNOWN_OUTCOME'): void {
    this.#phase = 'stopped';
    this.#settings.log.fatal({ err: error }, 'the wallet has stopped itself');
    for (const entry of failed) this.#refuse(entry, told);
    this.#refuseWaiting();
    this.#settings.onStopped?.(error);
  }
}
