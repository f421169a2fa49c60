import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Room } from '@colyseus/sdk';
import type { TradingDeskState } from '../schema/trading.ts';
import { DESK_MAIN } from '../src/trading/desk-row.ts';
import { forEach } from './crew.ts';
import { eventLoopUse } from './event-loop-use.ts';
import { Latencies, type LatencyCounts } from './latencies.ts';

/** What a crowd in the room of a desk is asked. */
export type ToTradingCrowd =
  | { readonly kind: 'join'; readonly people: number }
  | { readonly kind: 'listen'; readonly seconds: number }
  | { readonly kind: 'leave' };

/** What a crowd has seen of prices. */
export interface PricesHeard {
  /** From the time of a tick to its patch having reached a person. */
  readonly ages: LatencyCounts;
  /** Patches that should have reached somebody and did not. */
  readonly missed: number;
  /** The part of the time in which this process was busy. */
  readonly use: number;
}

type Connection = Room<unknown, TradingDeskState>;
type Serializer = Connection['serializer'];

interface Heard {
  /** Of the newest tick in it; undefined while the one who reads has not got it. */
  tickAt: number | undefined;
  readonly arrivals: number[];
}

const JOINED_AT_ONCE = 25;
const SETTLE_MS = 500;

/**
 * People in the room of a desk, all in one process. All get the same bytes; one of them reads them, or a thousand
 * people's reading would be measured on this one machine.
 */
export class TradingCrowd {
  readonly #endpoint: string;
  readonly #rooms: Connection[] = [];
  readonly #use = eventLoopUse();
  readonly #heard = new Map<string, Heard>();

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  async join(people: number): Promise<void> {
    if (people === 0) return;
    if (this.#rooms.length === 0) await this.#joinOne(true);
    const others = Array.from({ length: people - this.#rooms.length });
    await forEach(others, JOINED_AT_ONCE, () => this.#joinOne(false));
  }

  async listen(seconds: number): Promise<PricesHeard> {
    await sleep(SETTLE_MS);
    this.#use();
    const [from, to] = [now(), now() + seconds * 1_000];
    await sleep(seconds * 1_000);
    const use = this.#use();
    // What has begun to arrive before the end has arrived by then.
    await sleep(SETTLE_MS);
    const ages = new Latencies();
    let missed = 0;
    for (const { tickAt, arrivals } of this.#heard.values()) {
      if (tickAt === undefined || tickAt < from || tickAt > to) continue;
      for (const at of arrivals) ages.record(at - tickAt);
      missed += this.#rooms.length - arrivals.length;
    }
    this.#heard.clear();
    return { ages: ages.counts(), missed, use };
  }

  async leave(): Promise<void> {
    await Promise.race([Promise.all(this.#rooms.map((room) => room.leave())), sleep(10_000)]);
    this.#rooms.length = 0;
  }

  async #joinOne(reads: boolean): Promise<void> {
    const room: Connection = await new Client(this.#endpoint).joinById<TradingDeskState>(DESK_MAIN);
    room.reconnection.enabled = false;
    room.onMessage('*', () => undefined);
    const reader = room.serializer;
    const arrived = (bytes: Uint8Array) => {
      const heard = this.#heard.getOrInsertComputed(Buffer.from(bytes).toString('latin1'), newlyHeard);
      heard.arrivals.push(now());
      return heard;
    };
    const setState: Serializer['setState'] = (bytes, it) => (reads ? reader.setState(bytes, it) : undefined);
    const patch: Serializer['patch'] = (bytes, it) => {
      const heard = arrived(bytes);
      if (!reads) return [];
      const changes = reader.patch(bytes, it);
      heard.tickAt = Math.max(...room.state.symbols.values().map(({ at }) => at));
      return changes;
    };
    const getState = () => (reads ? reader.getState() : undefined);
    const teardown = () => undefined;
    room.serializer = { setState, patch, getState, teardown } as Serializer;
    this.#rooms.push(room);
  }
}

function newlyHeard(): Heard {
  return { tickAt: undefined, arrivals: [] };
}

/** Epoch milliseconds with their fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
