import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Room } from '@colyseus/sdk';
import { z } from 'zod';
import type { AndarBaharState } from '../schema/andar-bahar.ts';
import type { Tally } from './tally.ts';

export interface SeatOptions {
  readonly endpoint: string;
  readonly tableId: string;
  /** Undefined for a spectator. */
  readonly token: (() => Promise<string>) | undefined;
  readonly tally: Tally;
  readonly onState: (state: AndarBaharState) => void;
  readonly onMessage: (type: string, body: unknown) => void;
}

export type TableConnection = Room<unknown, AndarBaharState>;

const RoundMessage = z.object({ roundId: z.string() });

const JOIN_MS = 10_000;
const ATTEMPTS = 6;
const RETRY_MS = 500;
/** How long a message may be behind the state that announced it. */
const GRACE_MS = 5_000;

/**
 * A place at a table which is kept: a connection that ends is replaced, first by its reconnection token, else by a new
 * seat. It also listens for what should have come: who sees a round from an open window to its result without a break
 * must hear `round-result`, and a player `game_complete` as well.
 */
export class Seat {
  readonly #options: SeatOptions;
  readonly #heard = { 'round-result': new Set<string>(), game_complete: new Set<string>() };
  /** Rounds whose result was seen, and when. */
  readonly #due = new Map<string, number>();
  #room: TableConnection | undefined;
  /** The round that was seen with an open window on this very connection. */
  #watched = '';
  #left = false;
  /** Connections that were given up on purpose. */
  readonly #given = new WeakSet<TableConnection>();

  constructor(options: SeatOptions) {
    this.#options = options;
  }

  /** The connection, where there is one at this moment. */
  get room(): TableConnection | undefined {
    return this.#room?.connection.isOpen ? this.#room : undefined;
  }

  /** Throws when there is no seat to be had. */
  async sit(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const client = await this.#client();
        return this.#take(await inTime(client.joinById<AndarBaharState>(this.#options.tableId)));
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await sleep(RETRY_MS * attempt * (0.5 + Math.random()));
      }
    }
  }

  /** Loses the connection and comes back after `awayMs`. */
  async drop(awayMs: number): Promise<void> {
    const room = this.room;
    if (room === undefined || this.#left) return;
    this.#given.add(room);
    room.connection.close();
    await sleep(awayMs);
    if (!this.#left) await this.#comeBack(room.reconnectionToken);
  }

  async leave(): Promise<void> {
    this.#left = true;
    const room = this.room;
    if (room) await Promise.race([room.leave(), sleep(2_000, undefined, { ref: false })]);
  }

  /** Messages that should have come and did not. Asked before `leave`, it passes over what may be under way still. */
  missed(): number {
    const isLate = ([, at]: [string, number]) => this.#left || performance.now() - at > GRACE_MS;
    const due = [...this.#due].filter(isLate).map(([roundId]) => roundId);
    const types = this.#options.token ? (['round-result', 'game_complete'] as const) : (['round-result'] as const);
    return types.reduce((sum, type) => sum + due.filter((roundId) => !this.#heard[type].has(roundId)).length, 0);
  }

  async #comeBack(reconnectionToken: string): Promise<void> {
    const { counted } = this.#options.tally;
    try {
      const client = await this.#client();
      this.#take(await inTime(client.reconnect<AndarBaharState>(reconnectionToken)));
      counted.reconnected += 1;
    } catch {
      try {
        await this.sit();
        counted.reseated += 1;
      } catch {
        counted.reconnectsFailed += 1;
      }
    }
  }

  async #client(): Promise<Client> {
    const client = new Client(this.#options.endpoint);
    if (this.#options.token) client.auth.token = await this.#options.token();
    return client;
  }

  #take(room: TableConnection): void {
    this.#room = room;
    this.#watched = '';
    // It comes back by itself, so that it is counted; and the SDK writes nothing to the console.
    room.reconnection.enabled = false;
    room.onMessage('*', (type, body) => this.#hear(String(type), body));
    room.onStateChange((state) => this.#see(state));
    room.onLeave(() => {
      if (this.#left || this.#given.has(room)) return;
      this.#given.add(room);
      this.#options.tally.counted.lost += 1;
      void this.#comeBack(room.reconnectionToken);
    });
    if (this.#left) void this.leave();
  }

  #see(state: AndarBaharState): void {
    if (state.phase === 'betting') this.#watched = state.roundId;
    if (state.winningSide !== '' && state.roundId === this.#watched && !this.#due.has(state.roundId)) {
      this.#due.set(state.roundId, performance.now());
    }
    this.#options.onState(state);
  }

  #hear(type: string, body: unknown): void {
    if (type === 'round-result' || type === 'game_complete') {
      const told = RoundMessage.safeParse(body).data;
      if (told) this.#heard[type].add(told.roundId);
    }
    this.#options.onMessage(type, body);
  }
}

async function inTime(joining: Promise<TableConnection>): Promise<TableConnection> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`no seat within ${JOIN_MS} ms`));
    }, JOIN_MS);
  });
  // One that comes after all is not wanted any more.
  joining.then((room) => (isLate ? room.leave() : undefined)).catch(() => undefined);
  return Promise.race([joining, late]).finally(() => clearTimeout(timer));
}
