import { migrate } from '../db/migrate.ts';
import { openAppPool } from '../db/pool.ts';
import { systemClock } from '../src/clock.ts';
import { loadConfig } from '../src/config.ts';
import { addGame } from '../src/games/andar-bahar/store.ts';
import { deterministicKey, type UserId } from '../src/ids.ts';
import { createLogger } from '../src/log.ts';
import { INR, minor } from '../src/money.ts';
import { isRefusal } from '../src/refusal.ts';
import { type Server, startServer } from '../src/server.ts';
import { SYSTEM } from '../src/wallet/command.ts';
import type { ToServer } from './capacity-messages.ts';
import { AMOUNT_MAX, TABLE } from './capacity-probe.ts';
import { answerQuestions } from './child.ts';
import type { Credential } from './credentials.ts';
import { eventLoopUse } from './event-loop-use.ts';

/** The whole server, with a table of the bench's, in a process that tells how busy it is. */
const CHEAP = { cost: { memoryKib: 8, passes: 1, parallelism: 1 }, waiting: 100_000 };
const BALANCE = minor(1_000_000_000_000n);
const PASSWORD = 'bench-password';

const use = eventLoopUse();
let server: Server | undefined;
let made = 0;

answerQuestions<ToServer>(async (question) => {
  switch (question.kind) {
    case 'start':
      server = await start(question);
      return { port: server.port };
    case 'players':
      return { players: await players(question.count) };
    case 'use':
      return { use: use() };
    case 'stop':
      await server?.stop();
      return {};
  }
});

type Start = Extract<ToServer, { kind: 'start' }>;

async function start({ databaseUrl, dataDir, environment = {} }: Start): Promise<Server> {
  const log = createLogger('error', process.stderr);
  await migrate(databaseUrl, log);
  const database = await openAppPool(databaseUrl);
  const limits = { minBet: minor(1), maxBet: minor(AMOUNT_MAX), maxPlayerStake: null, exposureCap: BALANCE };
  const pace = { bettingMs: 2_000, dealingMs: 20, pauseMs: 100 };
  const game = { tableId: TABLE, name: 'Bench', payTable: 'three-window', currency: INR, enabled: true, paused: false };
  await addGame(database, { ...game, ...limits, ...pace }, new Date());
  await database.end();
  const config = loadConfig({ PORT: '0', RATE_LIMITS: 'false', DATA_DIR: dataDir, ...environment });
  return startServer({ config, clock: systemClock, log, databaseUrl, passwords: CHEAP });
}

async function players(count: number): Promise<readonly Credential[]> {
  return Promise.all(Array.from({ length: count }, () => player()));
}

async function player(): Promise<Credential> {
  if (server === undefined) throw new Error('the server was not started');
  const { accounts, wallet } = server;
  const username = `bench-${++made}`;
  const signedIn = await accounts.register({ username, password: PASSWORD }, { ip: '127.0.0.1', userAgent: 'bench' });
  if (isRefusal(signedIn)) throw new Error(`${username} was refused: ${signedIn.code}`);
  const owner = signedIn.user.id as UserId;
  const answer = await wallet.execute({
    ...{ kind: 'adjust', origin: SYSTEM, key: deterministicKey('bench', owner), request: owner },
    ...{ owner, currency: INR, bucket: 'real', amount: BALANCE },
  });
  if (!answer.ok) throw new Error(`the credit of ${username} was refused: ${answer.code}`);
  const { accessToken, refreshToken, expiresIn } = signedIn;
  return { userId: owner, username, accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1_000 };
}
