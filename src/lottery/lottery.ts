import type { Identity } from '../accounts/identity.ts';
import type { LotteryNumber } from '../games/lottery/number.ts';
import type { PhaseId } from '../ids.ts';
import type { Minor } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { askForSettlement, closeEarly, enterNumber, limitNumber, type PhaseAct } from './acts.ts';
import { Books } from './books.ts';
import { createPhase, type PhaseWish } from './create-phase.ts';
import type { LotteryDeps } from './deps.ts';
import { finishSlip, finishSlips } from './finish-slip.ts';
import type { LotteryParts } from './parts.ts';
import type { PhaseRow } from './phase-row.ts';
import { closeDue, findPhase, livingPhases, unfinishedPhases } from './phase-store.ts';
import { RiskFeed } from './risk-feed.ts';
import { findSettlement, type SettlementRow } from './settlement-store.ts';
import type { SlipId, SlipRow } from './slip-row.ts';
import { findSlip } from './slip-store.ts';
import { advance } from './steps.ts';
import { type PreviewedSlip, preview, type SlipWish, type SubmittedSlip, submit } from './submit.ts';
import { askForVoid } from './void-slip.ts';

/** A cut-off later than this is looked at again: timers do not count so far. */
const LOOK_AFTER_MS_MAX = 3_600_000;

/** Where phases are shown: one room for each. */
export interface PhaseRooms {
  open(id: PhaseId): Promise<void>;
}

/** How many people have entered the number of a phase: two make it final. */
export interface EnteredNumber {
  readonly ok: true;
  readonly phase: PhaseRow;
  readonly confirmations: 1 | 2;
  /** Another person had entered another number: now this one waits for somebody to enter it as well. */
  readonly disputed: boolean;
}

/**
 * The three-digit lottery (S3): phases from their creation to their settlement, and the slips in them. Whatever people
 * decide is a row first, with its line in the audit log; the wallet's commands follow from the row, and where that is
 * cut off, `start` and `sweep` carry it on.
 */
export class Lottery {
  readonly #parts: LotteryParts;
  readonly #listeners = new Set<(phase: PhaseRow) => void>();
  readonly #underWay = new Map<PhaseId, Promise<void>>();
  readonly #shown = new Map<PhaseId, Promise<void>>();
  #rooms: PhaseRooms | null = null;
  #started = false;
  #cancel: () => void = () => undefined;

  constructor(deps: LotteryDeps) {
    const { clock, channels, wallet } = deps;
    this.#parts = { ...deps, books: new Books(deps), feed: new RiskFeed(clock, channels, wallet) };
  }

  /** Carries on what a crash has cut off, before anybody can come in; from then on phases close at their time. */
  async start(): Promise<void> {
    this.#started = true;
    await this.sweep();
  }

  /** What is under way goes on; nothing new is begun. */
  stop(): void {
    this.#started = false;
    this.#cancel();
    this.#parts.feed.stop();
  }

