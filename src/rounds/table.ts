import {
  type Betting,
  closeBetting,
  dealCards,
  type Round,
  type TableSettings,
  turnJoker,
  voidRound,
} from '../games/andar-bahar/round.ts';
import { findGame, type Game } from '../games/andar-bahar/store.ts';
import type { RoundId, TableId } from '../ids.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { completeRound, publishResult, type RoundResult, type Tell } from './complete-round.ts';
import { BookFencedError } from './insist.ts';
import { type LiveRound, openRound, type RoundDeps, settingsOf } from './live-round.ts';
import { resumeRounds } from './resume-rounds.ts';
import { beginVoid, finishVoidedRound, type VoidedRound } from './void-round.ts';
import { cardsSoFar, closeWindow, openWindow, storeRoot } from './windows.ts';

/** Who shows a table to people. */
export interface TableView {
  /** Something of `table.at()` has changed. */
  changed(): void;
  tell: Tell;
  /** The round is finished in every book; who was not told of the result can be found in the database now. */
  finished(result: RoundResult): void;
  /** The round was taken back, and every stake with it. */
  voided(round: VoidedRound): Promise<void>;
}

/** Somebody waits for the round in play to be voided. */
interface VoidOrder {
  readonly roundId: RoundId;
  resolve(outcome: VoidedRound | Refusal): void;
}

/** A table at one moment. */
export interface TableMoment {
  readonly round: Round;
  /** Null before the first round. */
  readonly live: LiveRound | null;
  readonly settings: TableSettings;
}

const LONGEST_RETRY_MS = 5_000;
/** How often a paused table asks whether it goes on. */
const PAUSED_MS = 1_000;

/**
 * Plays round after round at one table: only the order of the steps is here. What fails half-way (the database away) is
 * finished as after a crash, before the next round begins.
 */
export class Table {
  readonly tableId: TableId;
  readonly #deps: RoundDeps;
  #settings: TableSettings;
  #round: Round = { phase: 'idle' };
  #live: LiveRound | null = null;
  #view: TableView | null = null;
  #running: Promise<void> | null = null;
  #stopping = false;
  #voidOrder: VoidOrder | null = null;
  #retiring = false;
  #looks = 0;
  #lastLook = 0;
  #wake: () => void = () => undefined;

  constructor(deps: RoundDeps, game: Game) {
    this.#deps = deps;
    this.tableId = game.tableId;
    this.#settings = settingsOf(game);
  }

