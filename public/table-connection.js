import { accessToken, checkLogin } from './account.js';
import { allowed, pause } from './pace.js';
import { Refused } from './refusals.js';

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const REQUEST_TIMEOUT_MS = 5000;
/** How long a click is asked again with its own key before the person is told that nobody knows. */
const PATIENCE_MS = 20_000;

/**
 * A seat at one table, kept through every loss of the connection. `handlers`: `state(state)` after each change,
 * `message(type, payload)`, `connected(boolean)`. Without a login the seat is a spectator's.
 */
export class TableConnection {
  #tableId;
  #handlers;
  #room;
  #attempt = 0;
  #generation = 0;
  /** The player may not play now: the seat is a spectator's. */
  #isExcluded = false;

  constructor(tableId, handlers) {
    this.#tableId = tableId;
    this.#handlers = handlers;
  }

  get isConnected() {
    return this.#room !== undefined;
  }

  /** Takes a seat as whoever is logged in now; a seat taken before is given up. */
  async open() {
    this.close();
    this.#attempt = 0;
    this.#isExcluded = false;
    await this.#join(this.#generation);
  }

  /** Gives the seat up, and does not come back by itself. */
  close() {
    this.#generation += 1;
    const old = this.#room;
    this.#room = undefined;
    old?.leave().catch(() => undefined);
  }

  /**
   * Asks the table to do something. Sent again with the same payload, and so with the same key, as long as the answer
   * got lost: it counts once. Throws Refused.
   */
  async request(type, payload) {
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt++) {
      const last = Date.now() > giveUpAt;
      try {
        if (this.#isExcluded) throw new Refused({ code: 'SELF_EXCLUDED' });
        if (!this.#room) throw new Refused({ code: 'UNKNOWN_OUTCOME' });
        const answer = await this.#room.request(type, payload, { timeout: REQUEST_TIMEOUT_MS });
        if (answer?.ok === true) return answer;
        throw new Refused({ code: 'UNKNOWN_OUTCOME' });
      } catch (error) {
        const refused = asRefused(error);
        if (last || !refused.isPassing) throw refused;
      }
      await pause(Math.min(4000, 500 * 2 ** attempt));
    }
  }

  async #join(generation) {
    try {
      const client = new window.Colyseus.Client(location.origin);
      if (!this.#isExcluded) client.auth.token = await accessToken();
      await allowed();
      const room = await client.joinById(this.#tableId);
      if (generation !== this.#generation) return void room.leave();
      this.#take(room, generation);
    } catch (error) {
      if (error?.message === 'SELF_EXCLUDED') this.#isExcluded = true;
      await checkLogin().catch(() => undefined);
      if (generation === this.#generation) this.#rejoin(generation);
    }
  }

  #take(room, generation) {
    this.#room = room;
    this.#attempt = 0;
    // A dropped seat is taken anew: the state arrives whole, and the bets are asked for.
    room.reconnection.enabled = false;
    room.onStateChange((state) => this.#handlers.state(state));
    room.onMessage('*', (type, payload) => this.#handlers.message(type, payload));
    room.onLeave(() => {
      if (generation !== this.#generation) return;
      this.#room = undefined;
      this.#rejoin(generation);
    });
    this.#handlers.connected(true);
  }

  #rejoin(generation) {
    this.#handlers.connected(false);
    const delay = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)];
    this.#attempt += 1;
    setTimeout(() => generation === this.#generation && this.#join(generation), delay * (0.75 + Math.random() / 2));
  }
}

/** The SDK rejects with the table's `{code, message}` as reason, or with an error when no answer came at all. */
function asRefused(error) {
  if (error instanceof Refused) return error;
  const answer = error?.reason ?? (typeof error?.code === 'string' ? error : undefined);
  return new Refused(typeof answer?.code === 'string' ? answer : { code: 'UNKNOWN_OUTCOME' });
}
