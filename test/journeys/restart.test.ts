import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { unfinishedRounds } from '../../src/rounds/store.ts';
import { SECRET } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { assertBooks, get, newKey, newPlayer, type Player, quickTable, sit, start, testConfig } from './support.ts';

describe('a restart', () => {
  const database = useDatabase();
  afterEach(() => assertBooks(database));

  it('keeps every answer: the same key gets it again from another process', async () => {
    const first = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
    const player = await newPlayer(first);
    const guest = await sit(first, 'calm', player);
    const { roundId } = guest.state;
    const bet = { key: newKey(), roundId, betSide: 'andar', amount: 10_000 };
    const tooMuch = { key: newKey(), roundId, betSide: 'andar', amount: 90_001 };
    const accepted = await guest.asks('place-bet', bet);
    const refused = await guest.asks('place-bet', tooMuch);
    assert.deepEqual([accepted.ok, refused.code], [true, 'INSUFFICIENT_FUNDS']);
    await first.stop();
    assert.equal((await guest.hears('game_complete')).roundId, roundId, 'the round in play was dealt and paid');
    assert.deepEqual(await unfinishedRounds(database.pool()), []);

    const second = await start(database, []);
    const back = await sit(second, 'calm', player);
    assert.deepEqual(await back.asks('place-bet', bet), accepted);
    assert.equal((await back.asks('place-bet', tooMuch)).code, 'INSUFFICIENT_FUNDS');
    assert.deepEqual([...back.state.recentWinners].length, 1);
    assert.notEqual(back.state.roundId, roundId);
    const { items } = await get(second, '/bets/me', player);
    assert.equal(items.length, 1);
    await second.stop();
  });
});

describe('the process', () => {
  const database = useDatabase();
  const children: ChildProcess[] = [];
  let player: Player;
  before(async () => {
    const server = await start(database, [quickTable('slow', { bettingMs: 1_500 })]);
    player = await newPlayer(server);
    await server.stop();
  });
  afterEach(() => assertBooks(database));
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('S1-25 killed with a bet at stake, it finishes the round at the next start and pays once', async function () {
    this.timeout(60_000);
    const first = await spawnServer();
    const guest = await sit(first, 'slow', player);
    const roundId = await guest.newRound();
    assert.equal((await guest.bet('andar', 10_000)).ok, true);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    assert.equal((await unfinishedRounds(database.pool())).length, 1);

    const second = await spawnServer();
    const { items } = await get(second, '/bets/me', player);
    const [bet] = items;
    assert.equal(items.length, 1);
    assert.equal(bet.roundId, roundId);
    assert.deepEqual([bet.status, bet.payout].join(), bet.status === 'won' ? 'won,20000' : 'lost,0');
    assert.equal((await get(second, '/wallets/me', player)).total, 90_000 + bet.payout);
    const back = await sit(second, 'slow', player);
    const told = await back.hears('game_complete', ({ missed }) => missed);
    assert.deepEqual([told.roundId, told.userPayout.amount], [roundId, bet.payout]);
    second.child.kill('SIGTERM');
    assert.deepEqual(await once(second.child, 'exit'), [0, null]);
  });

  it('Ctrl-C: the round in play is dealt and settled, and everything ends within ten seconds', async function () {
    this.timeout(60_000);
    const { port, child } = await spawnServer();
    const guest = await sit({ port }, 'slow', player);
    const roundId = await guest.newRound();
    assert.equal((await guest.bet('bahar', 10_000)).ok, true);
    const before = performance.now();
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.ok(performance.now() - before < 10_000);
    assert.ok(guest.all('game_complete').some((told) => told.roundId === roundId));
    assert.deepEqual(await unfinishedRounds(database.pool()), []);
  });

  it('a second Ctrl-C does not wait', async function () {
    this.timeout(60_000);
    const { port, child } = await spawnServer();
    const guest = await sit({ port }, 'slow', player);
    await guest.newRound();
    assert.ok(child.stdout);
    const stopping = once(child.stdout, 'data');
    child.kill('SIGINT');
    await stopping;
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [130, null]);
  });

  async function spawnServer(): Promise<{ port: number; child: ChildProcess }> {
    const child = spawnMain({ PORT: '0' });
    assert.ok(child.stdout);
    for await (const line of createInterface({ input: child.stdout })) {
      const { port, msg } = JSON.parse(line);
      if (msg === 'open') {
        child.stdout.resume();
        return { port, child };
      }
    }
    throw new Error('the server did not start');
  }

  function spawnMain(more: Record<string, string>): ChildProcess {
    const env = {
      ...{ PATH: process.env.PATH, DATABASE_URL: database.url(), HOST: '127.0.0.1', RATE_LIMITS: 'false' },
      ...{ ACCESS_TOKEN_SECRET: SECRET, SEED_ENCRYPTION_KEY: SECRET, DATA_DIR: testConfig().dataDir },
      ...more,
    };
    const child = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }
});
