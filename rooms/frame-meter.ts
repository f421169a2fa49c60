import type { Client } from '@colyseus/core';
import type { Clock } from '../src/clock.ts';

/** What becomes of a frame: `limited` is answered RATE_LIMITED, `flood` closes the connection it came on. */
export type Pace = 'ok' | 'limited' | 'flood';

/** A connection may say this much a second, and one that says more than the second number is no person's. */
const PER_SECOND = 10;
const FLOOD_PER_SECOND = 50;

/**
 * Counts what each connection sends, whatever it is and whoever sent it, before anybody looks at it: so nobody can use
 * up another connection's allowance. The second begins with the first frame.
 */
export class FrameMeter {
  readonly #clock: Clock;
  readonly #seconds = new WeakMap<Client, { readonly until: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more frame of this connection. */
  count(client: Client): Pace {
    const now = this.#clock.now();
    let second = this.#seconds.get(client);
    if (second === undefined || now >= second.until) {
      second = { until: now + 1_000, count: 0 };
      this.#seconds.set(client, second);
    }
    second.count += 1;
    return this.pace(client);
  }

  /** What became of the frame that was counted last. */
  pace(client: Client): Pace {
    const count = this.#seconds.get(client)?.count ?? 0;
    if (count > FLOOD_PER_SECOND) return 'flood';
    return count > PER_SECOND ? 'limited' : 'ok';
  }
}