  at(): TableMoment {
    return { round: this.#round, live: this.#live, settings: this.#settings };
  }

  /** Begins to play, shown by `view`. */
  open(view: TableView): void {
    this.#view = view;
    this.#running ??= this.#run();
  }

  /** Takes no more bets, deals the round in play to its end, settles it, and stops. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
  }

  /** Plays the round under way to its end, with all its windows, and begins no other. */
  async retire(): Promise<void> {
    this.#retiring = true;
    if (this.#isBetweenRounds()) this.#wake();
    await this.#running;
  }

  /**
   * Looks whether the table is paused now. A paused one takes no bets and begins no round; the one in play goes on.
   * Call it after a change; rules other than this count from the next round on.
   */
  async refresh(): Promise<void> {
    const { paused } = this.#settings;
    if ((await this.#look()) === null || this.#settings.paused === paused) return;
    this.#view?.changed();
    if (paused && this.#round.phase === 'idle') this.#wake();
  }

  /**
   * Takes the round in play back; the answer comes when every stake is back. NOT_OPEN unless its first window is open,
   * at the latest moment there is: once the window's closing has begun, it is played to its end (DESIGN 5).
   */
  voidRound(roundId: RoundId): Promise<VoidedRound | Refusal> {
    const ruling = voidRound(this.#round);
    if (isRefusal(ruling) || ruling.roundId !== roundId || this.#voidOrder !== null) {
      return Promise.resolve(isRefusal(ruling) ? ruling : refuse('NOT_OPEN'));
    }
    return new Promise((resolve) => {
      this.#voidOrder = { roundId, resolve };
      this.#wake();
    });
  }

  async #run(): Promise<void> {
    const { log } = this.#deps;
    let failures = 0;
    while (!this.#stopping && (!this.#retiring || failures > 0)) {
      try {
        if (failures > 0) await this.#recover();
        failures = 0;
        await this.#playNext();
      } catch (error) {
        const { tableId } = this;
        if (error instanceof BookFencedError) {
          log.error({ err: error, tableId }, 'another server plays at this table: stopped');
          return;
        }
        failures += 1;
        log.error({ err: error, tableId, failures }, 'a round failed; it is finished before the next one begins');
        this.#show(this.#live, { phase: 'idle' });
        await this.#sleep(Math.min(100 * 2 ** failures, LONGEST_RETRY_MS));
      }
    }
  }

  async #recover(): Promise<void> {
    await resumeRounds(this.#deps, this.tableId, {
      tell: (result) => this.#tell(result),
      voided: async (round) => this.#view?.voided(round),
    });
  }

  async #playNext(): Promise<void> {
    const game = await this.#look();
    if (game === null) throw new Error(`table ${this.tableId} is gone`);
    this.#settings = { ...settingsOf(game), paused: this.#settings.paused };
    if (this.#settings.paused || !game.enabled) {
      this.#show(this.#live, { phase: 'idle' });
      return this.#sleep(PAUSED_MS);
    }
    if (this.#stopping || this.#retiring) return;
    await this.#play(game);
    await this.#sleep(game.pauseMs);
  }

  /** The table as it is set up now. Of two looks under way, the one that began later has the say about pausing. */
  async #look(): Promise<Game | null> {
    this.#looks += 1;
    const look = this.#looks;
    const game = await findGame(this.#deps.database, this.tableId);
    if (game === null || look < this.#lastLook) return game;
    this.#lastLook = look;
    this.#settings = { ...this.#settings, paused: game.paused };
    return game;
  }

  #isBetweenRounds(): boolean {
    return this.#round.phase !== 'betting' && this.#round.phase !== 'dealing';
  }

  async #play(game: Game): Promise<void> {
    const deps = this.#deps;
    let { live, round } = await openRound(deps, game, this.#settings);
    let opened = true;
    let dueAt = deps.clock.now();
    for (;;) {
      this.#show(live, round);
      if (round.phase === 'betting') {
        dueAt = round.bettingEndsAt;
        await this.#sleepUntil(dueAt);
        if (this.#voidOrder !== null) return this.#takeBack(live, round, this.#voidOrder);
        round = closeBetting(round);
        this.#show(live, round);
      }
      const { bettingWindow } = round;
      live = opened ? await closeWindow(deps, live, bettingWindow) : await storeRoot(deps, live, bettingWindow);
      const deal = cardsSoFar(live);
      if (deal.outcome) break;
      this.#show(live, { ...round, deal });
      dueAt += game.dealingMs;
      await this.#sleep(game.dealingMs);
      const now = deps.clock.now();
      const next = round.deal
        ? dealCards(round, this.#settings, deal.cards.slice(round.deal.cards.length), now)
        : turnJoker(round, this.#settings, deal.joker, now);
      if (next.phase === 'settled') throw new Error(`round ${live.roundId} is settled without an outcome`);
      opened = next.phase === 'betting' && !this.#stopping;
      round = next.phase === 'betting' && !opened ? closeBetting(next) : next;
      if (round.phase === 'betting') await openWindow(deps, live, round.bettingWindow, round.bettingEndsAt);
    }
    await this.#finish(live, round, dueAt);
  }

  async #takeBack(live: LiveRound, round: Betting, order: VoidOrder): Promise<void> {
    const deps = this.#deps;
    try {
      const shown = voidRound(round);
      if (isRefusal(shown)) throw new Error(`round ${live.roundId} cannot be voided any more`);
      await beginVoid(deps, live);
      this.#show(live, closeBetting(round));
      const voided = await finishVoidedRound(deps, live);
      this.#show(live, shown);
      deps.observer?.ended(live.tableId, 'voided');
      await this.#view?.voided(voided);
      order.resolve(voided);
    } catch (error) {
      // It is finished before the next round begins: as a void if that had begun, else played to its end.
      order.resolve(refuse('UNKNOWN_OUTCOME'));
      throw error;
    } finally {
      this.#voidOrder = null;
    }
  }

  /** From the outcome to the payout messages nothing waits for a timer. */
  async #finish(live: LiveRound, round: Extract<Round, { phase: 'dealing' }>, dueAt: number): Promise<void> {
    const deps = this.#deps;
    const deal = cardsSoFar(live);
    const cards = deal.cards.slice(round.deal?.cards.length);
    const settled = dealCards(round, this.#settings, cards, deps.clock.now());
    if (settled.phase !== 'settled') throw new Error(`round ${live.roundId} has no outcome`);
    const { roundId, tableId, roundNumber } = live;
    deps.log.info({ roundId, tableId, roundNumber, winner: settled.outcome.winner }, 'outcome');
    await publishResult(deps, live, deal, settled.outcome);
    this.#show(live, settled);
    const lagMs = () => deps.clock.now() - dueAt;
    const result = await completeRound(deps, live, settled.outcome, async (paid) => {
      const told = await this.#tell(paid);
      deps.observer?.told(tableId, lagMs());
      return told;
    });
    deps.observer?.settled(tableId, lagMs());
    deps.observer?.ended(tableId, 'settled');
    this.#view?.finished(result);
  }

  #show(live: LiveRound | null, round: Round): void {
    this.#live = live;
    this.#round = round;
    this.#view?.changed();
  }

  async #tell(result: RoundResult): Promise<ReadonlySet<RoundResult['players'][number]['userId']>> {
    return (await this.#view?.tell(result, this.#deps.database)) ?? new Set();
  }

  async #sleepUntil(time: number): Promise<void> {
    const { clock } = this.#deps;
    const waits = () => !this.#stopping && this.#voidOrder === null;
    for (let left = time - clock.now(); left > 0 && waits(); left = time - clock.now()) await this.#sleep(left);
  }

  /** Ends early when the table is told to stop or to go on. */
  async #sleep(delayMs: number): Promise<void> {
    if (this.#stopping || delayMs <= 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#deps.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
