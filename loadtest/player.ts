import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { AndarBaharState } from '../schema/andar-bahar.ts';
import { seededRandom } from '../src/demo/choices.ts';
import { uuid7 } from '../src/ids.ts';
import { command, once } from './asking.ts';
import { attemptOf } from './faults.ts';
import { OwnBooks } from './own-books.ts';
import { Seat } from './seat.ts';
import type { Session } from './session.ts';
import type { TableFacts } from './table-facts.ts';
import type { Tally } from './tally.ts';
import { openOwnBooks } from './wallet-facts.ts';
import { type Act, isCareless, planWindow } from './window-plan.ts';

export interface PlayerOptions {
  readonly endpoint: string;
  readonly table: TableFacts;
  readonly session: Session;
  /** The same seed makes the same choices. */
  readonly seed: string;
  readonly tally: Tally;
}

const Bet = z.object({ betId: z.string(), roundId: z.string(), betSide: z.string(), amount: z.int() });
const BetAnswer = z.object({ bet: Bet });
const BetsAnswer = z.object({ bets: z.array(Bet) });
const Result = z.object({ roundId: z.string(), timestamp: z.string() });
const Complete = z.object({
  roundId: z.string(),
  userPayout: z.object({ amount: z.int() }),
  missed: z.boolean().optional(),
});

interface Window {
  readonly roundId: string;
  readonly bettingWindow: number;
  readonly betSide: string;
  readonly minBet: number;
  readonly maxBet: number;
}

/** A bot that plays by its seed and keeps books of its own on what the server acknowledged. */
export class Player {
  readonly session: Session;
  readonly seat: Seat;
  books = new OwnBooks(0, 0, []);
  readonly #options: PlayerOptions;
  readonly #careless: boolean;
  readonly #underWay = new Set<Promise<void>>();
  readonly #over = new AbortController();
  #playing = false;
  #windows = 0;
  #seen = '';
  #round = { roundId: '', endsAt: 0, resultAt: 0 };

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.session = options.session;
    this.#careless = isCareless(seededRandom(options.seed));
    this.seat = new Seat({
      endpoint: options.endpoint,
      tableId: options.table.tableId,
      token: () => options.session.token(),
      tally: options.tally,
      onState: (state) => this.#look(state),
      onMessage: (type, body) => this.#hear(type, body),
    });
  }

  /** Opens its books and sits down. Throws when it cannot. */
  async open(): Promise<void> {
    this.books = await openOwnBooks(this.session);
    await this.seat.sit();
  }

  /** Begins with the window that is open. */
  play(): void {
    this.#playing = true;
    const state = this.seat.room?.state;
    if (state) this.#look(state);
  }

  /** Begins nothing more; resolves when what was begun is over. */
  async stop(): Promise<void> {
    this.#playing = false;
    this.#over.abort();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #look(state: AndarBaharState): void {
    const { phase, paused, roundId, bettingWindow, bettingEndsAt } = state;
    if (phase !== 'betting') return;
    this.#round = { roundId, endsAt: bettingEndsAt, resultAt: 0 };
    const seen = `${roundId} ${bettingWindow}`;
    if (seen === this.#seen || paused || !this.#playing) return;
    this.#seen = seen;
    const { table, seed, tally } = this.#options;
    const [minBet, maxBet] = [Number(state.minBet), Number(state.maxBet)];
    const betSides = table.betSides[bettingWindow] ?? [];
    const balance = this.books.balance;
    if (balance < minBet) tally.counted.brokeWindows += 1;
    const random = seededRandom(`${seed} ${this.#windows++}`);
    const leftMs = Math.max(0, bettingEndsAt - Date.now());
    const plan = planWindow(random, this.#careless, { minBet, maxBet, betSides, balance, leftMs });
    const window = { roundId, bettingWindow, betSide: betSides[0] ?? 'andar', minBet, maxBet };
    for (const act of plan) this.#begin(act, window);
  }

  #begin(act: Act, window: Window): void {
    const doing = (async () => {
      await this.#pause(act.afterMs);
      if (this.#playing) await this.#act(act, window);
    })();
    this.#underWay.add(doing);
    void doing.finally(() => this.#underWay.delete(doing));
  }

  async #act(act: Act, window: Window): Promise<void> {
    const { tally } = this.#options;
    const { roundId, bettingWindow } = window;
    switch (act.kind) {
      case 'place-bet': {
        const { betSide, amount, undoAfterMs } = act;
        const betId = await this.#bet({ roundId, betSide, amount, bettingWindow });
        if (betId === undefined || undoAfterMs === undefined) return;
        await this.#pause(undoAfterMs);
        return this.#undo(betId, bettingWindow);
      }
      case 'rebet':
      case 'double':
        return this.#repeat(act.kind, { roundId, bettingWindow });
      case 'my-bets':
        await once(this.seat, tally, 'my-bets', {});
        return;
      case 'bad': {
        const { type, payload, codes } = attemptOf(act.fault, window);
        const outcome = await once(this.seat, tally, type, payload);
        const isRight = outcome.kind === 'unknown' || (outcome.kind === 'refused' && codes.includes(outcome.code));
        if (!isRight) tally.counted.wronglyAnswered += 1;
        return;
      }
      case 'drop':
        return this.seat.drop(act.awayMs);
    }
  }

  async #bet(asked: object): Promise<string | undefined> {
    const outcome = await this.#command('place-bet', asked);
    if (outcome.kind !== 'answered') return undefined;
    const { bet } = BetAnswer.parse(outcome.answer);
    this.#accepted([bet]);
    return bet.betId;
  }

  async #repeat(type: 'rebet' | 'double', asked: object): Promise<void> {
    const outcome = await this.#command(type, asked);
    if (outcome.kind === 'answered') this.#accepted(BetsAnswer.parse(outcome.answer).bets);
  }

  async #undo(betId: string, bettingWindow: number): Promise<void> {
    const outcome = await this.#command('undo-bet', { betId, bettingWindow });
    if (outcome.kind !== 'answered') return;
    this.books.undo(betId);
    this.#options.tally.counted.undone += 1;
  }

  /** Ends early when the playing does. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }

  #command(type: string, asked: object) {
    return command(this.seat, this.#options.tally, type, { key: uuid7<string>(Date.now()), ...asked });
  }

  #accepted(bets: readonly z.output<typeof Bet>[]): void {
    this.#options.tally.counted.accepted += bets.length;
    for (const bet of bets) this.books.accept(bet);
  }

  #hear(type: string, body: unknown): void {
    const { tally } = this.#options;
    if (type === 'round-result') {
      const { roundId, timestamp } = Result.parse(body);
      if (roundId === this.#round.roundId) this.#round = { ...this.#round, resultAt: Date.parse(timestamp) };
    }
    if (type !== 'game_complete') return;
    const { roundId, userPayout, missed } = Complete.parse(body);
    this.books.complete(roundId, userPayout.amount);
    if (missed) {
      tally.counted.deliveredLate += 1;
    } else if (roundId === this.#round.roundId) {
      // The server's clock is this machine's: nothing to make up for.
      const now = Date.now();
      const { endsAt, resultAt } = this.#round;
      if (endsAt > 0) tally.fromDeadline.record(now - endsAt);
      if (resultAt > 0) tally.fromResult.record(now - resultAt);
    }
  }
}
