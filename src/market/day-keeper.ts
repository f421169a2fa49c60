import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { openSeed, type SealingKey, type SeedOwner, sealSeed } from '../fairness/sealed-seed.ts';
import { commitmentOf, newServerSeed, type RandomBytes, type ServerSeed } from '../fairness/seed.ts';
import { hiddenDaysBefore, insertSeed, lastOpenedDay, publishedDay, recordRevealed, sealedSeeds } from './day-store.ts';
import { type PublishedDay, type RevealedDay, revealDay } from './simulated-day.ts';
import type { DayKeeper } from './simulated-feed.ts';
import type { Entry } from './tick-log.ts';
import { type Day, dayOf } from './walk.ts';

export interface DayKeeperDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly sealingKey: SealingKey;
  readonly randomBytes?: RandomBytes;
  /** Writes it with the ticks, in its place among them. */
  readonly write: (entry: Entry) => void;
}

/** How simulated prices follow from a seed: README.md. */
const TICKS_VERSION = 1;
const DAY_MS = 86_400_000;
/** Longer than a machine sleeps, or a database is away. */
const DAYS_AHEAD = 7;

/**
 * Seeds of simulated days. They are durable, and committed to in public, days before they are needed, as a feed cannot
 * wait; what it tells of days is written with the ticks around it.
 */
export class DurableDays implements DayKeeper {
  readonly #deps: DayKeeperDeps;
  readonly #seeds = new Map<Day, ServerSeed>();
  #lastOpened: PublishedDay | undefined;

  private constructor(deps: DayKeeperDeps, lastOpened: PublishedDay | undefined) {
    this.#deps = deps;
    this.#lastOpened = lastOpened;
  }

  static async open(deps: DayKeeperDeps): Promise<DurableDays> {
    const last = await lastOpenedDay(deps.database);
    const days = new DurableDays(deps, last === null ? undefined : publishedDay(last));
    await days.prepare();
    return days;
  }

  /** Makes sure of the seeds of today and of the days to come. */
  async prepare(): Promise<void> {
    const { database, clock, sealingKey, randomBytes: random = randomBytes } = this.#deps;
    const now = clock.now();
    const coming = Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => dayOf(now + index * DAY_MS));
    for (const day of coming.filter((each) => !this.#seeds.has(each))) {
      const seed = newServerSeed(random);
      const sealed = sealSeed(sealingKey, ownerOf(day), seed);
      await insertSeed(database, { day, commitment: commitmentOf(seed), algorithmVersion: TICKS_VERSION, sealed });
    }
    const needed = this.#lastOpened === undefined ? coming : [this.#lastOpened.day, ...coming];
    for (const { day, sealed } of await sealedSeeds(
      database,
      needed.filter((each) => !this.#seeds.has(each)),
    )) {
      this.#seeds.set(day, openSeed(sealingKey, ownerOf(day), sealed));
    }
  }

  /** Throws for a day before the last one that was opened: its successor's seed would be public before its time. */
  seedOf(day: Day): ServerSeed {
    const last = this.#lastOpened?.day;
    if (last !== undefined && day < last)
      throw new Error(`the clock is behind: it is ${day}, ${last} was opened before`);
    const seed = this.#seeds.get(day);
    if (seed === undefined) throw new Error(`there is no seed of ${day}`);
    return seed;
  }

  lastOpened(): PublishedDay | undefined {
    return this.#lastOpened;
  }

  opened(day: PublishedDay): void {
    this.#lastOpened = day;
    this.#deps.write({ kind: 'opened', day, at: new Date(this.#deps.clock.now()) });
  }

  ended(day: RevealedDay): void {
    this.#deps.write({ kind: 'ended', day });
  }
}

/** Reveals days that are over and were left behind, for a market whose prices are not simulated any more. */
export async function revealDaysBefore(
  { database, sealingKey }: Pick<DayKeeperDeps, 'database' | 'sealingKey'>,
  today: Day,
): Promise<void> {
  const hidden = await hiddenDaysBefore(database, today);
  const sealed = new Map(
    (
      await sealedSeeds(
        database,
        hidden.map(({ day }) => day),
      )
    ).map((row) => [row.day, row.sealed]),
  );
  for (const row of hidden) {
    const seed = openSeed(sealingKey, ownerOf(row.day), sealed.get(row.day) ?? new Uint8Array());
    await recordRevealed(database, revealDay(publishedDay(row), seed));
  }
}

function ownerOf(day: Day): SeedOwner {
  return `market ${day}`;
}
