import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { sql } from 'slonik';
import { z } from 'zod';
import { type Database, openAppPool, openWalletPool } from '../db/pool.ts';
import { Channels } from '../src/channels.ts';
import { type Clock, systemClock } from '../src/clock.ts';
import { sealingKey } from '../src/fairness/sealed-seed.ts';
import { deterministicKey, type SymbolId, type UserId, uuid7 } from '../src/ids.ts';
import type { Tick } from '../src/market/feed.ts';
import { Market } from '../src/market/market.ts';
import { OutletFeed } from '../src/market/outlet-feed.ts';
import { SYMBOLS } from '../src/market/symbols.ts';
import { INR, minor, type Price } from '../src/money.ts';
import { Desk } from '../src/trading/desk.ts';
import { WalletActor } from '../src/wallet/actor.ts';
import { SYSTEM } from '../src/wallet/command.ts';

/** As many as a server gives its market and desk. */
const CONNECTIONS = 4;
const BALANCE = minor(1_000_000_000_000);
const Nothing = z.strictObject({});

export const BTC = 'BTCUSDT' as SymbolId;
/** Its price before anything moves, in cents. */
export const PRICE = 4_200_000n;

/** What somebody was told, and when: `performance.now()`. */
export interface Told {
  readonly type: string;
  readonly at: number;
}

/** A desk at work on a database of its own, with funded players, its prices said by the bench. */
export interface TradingHouse {
  readonly desk: Desk;
  readonly users: readonly UserId[];
  readonly database: Database;
  readonly told: Told[];
  /** How long the desk has taken over each batch of ticks, in milliseconds. */
  readonly heardMs: number[];
  /** Says a price of now; resolves with the milliseconds until the desk has heard it, which is after its commit. */
  say(price: bigint): Promise<number>;
  close(): Promise<void>;
}

class SaidFeed extends OutletFeed {
  readonly #clock: Clock;
  #seq = 0;

  constructor(clock: Clock) {
    super({ id: 'bench', symbols: SYMBOLS.map(({ id }) => id), clock, staleAfterMs: 60_000 });
    this.#clock = clock;
  }

  start(): void {
    // It says what it is told to say.
  }

  stop(): void {
    // There is nothing under way.
  }

  say(symbol: SymbolId, price: bigint): number {
    this.#seq += 1;
    this.outlet.publish({ symbol, price: price as Price, at: this.#clock.now(), seq: this.#seq });
    return this.#seq;
  }
}

export async function openTradingHouse(url: string, players: number): Promise<TradingHouse> {
  const [clock, log] = [systemClock, pino({ level: 'error' }, pino.destination(2))];
  const walletPool = await openWalletPool(url);
  const database = await openAppPool(url, { maxPoolSize: CONNECTIONS });
  const wallet = await WalletActor.open({ pool: walletPool, clock, log, mailboxMaxPerOrigin: 20_000 });
  const users = await addPlayers(database, wallet, players);
  const feed = new SaidFeed(clock);
  const market = await Market.open({ database, clock, log, feed, sealingKey: sealingKey('bench') });
  const channels = new Channels(log);
  const told: Told[] = [];
  const speak = (_: UserId, type: string) => told.push({ type, at: performance.now() }) > 0;
  channels.lend({ reaches: () => true, speak });
  const heardMs: number[] = [];
  const { signal } = new AbortController();
  const desk = await Desk.open({ database, wallet, clock, log, channels, signal, market: timed(market, heardMs) });
  await desk.start();
  market.start();
  // A price of the very millisecond in which it began would be too late.
  await sleep(2);
  return {
    ...{ desk, users, database, told, heardMs },
    say: (price) => passed(market, () => feed.say(BTC, price)),
    close: async () => {
      await desk.stop();
      await market.stop();
      await wallet.close();
      await Promise.all([walletPool.end(), database.end()]);
    },
  };
}

async function addPlayers(database: Database, wallet: WalletActor, count: number): Promise<readonly UserId[]> {
  const users = Array.from({ length: count }, () => uuid7<UserId>(Date.now()));
  await database.query(sql.type(Nothing)`
    insert into users (id, username, display_name, password_hash, role, created_at)
    select id, 'bench-' || id, 'bench-' || id, '', 'PLAYER', now()
      from unnest(${sql.array([...users], 'uuid')}) as id`);
  const answers = users.map((owner) => {
    const command = { kind: 'adjust', origin: SYSTEM, key: deterministicKey('bench', owner), request: owner } as const;
    return wallet.execute({ ...command, owner, currency: INR, amount: BALANCE });
  });
  for (const answer of await Promise.all(answers)) if (!answer.ok) throw new Error(`a credit: ${answer.code}`);
  return users;
}

/** The market as a desk sees it, which tells how long the desk takes over what it hears. */
function timed(market: Market, heardMs: number[]): Parameters<typeof Desk.open>[0]['market'] {
  return {
    symbols: market.symbols,
    feedId: market.feedId,
    lastTick: (symbol) => market.lastTick(symbol),
    ticksSince: (symbol, after) => market.ticksSince(symbol, after),
    completeThrough: (symbol) => market.completeThrough(symbol),
    delayMs: market.delayMs,
    sealThrough: (symbol, at) => market.sealThrough(symbol, at),
    onTicks: (listener) =>
      market.onTicks((ticks) => {
        const startedAt = performance.now();
        listener(ticks);
        heardMs.push(performance.now() - startedAt);
      }),
  };
}

/** Behind the desk's own: it has heard the tick by then. */
function passed(market: Market, say: () => number): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const silence = market.onTicks((ticks: readonly Tick[]) => {
      if (!ticks.some((tick) => tick.seq === seq)) return;
      silence();
      resolve(performance.now() - startedAt);
    });
    const seq = say();
  });
}
