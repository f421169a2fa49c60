import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Room } from '@colyseus/sdk';
import { migrate } from '../db/migrate.ts';
import { openAppPool } from '../db/pool.ts';
import { systemClock } from '../src/clock.ts';
import { loadConfig } from '../src/config.ts';
import { addGame } from '../src/games/andar-bahar/store.ts';
import { deterministicKey, type Key, type TableId, type UserId, uuid7 } from '../src/ids.ts';
import { createLogger } from '../src/log.ts';
import { INR, minor } from '../src/money.ts';
import { type Server, startServer } from '../src/server.ts';
import { SYSTEM } from '../src/wallet/command.ts';
import { checkBooks, openBenchDatabase } from './bench-database.ts';
import { percentile } from './measure.ts';

const PLAYERS = 3;
const ROUNDS = 40;
const AIM_MS = 30;
/** What the documents measured for the same path (S1-18). */
const DOCUMENTS_MS = 956;
const TABLE = 'bench' as TableId;

/**
 * Three players at a table over real sockets: from the outcome, as the server's log has it, to `game_complete` with a
 * fresh balance in the client. Usage: npm run bench:round
 */
async function main(): Promise<void> {
  const postgres = await openBenchDatabase();
  const url = await postgres.create('round');
  const outcomes = new Map<string, number>();
  const server = await start(url, outcomes);
  try {
    const rooms = await Promise.all(Array.from({ length: PLAYERS }, (_, number) => sit(server, number)));
    const times: number[] = [];
    for (const room of rooms) {
      room.onMessage('*', () => undefined);
      room.onMessage('game_complete', ({ roundId }: { roundId: string }) => {
        times.push(performance.now() - (outcomes.get(roundId) ?? Number.NaN));
      });
      keepBetting(room);
    }
    while (times.length < PLAYERS * ROUNDS) await sleep(50);
    await Promise.all(rooms.map((room) => room.leave()));
    await server.stop();
    await checkBooks(url);
    report(times);
  } finally {
    await server.stop();
    await postgres.close();
  }
}

async function start(url: string, outcomes: Map<string, number>): Promise<Server> {
  const destination = {
    write: (line: string) => {
      const { msg, roundId } = JSON.parse(line) as { msg: string; roundId?: string };
      if (msg === 'outcome' && roundId !== undefined) outcomes.set(roundId, performance.now());
    },
  };
  const log = createLogger('info', destination);
  await migrate(url, log);
  const database = await openAppPool(url);
  const limits = {
    minBet: minor(100),
    maxBet: minor(1_000_000),
    maxPlayerStake: null,
    exposureCap: minor(1_000_000_000),
  };
  const pace = { bettingMs: 150, dealingMs: 10, pauseMs: 50 };
  const game = { tableId: TABLE, name: 'Bench', payTable: 'three-window', currency: INR, enabled: true, paused: false };
  await addGame(database, { ...game, ...limits, ...pace }, new Date());
  await database.end();
  const config = loadConfig({ PORT: '0', RATE_LIMITS: 'false' });
  return startServer({
    config,
    clock: systemClock,
    log,
    databaseUrl: url,
    onRegistered: async ({ id }, { wallet }) => {
      const [key, owner, amount] = [deterministicKey('bench', id), id as UserId, minor(100_000_000)];
      const command = { kind: 'adjust', origin: SYSTEM, key, request: id, owner, currency: INR } as const;
      await wallet.execute({ ...command, amount });
    },
  });
}

async function sit(server: Server, number: number): Promise<Room> {
  const response = await fetch(`http://127.0.0.1:${server.port}/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: `bench-${number}`, password: 'bench-password' }),
  });
  const { accessToken } = (await response.json()) as { accessToken: string };
  const client = new Client(`http://127.0.0.1:${server.port}`);
  client.auth.token = accessToken;
  return client.joinById(TABLE);
}

/** One bet in every round. */
function keepBetting(room: Room): void {
  let betIn = '';
  room.onStateChange((state: { phase: string; roundId: string }) => {
    const { phase, roundId } = state;
    if (phase !== 'betting' || roundId === betIn) return;
    betIn = roundId;
    const bet = { key: uuid7<Key>(Date.now()), roundId, betSide: 'andar', amount: 100 };
    room.request('place-bet', bet).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  });
}

function report(times: readonly number[]): void {
  const sorted = Float64Array.from(times).sort();
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  process.stdout.write(
    `\n${sorted.length} results, from outcome to game_complete in the client: p50 ${p50.toFixed(1)} ms, ` +
      `p99 ${p99.toFixed(1)} ms; the documents' ${DOCUMENTS_MS} ms are ${(DOCUMENTS_MS / p50).toFixed(0)}x as long\n` +
      `${p50 <= AIM_MS ? 'met   ' : 'MISSED'} ≤ ${AIM_MS} ms (p50)\n` +
      `${p99 <= AIM_MS ? 'met   ' : 'MISSED'} ≤ ${AIM_MS} ms (p99)\n`,
  );
}

await main();
