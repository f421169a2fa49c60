import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, type Room } from '@colyseus/sdk';
import type { AndarBaharState } from '../../schema/andar-bahar.ts';
import type { Role } from '../../src/accounts/identity.ts';
import { systemClock } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { addGame, type Game } from '../../src/games/andar-bahar/store.ts';
import { type TableId, type UserId, uuid7 } from '../../src/ids.ts';
import { createLogger } from '../../src/log.ts';
import { INR, minor } from '../../src/money.ts';
import { type Server, type ServerOptions, startServer } from '../../src/server.ts';
import { auditBooks } from '../../src/wallet/audit.ts';
import { accepted, CHEAP, PASSWORD, SECRET } from '../accounts/support.ts';
import type { TestDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';
import { credit } from '../wallet/fixture.ts';

const dataDir = temporaryDirectory();
process.once('exit', () => removeDirectory(dataDir));

/** A table whose rounds are over in a blink. */
export function quickTable(tableId: string, more: Partial<Game> = {}): Game {
  return {
    tableId: tableId as TableId,
    name: tableId,
    payTable: 'three-window',
    currency: INR,
    minBet: minor(1_000),
    maxBet: minor(10_000_000),
    maxPlayerStake: null,
    exposureCap: minor(1_000_000_000),
    bettingMs: 300,
    dealingMs: 10,
    pauseMs: 100,
    enabled: true,
    paused: false,
    ...more,
  };
}

/** One window a round, and time in it for a few bets one after the other, on a busy machine too. */
export function roomyTable(tableId: string, more: Partial<Game> = {}): Game {
  return quickTable(tableId, { payTable: 'joker-colour', bettingMs: 1_200, ...more });
}

export async function start(
  database: TestDatabase,
  tables: readonly Game[],
  more: Partial<ServerOptions> = {},
): Promise<Server> {
  for (const table of tables) await addGame(database.pool(), table, new Date());
  return startServer({
    config: testConfig(),
    clock: systemClock,
    log: createLogger(process.env.TEST_LOG ?? 'silent'),
    databaseUrl: database.url(),
    passwords: CHEAP,
    ...more,
  });
}

/** Limits are off, the port is any, and files go where they are removed with the test server's. */
export function testConfig(more: Record<string, string> = {}): Config {
  const environment = {
    ACCESS_TOKEN_SECRET: SECRET,
    SEED_ENCRYPTION_KEY: SECRET,
    RATE_LIMITS: 'false',
    PORT: '0',
    DATA_DIR: join(dataDir, randomUUID()), // the heads of one server's books are strange to another's
  };
  const config = loadConfig({ ...environment, ...more });
  // Few prices, for those who do not look at them: fewer than anybody could trade at.
  return more.MARKET_INTERVAL_MS ? config : { ...config, market: { kind: 'simulated', intervalMs: 60_000 } };
}

export interface Player {
  readonly userId: UserId;
  readonly username: string;
  readonly token: string;
}

let people = 0;

/** A new player with this much money. */
export async function newPlayer(server: Server, balance = 100_000): Promise<Player> {
  people += 1;
  const username = `player-${process.pid}-${people}`;
  const response = await fetch(`http://127.0.0.1:${server.port}/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  const { user, accessToken } = (await response.json()) as { user: { id: UserId }; accessToken: string };
  if (balance > 0) assert.ok((await server.wallet.execute(credit(user.id, balance))).ok);
  return { userId: user.id, username, token: accessToken };
}

/** Somebody of the house, signed in. */
export async function newStaff({ accounts }: Server, role: Role): Promise<Player> {
  people += 1;
  const username = `staff-${process.pid}-${people}`;
  accepted(await accounts.create({ username, password: PASSWORD }, role));
  const { user, accessToken } = accepted(await accounts.login(username, PASSWORD, { ip: '127.0.0.1', userAgent: '' }));
  return { userId: user.id, username, token: accessToken };
}

interface Message {
  readonly type: string;
  readonly at: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a server says is for the test to judge.
  readonly body: any;
}

/** A seat at a table over a real socket, which remembers all it hears. */
export class Guest {
  readonly room: Room;
  readonly heard: Message[] = [];

  constructor(room: Room) {
    this.room = room;
    this.room.onMessage('*', (type, body) => this.heard.push({ type: String(type), at: performance.now(), body }));
  }

  get state(): AndarBaharState {
    return this.room.state as unknown as AndarBaharState;
  }

  /** Everything heard of a type so far. */
  all(type: string) {
    return this.heard.filter((message) => message.type === type).map(({ body }) => body);
  }

  /** The first message of a type that fits, heard already or soon. */
  // biome-ignore lint/suspicious/noExplicitAny: see Message.
  async hears(type: string, fits: (body: any) => boolean = () => true, withinMs = 10_000): Promise<any> {
    const found = await until(() => this.heard.find((each) => each.type === type && fits(each.body)), withinMs, type);
    return found.body;
  }

  /** Waits for a round that begins after this call: all of its first window is to come, but for a state's patch. */
  async newRound(): Promise<string> {
    const before = this.state.roundId;
    await until(() => this.state.roundId !== before && this.state.phase === 'betting', 10_000, 'a new round');
    return this.state.roundId;
  }

  /** What the server answers; the reason where it rejects. */
  // biome-ignore lint/suspicious/noExplicitAny: see Message.
  async asks(type: string, message?: object): Promise<any> {
    try {
      return await this.room.request(type, message);
    } catch (error) {
      if (error instanceof Error && 'reason' in error) return error.reason;
      throw error;
    }
  }

  bet(betSide: string, amount: number, more: object = {}) {
    return this.asks('place-bet', { key: newKey(), roundId: this.state.roundId, betSide, amount, ...more });
  }

  async leaves(): Promise<void> {
    await this.room.leave();
  }
}

/** Takes a seat; without a player as a spectator. */
export async function sit(server: Server | { port: number }, tableId: string, player?: { token: string }) {
  const client = new Client(`http://127.0.0.1:${server.port}`);
  if (player) client.auth.token = player.token;
  const guest = new Guest(await client.joinById(tableId));
  guest.room.reconnection.enabled = false;
  await until(() => guest.state?.tableId === tableId, 5_000, 'the state');
  return guest;
}

/** A place in the room of the back office. */
export function enterBackoffice(server: { port: number }, person?: { token: string }): Promise<Guest> {
  return enter(server, 'backoffice', person);
}

/** One's own channel, once it says what there is. */
export async function enterAccount(server: { port: number }, person: { token: string }): Promise<Guest> {
  const guest = await enter(server, 'account', person);
  await guest.hears('BALANCE_UPDATED', ({ reason }) => reason === 'CURRENT');
  return guest;
}

/** A place in a room without a state. */
export async function enter(server: { port: number }, roomId: string, person?: { token: string }): Promise<Guest> {
  const client = new Client(`http://127.0.0.1:${server.port}`);
  if (person) client.auth.token = person.token;
  const guest = new Guest(await client.joinById(roomId));
  guest.room.reconnection.enabled = false;
  return guest;
}

type Look<T> = T | undefined | false | null;

/** Looks until there is something to see, and waits for what has to be asked for. */
export async function until<T>(look: () => Look<T> | Promise<Look<T>>, withinMs: number, what: string): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) assert.fail(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function newKey(): string {
  return uuid7<string>(Date.now());
}

/** Fails where the books are not right. */
export async function assertBooks(database: TestDatabase): Promise<void> {
  const findings = await auditBooks(database.pool());
  assert.deepEqual(
    findings.filter(({ broken }) => broken.length > 0),
    [],
  );
}

/** `GET`, parsed. */
// biome-ignore lint/suspicious/noExplicitAny: see Message.
export async function get(server: { port: number }, path: string, player?: { token: string }): Promise<any> {
  const headers: Record<string, string> = player ? { Authorization: `Bearer ${player.token}` } : {};
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  return response.json();
}

/** Any request, with its status and its parsed answer. */
export async function send(
  server: { port: number },
  method: string,
  path: string,
  person?: { token: string },
  body?: unknown,
  more: Record<string, string> = {},
  // biome-ignore lint/suspicious/noExplicitAny: see Message.
): Promise<{ status: number; json: any }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: {
      ...(person && { Authorization: `Bearer ${person.token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...more,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}
