import type { Clock } from '../clock.ts';
import type { UserId } from '../ids.ts';
import type { Logger } from '../log.ts';

/** What a player is told of a session at the tables. Amounts are minor units. */
export interface SessionReminder {
  /** How long it has lasted. */
  readonly minutes: number;
  readonly staked: number;
  readonly won: number;
  readonly net: number;
  /** Since when staked, won and net are counted. */
  readonly since: string;
}
export type Remind = (reminder: SessionReminder) => void;

interface RemindersDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Null where the player wants none. */
  readonly minutesOf: (userId: UserId) => Promise<number | null>;
  readonly figuresOf: (userId: UserId) => Promise<Omit<SessionReminder, 'minutes'>>;
}

interface Sitting {
  readonly since: number;
  /** The last reminder, or the beginning. */
  remindedAt: number;
  readonly seats: Set<Remind>;
  /** When the last seat was left. */
  leftAt: number;
  cancel: () => void;
  /** Counts the plans: one that was overtaken while the database was asked does nothing. */
  plan: number;
}

const MINUTE_MS = 60_000;
/** Who is back at a table by then goes on with the same session; a reload is no pause. */
const PAUSE_MS = 15 * MINUTE_MS;

/**
 * Tells players how long they have been playing (DOMAIN 7). A session begins when somebody sits down at a table of this
 * process, goes on over tables and connections, and is over once they were at none for a quarter of an hour.
 */
export class SessionReminders {
  readonly #deps: RemindersDeps;
  readonly #sittings = new Map<UserId, Sitting>();

  constructor(deps: RemindersDeps) {
    this.#deps = deps;
  }

  /** `remind` is called until the function that this answers is. */
  sitDown(userId: UserId, remind: Remind): () => void {
    const now = this.#deps.clock.now();
    this.#forgetTheGone(now);
    const sitting = this.#sittings.get(userId) ?? newSitting(now);
    this.#sittings.set(userId, sitting);
    sitting.seats.add(remind);
    if (sitting.seats.size === 1) this.#plan(userId, sitting);
    return () => {
      if (!sitting.seats.delete(remind) || sitting.seats.size > 0) return;
      sitting.plan += 1;
      sitting.cancel();
      sitting.leftAt = this.#deps.clock.now();
      // Last in the map: those who left first come first.
      this.#sittings.delete(userId);
      this.#sittings.set(userId, sitting);
    };
  }

  /** The player has set another number of minutes. */
  changed(userId: UserId): void {
    const sitting = this.#sittings.get(userId);
    if (sitting && sitting.seats.size > 0) this.#plan(userId, sitting);
  }

  #plan(userId: UserId, sitting: Sitting): void {
    sitting.plan += 1;
    sitting.cancel();
    const { plan } = sitting;
    const { clock, minutesOf } = this.#deps;
    const isOvertaken = () => sitting.plan !== plan;
    const wait = async () => {
      const minutes = await minutesOf(userId);
      if (isOvertaken() || minutes === null) return;
      const dueAt = sitting.remindedAt + minutes * MINUTE_MS;
      sitting.cancel = clock.after(Math.max(0, dueAt - clock.now()), () => this.#attempt(userId, remind));
    };
    const remind = async () => {
      const figures = await this.#deps.figuresOf(userId);
      if (isOvertaken()) return;
      const now = clock.now();
      const minutes = Math.floor((now - sitting.since) / MINUTE_MS);
      sitting.remindedAt = now;
      for (const say of sitting.seats) say({ minutes, ...figures });
      this.#plan(userId, sitting);
    };
    this.#attempt(userId, wait);
  }

  /** What fails is tried again, or a player who wants to be reminded would not be. */
  #attempt(userId: UserId, act: () => Promise<void>): void {
    act().catch((error: unknown) => {
      this.#deps.log.error({ err: error, userId }, 'a session reminder failed; trying again');
      const sitting = this.#sittings.get(userId);
      if (sitting && sitting.seats.size > 0) {
        sitting.cancel = this.#deps.clock.after(MINUTE_MS, () => this.changed(userId));
      }
    });
  }

  #forgetTheGone(now: number): void {
    for (const [userId, { seats, leftAt }] of this.#sittings) {
      if (seats.size === 0 && now - leftAt > PAUSE_MS) this.#sittings.delete(userId);
    }
  }
}

function newSitting(now: number): Sitting {
  return { since: now, remindedAt: now, seats: new Set(), leftAt: now, cancel: () => undefined, plan: 0 };
}
