import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Room } from '@colyseus/sdk';
import { z } from 'zod';
import type { AndarBaharState } from '../schema/andar-bahar.ts';
import { uuid7 } from '../src/ids.ts';
import { ageOf, TABLE } from './capacity-probe.ts';
import type { Credential } from './credentials.ts';
import { forEach } from './crew.ts';
import { eventLoopUse } from './event-loop-use.ts';
import { Latencies, type LatencyCounts } from './latencies.ts';

/** What a crowd has seen in one step. */
export interface Heard {
  readonly connected: number;
  /** Connections that were lost since the crowd came. */
  readonly lost: number;
  readonly delivery: LatencyCounts;
  readonly answers: LatencyCounts;
  /** Bets that were not accepted, whatever the reason. */
  readonly failed: number;
  readonly use: number;
}

const BetPlaced = z.object({ amount: z.int(), count: z.int() });
const JOINED_AT_ONCE = 25;
const STAKE = 100;
const REQUEST_MS = 10_000;

/** Decoding the state would cost the generator more than sending it costs the server; the bytes travel all the same. */
const DEAF = {
  setState: () => undefined,
  patch: () => undefined,
  getState: () => undefined,
  teardown: () => undefined,
};

type Connection = Room<unknown, AndarBaharState>;

/** Spectators and players of one process, who all do the same. */
export class Crowd {
  readonly #endpoint: string;
  readonly #rooms = new Set<Connection>();
  readonly #bettors: Connection[] = [];
  readonly #use = eventLoopUse();
  #conductor: Connection | undefined;
  #delivery = new Latencies();
  #answers = new Latencies();
  #failed = 0;
  #lost = 0;
  #leaving = false;
  #window = '';

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Answers how many found no seat. */
  async spectators(count: number): Promise<number> {
    return this.#join(Array.from({ length: count }, () => undefined));
  }

  /** From now on each of them bets once in every window. */
  async players(credentials: readonly Credential[]): Promise<number> {
    this.#conductor ??= await this.#conduct();
    return this.#join(credentials.map(({ accessToken }) => accessToken));
  }

  async measure(seconds: number): Promise<Heard> {
    this.#delivery = new Latencies();
    this.#answers = new Latencies();
    this.#failed = 0;
    this.#use();
    await sleep(seconds * 1_000);
    return {
      connected: this.#rooms.size,
      lost: this.#lost,
      delivery: this.#delivery.counts(),
      answers: this.#answers.counts(),
      failed: this.#failed,
      use: this.#use(),
    };
  }

  async leave(): Promise<void> {
    this.#leaving = true;
    this.#bettors.length = 0;
    const rooms = [...this.#rooms, ...(this.#conductor ? [this.#conductor] : [])];
    await Promise.race([Promise.all(rooms.map((room) => room.leave())), sleep(10_000)]);
    this.#rooms.clear();
    this.#conductor = undefined;
    this.#leaving = false;
  }

  async #join(tokens: readonly (string | undefined)[]): Promise<number> {
    let failed = 0;
    await forEach(tokens, JOINED_AT_ONCE, async (token) => {
      try {
        const client = new Client(this.#endpoint);
        if (token !== undefined) client.auth.token = token;
        this.#listen(await client.joinById<AndarBaharState>(TABLE), token !== undefined);
      } catch {
        failed += 1;
      }
    });
    return failed;
  }

  #listen(room: Connection, bets: boolean): void {
    room.serializer = DEAF as unknown as Connection['serializer'];
    room.reconnection.enabled = false;
    this.#rooms.add(room);
    if (bets) this.#bettors.push(room);
    room.onMessage('*', (type, body) => {
      if (type !== 'bet-placed') return;
      const { amount, count } = BetPlaced.parse(body);
      const ageMs = count === 1 ? ageOf(amount, Date.now()) : undefined;
      if (ageMs !== undefined) this.#delivery.record(ageMs);
    });
    room.onLeave(() => {
      this.#rooms.delete(room);
      if (!this.#leaving) this.#lost += 1;
    });
  }

  /** One who sees the state, for all of them. */
  async #conduct(): Promise<Connection> {
    const room: Connection = await new Client(this.#endpoint).joinById<AndarBaharState>(TABLE);
    room.reconnection.enabled = false;
    room.onMessage('*', () => undefined);
    room.onStateChange(({ phase, roundId, bettingWindow, bettingEndsAt }) => {
      const window = `${roundId} ${bettingWindow}`;
      if (phase !== 'betting' || window === this.#window) return;
      this.#window = window;
      const leftMs = bettingEndsAt - Date.now();
      for (const bettor of this.#bettors) {
        setTimeout(() => void this.#bet(bettor, roundId), leftMs * (0.05 + 0.75 * Math.random()));
      }
    });
    return room;
  }

  async #bet(room: Connection, roundId: string): Promise<void> {
    if (!room.connection.isOpen) return;
    const [answers, startedAt] = [this.#answers, performance.now()];
    const bet = { key: uuid7<string>(Date.now()), roundId, betSide: 'andar', amount: STAKE };
    try {
      await room.request('place-bet', bet, { timeout: REQUEST_MS });
      answers.record(performance.now() - startedAt);
    } catch {
      this.#failed += 1;
    }
  }
}
