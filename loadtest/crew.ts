import { setTimeout as sleep } from 'node:timers/promises';
import { checkPlayer } from './book-check.ts';
import type { Credential } from './credentials.ts';
import { eventLoopUse } from './event-loop-use.ts';
import { Player } from './player.ts';
import { Seat } from './seat.ts';
import { Session } from './session.ts';
import type { TableFacts } from './table-facts.ts';
import { Tally, type TallyCounts } from './tally.ts';

/** What one process of the generator is to do. */
export interface CrewOptions {
  readonly endpoint: string;
  readonly table: TableFacts;
  readonly players: readonly Credential[];
  /** Which player of all crews the first one is: its choices follow from that and the seed. */
  readonly firstPlayer: number;
  readonly spectators: number;
  readonly seed: string;
  /** How long to wait, after the playing, for the results of bets that stand. */
  readonly settleMs: number;
}

/** Where a crew is. */
export interface CrewProgress {
  readonly connected: number;
  readonly tally: TallyCounts;
  /** The part of the time in which this process was busy, since it was last asked: 0 to 1. */
  readonly use: number;
}

export interface CrewResult {
  readonly tally: TallyCounts;
  readonly playersChecked: number;
  /** What the comparison of books found; empty when they are right. */
  readonly broken: readonly string[];
}

const SEATED_AT_ONCE = 20;
const CHECKED_AT_ONCE = 5;
const LOOK_EVERY_MS = 50;
/** For messages that are under way when the last round has ended. */
const LAST_WORDS_MS = 500;

/** Players and spectators of one process. */
export class Crew {
  readonly players: readonly Player[];
  readonly #spectators: readonly Seat[];
  readonly #options: CrewOptions;
  readonly #tally = new Tally();
  readonly #use = eventLoopUse();

  constructor(options: CrewOptions, onRenewed: (credential: Credential) => void) {
    const { endpoint, table, seed, firstPlayer } = options;
    const tally = this.#tally;
    this.#options = options;
    this.players = options.players.map((credential, index) => {
      const session = new Session(endpoint, credential, onRenewed);
      return new Player({ endpoint, table, session, tally, seed: `${seed} ${firstPlayer + index}` });
    });
    const ignore = () => undefined;
    this.#spectators = Array.from({ length: options.spectators }, () => {
      const silent = { token: undefined, onState: ignore, onMessage: ignore };
      return new Seat({ endpoint, tableId: table.tableId, tally, ...silent });
    });
  }

  /** Everybody sits down, a few at a time. Throws when somebody cannot. */
  async open(): Promise<void> {
    await forEach(this.players, SEATED_AT_ONCE, (player) => player.open());
    await forEach(this.#spectators, SEATED_AT_ONCE, (seat) => seat.sit());
  }

  play(): void {
    for (const player of this.players) player.play();
  }

  progress(): CrewProgress {
    const connected = this.#seats().filter((seat) => seat.room !== undefined).length;
    return { connected, tally: this.#tally.counts(), use: this.#use() };
  }

  /** Ends the playing, waits for the last results, compares the books, and leaves. */
  async finish(): Promise<CrewResult> {
    await Promise.all(this.players.map((player) => player.stop()));
    const endsAt = performance.now() + this.#options.settleMs;
    const isOpen = () => this.players.some(({ books }) => books.openRounds().length > 0);
    while (isOpen() && performance.now() < endsAt) await sleep(LOOK_EVERY_MS);
    await sleep(LAST_WORDS_MS);
    const untold = this.players.reduce((sum, { books }) => sum + books.openRounds().length, 0);
    const missed = this.#seats().reduce((sum, seat) => sum + seat.missed(), 0);
    this.#tally.counted.missed += untold + missed;
    const broken: string[] = [];
    await forEach(this.players, CHECKED_AT_ONCE, async ({ session, books }) => {
      broken.push(...(await checkPlayer(session, books).catch((error: unknown) => [String(error)])));
    });
    await this.leave();
    return { tally: this.#tally.counts(), playersChecked: this.players.length, broken };
  }

  async leave(): Promise<void> {
    await Promise.all(this.#seats().map((seat) => seat.leave()));
  }

  #seats(): readonly Seat[] {
    return [...this.players.map(({ seat }) => seat), ...this.#spectators];
  }
}

/** `work` on every item, at most `atOnce` at a time. Throws what the first failure threw. */
export async function forEach<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<unknown>) {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
