import type { Queries } from '../../db/pool.ts';
import type { TableId } from '../ids.ts';
import { type Minor, ZERO } from '../money.ts';
import { settledSince } from './day-store.ts';

/** What was played, in minor units. */
export interface Played {
  readonly rounds: number;
  readonly stakes: Minor;
  /** Gross, to bets that won. */
  readonly payouts: Minor;
  /** To bets that just got their stake back. */
  readonly refunds: Minor;
}

export const NOTHING_PLAYED: Played = { rounds: 0, stakes: ZERO, payouts: ZERO, refunds: ZERO };

const DAY_MS = 86_400_000;

/** Sums of what was settled since midnight UTC, kept by adding what is new with every look. */
export class Day {
  readonly #database: Queries;
  #midnight = 0;
  #sums = new Map<TableId, Played>();
  readonly #counted = new Map<TableId, number>();
  #looking: Promise<unknown> = Promise.resolve();

  constructor(database: Queries) {
    this.#database = database;
  }

  /** By table, those at which something was played; `midnight` is the day's beginning, epoch milliseconds. */
  async look(now: number): Promise<{ readonly midnight: number; readonly sums: ReadonlyMap<TableId, Played> }> {
    // One after the other: two at once would count the same rounds.
    const look = this.#looking.catch(() => undefined).then(() => this.#look(now));
    this.#looking = look;
    await look;
    return { midnight: this.#midnight, sums: this.#sums };
  }

  async #look(now: number): Promise<void> {
    const midnight = now - (now % DAY_MS);
    if (midnight !== this.#midnight) {
      this.#midnight = midnight;
      this.#sums = new Map();
    }
    for (const { tableId, lastRound, ...more } of await settledSince(
      this.#database,
      new Date(midnight),
      this.#counted,
    )) {
      this.#sums.set(tableId, sum(this.#sums.get(tableId) ?? NOTHING_PLAYED, more));
      this.#counted.set(tableId, lastRound);
    }
  }
}

export function sum(one: Played, other: Played): Played {
  return {
    rounds: one.rounds + other.rounds,
    stakes: (one.stakes + other.stakes) as Minor,
    payouts: (one.payouts + other.payouts) as Minor,
    refunds: (one.refunds + other.refunds) as Minor,
  };
}