  /** Calls `listener` with every phase that has come further; the answer takes it off again. */
  onPhase(listener: (phase: PhaseRow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens a room for every phase that is not settled, and for each that comes; they stay until the server stops. */
  async openRooms(rooms: PhaseRooms): Promise<void> {
    this.#rooms = rooms;
    for (const { id } of await livingPhases(this.#parts.database)) await this.#showRoom(id);
  }

  /** Throws where there is none. */
  async find(id: PhaseId): Promise<PhaseRow> {
    const phase = await findPhase(this.#parts.database, id);
    if (phase === null) throw new Error(`phase ${id} is gone`);
    return phase;
  }

  /** See `createPhase`. UNKNOWN_OUTCOME where the ledger does not answer in time: the phase opens when it does. */
  async create(by: Identity, wish: PhaseWish): Promise<PhaseRow | Refusal> {
    const { backoffice } = this.#parts;
    const made = await backoffice.act(by, (tx) => createPhase(tx, this.#parts, wish, by.userId, this.#now()));
    if (isRefusal(made)) return made;
    if (made.closed !== null) await this.#announce(made.closed);
    await this.#advanceLater(made.created);
    this.#look();
    if (made.closed !== null) await this.#advanceLater(made.closed);
    const phase = await this.find(made.created);
    return phase.openedAt === null
      ? refuse('UNKNOWN_OUTCOME', 'The phase opens as soon as the ledger answers.')
      : phase;
  }

  /** See `closeEarly`. */
  close(by: Identity, id: PhaseId, reason?: string): Promise<PhaseRow | Refusal> {
    return this.#act(by, { id, reason }, closeEarly);
  }

  /** See `limitNumber`. */
  limit(
    by: Identity,
    id: PhaseId,
    number: LotteryNumber,
    max: Minor | null,
    reason?: string,
  ): Promise<PhaseRow | Refusal> {
    return this.#act(by, { id, reason }, (tx, act) => limitNumber(tx, act, number, max));
  }

  /** See `enterNumber`. */
  async enterNumber(
    by: Identity,
    id: PhaseId,
    number: LotteryNumber,
    reason?: string,
  ): Promise<EnteredNumber | Refusal> {
    await this.#advanceLater(id);
    const act = { id, by: by.userId, at: this.#now(), reason };
    const entered = await this.#parts.backoffice.act(by, (tx) => enterNumber(tx, act, number));
    if (isRefusal(entered)) return entered;
    await this.#announce(id);
    const confirmations = entered === 'confirmed' ? 2 : 1;
    return { ok: true, phase: await this.find(id), confirmations, disputed: entered === 'disputed' };
  }

  /**
   * Pays everybody and closes the books of a phase; the row of it, also when it is asked for again (S3-05). Refuses
   * NOT_FOUND, INVALID_REQUEST before there is a result, UNKNOWN_OUTCOME where it takes longer: it goes on by itself.
   */
  async settle(by: Identity, id: PhaseId, reason?: string): Promise<SettlementRow | Refusal> {
    const act = { id, by: by.userId, at: this.#now(), reason };
    const asked = await this.#parts.backoffice.act(by, (tx) => askForSettlement(tx, act));
    if (isRefusal(asked) && asked.code !== 'ALREADY_DECIDED') return asked;
    await this.#advanceLater(id);
    const row = await findSettlement(this.#parts.database, id);
    return row ?? refuse('UNKNOWN_OUTCOME', 'The settlement is under way and goes on by itself.');
  }

  /**
   * See `askForVoid`. PHASE_CLOSED as well where the phase was closed before the wallet could do it, UNKNOWN_OUTCOME
   * while it does not answer.
   */
  async voidSlip(by: Identity, id: SlipId, reason: string): Promise<SlipRow | Refusal> {
    const { backoffice, database, log } = this.#parts;
    const act = { id, by: by.userId, reason, at: this.#now() };
    const asked = await backoffice.act(by, (tx) => askForVoid(tx, act));
    if (isRefusal(asked)) return asked;
    await finishSlip(this.#parts, id).catch((error: unknown) => {
      log.error({ err: error, slip: id }, 'a void is left to the next sweep');
    });
    const slip = await findSlip(database, id);
    if (slip === null) throw new Error(`slip ${id} is gone`);
    if (slip.status === 'VOIDING') return refuse('UNKNOWN_OUTCOME', 'The void is under way and goes on by itself.');
    if (slip.status === 'VOID') return slip;
    return refuse('PHASE_CLOSED');
  }

  /** See `preview`. */
  preview(id: PhaseId, text: string): Promise<PreviewedSlip | Refusal> {
    return preview(this.#parts, id, text);
  }

  /** See `submit`. */
  submit(wish: SlipWish): Promise<SubmittedSlip | Refusal> {
    return submit(this.#parts, wish);
  }

  /** Closes what is due and carries on whatever was cut off; what fails is logged and waits for the next time. */
  async sweep(): Promise<void> {
    if (!this.#started) return;
    const { database, signal, log } = this.#parts;
    for (const id of await closeDue(database, this.#now())) await this.#announce(id);
    for (const id of await unfinishedPhases(database)) if (!signal.aborted) await this.#advanceLater(id);
    await finishSlips(this.#parts, undefined, (id, error) => {
      log.error({ err: error, slip: id }, 'a slip is left to the next sweep');
    });
    this.#look();
  }

  async #act(
    by: Identity,
    { id, reason }: Pick<PhaseAct, 'id' | 'reason'>,
    change: (tx: Parameters<typeof closeEarly>[0], act: PhaseAct) => ReturnType<typeof closeEarly>,
  ): Promise<PhaseRow | Refusal> {
    const act = { id, by: by.userId, at: this.#now(), reason };
    const changed = await this.#parts.backoffice.act(by, (tx) => change(tx, act));
    if (isRefusal(changed)) return changed;
    await this.#announce(id);
    await this.#advanceLater(id);
    return this.find(id);
  }

  /** Closes the phase that is open when its time is over, by the clock of the server. */
  #look(): void {
    this.#cancel();
    if (!this.#started) return;
    const { clock, log } = this.#parts;
    const later = async () => {
      const ends = (await livingPhases(this.#parts.database)).flatMap(({ status, endsAt }) =>
        status === 'OPEN' ? [endsAt.getTime()] : [],
      );
      if (!this.#started || ends.length === 0) return;
      const wait = Math.max(0, Math.min(...ends) - clock.now());
      this.#cancel();
      this.#cancel = clock.after(Math.min(wait, LOOK_AFTER_MS_MAX), () => {
        this.sweep().catch((error: unknown) => log.error({ err: error }, 'closing a phase failed'));
      });
    };
    later().catch((error: unknown) => log.error({ err: error }, 'looking after the phases failed'));
  }

  /** What is decided is decided: that the money follows is certain, only not always at once. */
  async #advanceLater(id: PhaseId): Promise<void> {
    try {
      await this.#advance(id);
      const phase = await findPhase(this.#parts.database, id);
      if (phase?.openedAt && phase.status !== 'SETTLED') await this.#showRoom(id);
    } catch (error) {
      this.#parts.log.error({ err: error, phase: id }, 'a phase is left to the next sweep');
    }
  }

  /** Where it fails the phase can be played over HTTP, and the room is tried again with its next step. */
  async #showRoom(id: PhaseId): Promise<void> {
    const rooms = this.#rooms;
    if (rooms === null) return;
    const shown = this.#shown.getOrInsertComputed(id, () => rooms.open(id));
    await shown.catch((error: unknown) => {
      this.#shown.delete(id);
      this.#parts.log.error({ err: error, phase: id }, 'a phase has no room');
    });
  }

  /** One after the other for each phase. */
  #advance(id: PhaseId): Promise<void> {
    const before = this.#underWay.get(id) ?? Promise.resolve();
    const run = before.catch(() => undefined).then(() => advance(this.#parts, id, (phase) => this.#say(phase)));
    this.#underWay.set(id, run);
    const done = () => {
      if (this.#underWay.get(id) === run) this.#underWay.delete(id);
    };
    run.then(done, done);
    return run;
  }

  async #announce(id: PhaseId): Promise<void> {
    this.#say(await this.find(id));
  }

  #say(phase: PhaseRow): void {
    for (const listener of this.#listeners) {
      try {
        listener(phase);
      } catch (error) {
        this.#parts.log.error({ err: error, phase: phase.id }, 'telling of a phase failed');
      }
    }
  }

  #now(): Date {
    return new Date(this.#parts.clock.now());
  }
}
