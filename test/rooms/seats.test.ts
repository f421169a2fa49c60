import assert from 'node:assert/strict';
import { Client, Protocol } from '@colyseus/sdk';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  Guest,
  get,
  newKey,
  newPlayer,
  quickTable,
  roomyTable,
  sit,
  start,
  testConfig,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('who sits at a table', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    const tables = [
      quickTable('quick', { pauseMs: 300 }),
      roomyTable('roomy'),
      quickTable('calm', { bettingMs: 60_000 }),
    ];
    server = await start(database, tables);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  it('S0-08 S0-13 S0-77 S0-99 a spectator sees every round without signing in, no seed before its result', async () => {
    const spectator = await sit(server, 'quick');
    const state = await spectator.hears('game-state');
    assert.equal(state.tableId, 'quick');
    assert.equal(state.minBet, 1_000);
    const roundId = await spectator.newRound();
    const { commitment, serverSeed, jokerCard } = spectator.state;
    assert.match(commitment, /^[0-9a-f]{64}$/);
    assert.match(jokerCard, /^(10|[2-9AJQK])[♠♥♦♣]$/);
    assert.equal(serverSeed, '');
    const hidden = await get(server, `/rounds/${roundId}/verification`);
    assert.deepEqual(hidden, { roundId, algorithmVersion: 1, commitment, serverSeed: null });
    // As it is shown at one moment: the next round may be the next thing to be seen.
    const shown = ({ winningSide, serverSeed, andarCards, baharCards, recentWinners }: Guest['state']) => ({
      ...{ winningSide, serverSeed, latest: [...recentWinners].at(-1) },
      ...{ andarCards: [...andarCards], baharCards: [...baharCards] },
    });
    const { latest, ...result } = await until(
      () => spectator.state.roundId === roundId && spectator.state.winningSide !== '' && shown(spectator.state),
      10_000,
      'the result',
    );
    const revealed = await get(server, `/rounds/${roundId}/verification`);
    const { winningSide, serverSeed: seed, andarCards, baharCards } = revealed;
    assert.deepEqual({ winningSide, serverSeed: seed, andarCards, baharCards }, result);
    assert.equal(latest, winningSide);
  });

  it('S0-11 S0-35 the next round has the next number, and the one before is settled', async () => {
    const spectator = await sit(server, 'quick');
    const first = await spectator.newRound();
    const { roundNumber } = spectator.state;
    await spectator.newRound();
    assert.equal(spectator.state.roundNumber, roundNumber + 1);
    const { status, roundNumber: recorded } = await get(server, `/rounds/${first}`);
    assert.equal(recorded, roundNumber);
    // Nobody had bet in it, so there was nothing to settle but the round itself.
    assert.equal(status, 'settled');
    await spectator.leaves();
  });

  it('a token that is not ours is refused, not seated as a spectator', async () => {
    const { token } = await newPlayer(server);
    for (const bad of ['nonsense', `${token.slice(0, -3)}abc`]) {
      await assert.rejects(sit(server, 'quick', { token: bad }), /UNAUTHORIZED/);
    }
  });

  it('a client makes no room, and finds none that is not there', async () => {
    const client = new Client(`http://127.0.0.1:${server.port}`);
    await assert.rejects(client.joinById('nowhere'));
    await assert.rejects(client.create('andar_bahar', { tableId: 'quick' }));
    await assert.rejects(client.joinOrCreate('andar_bahar', { tableId: 'quick' }));
  });

  it('a result that was missed is told on coming back, once', async () => {
    const player = await newPlayer(server);
    const guest = await sit(server, 'roomy', player);
    const roundId = await guest.newRound();
    assert.equal((await guest.bet('andar', 10_000)).ok, true);
    await guest.leaves();
    const watcher = await sit(server, 'roomy');
    await until(() => watcher.state.roundId !== roundId && watcher.state.roundId, 10_000, 'the next round');
    await watcher.leaves();

    const back = await sit(server, 'roomy', player);
    const told = await back.hears('game_complete', (body) => body.missed);
    const { total } = await get(server, '/wallets/me', player);
    assert.deepEqual([told.roundId, told.userPayout.totalBet, told.newBalance], [roundId, 10_000, total]);
    await back.leaves();
    const again = await sit(server, 'roomy', player);
    await again.newRound();
    assert.deepEqual(
      again.all('game_complete').filter(({ missed }) => missed),
      [],
    );
    await again.leaves();
  });

  it('a result that was missed is told to who comes back by a reconnection token as well', async () => {
    const player = await newPlayer(server);
    const guest = await sit(server, 'roomy', player);
    const watcher = await sit(server, 'roomy');
    const roundId = await guest.newRound();
    assert.equal((await guest.bet('andar', 10_000)).ok, true);
    guest.room.connection.close(4010);
    await until(() => watcher.state.roundId !== roundId && watcher.state.roundId, 10_000, 'the next round');
    await watcher.leaves();

    const client = new Client(`http://127.0.0.1:${server.port}`);
    const back = new Guest(await client.reconnect(guest.room.reconnectionToken));
    const told = await back.hears('game_complete', (body) => body.missed);
    assert.deepEqual([told.roundId, told.userPayout.totalBet], [roundId, 10_000]);
    await back.leaves();
  });

  it('a dropped connection comes back to its seat', async () => {
    const player = await newPlayer(server);
    const guest = await sit(server, 'calm', player);
    const token = guest.room.reconnectionToken;
    guest.room.connection.close(4010);
    const client = new Client(`http://127.0.0.1:${server.port}`);
    const room = await client.reconnect(token);
    const reply = await room.request('place-bet', {
      key: newKey(),
      roundId: guest.state.roundId,
      betSide: 'andar',
      amount: 1_000,
    });
    assert.equal((reply as { ok: boolean }).ok, true);
    await room.leave();
  });

  it('frames that are no messages end at most their own connection', async () => {
    const frames = [
      [],
      [0],
      [13],
      [13, 0xff, 0xff],
      [14, 255, 255, 255],
      [13, 0xdb, 0xff, 0xff, 0xff, 0xff],
      [18, 1, 2],
    ];
    const bystander = await sit(server, 'calm');
    for (const frame of [...frames, ...randomFrames(200)]) {
      const guest = await sit(server, 'calm');
      guest.room.connection.send(Buffer.from(frame));
      guest.room.connection.close(1000);
    }
    assert.equal((await get(server, '/healthz')).ok, true);
    assert.equal(bystander.state.tableId, 'calm');
    await bystander.leaves();
  });
});

describe('how much may be said at a table', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })], {
      config: testConfig({ RATE_LIMITS: 'true' }),
    });
  });
  after(() => server.stop());

  it('X-10 above 10 messages a second RATE_LIMITED, above 50 the connection is closed', async () => {
    const player = await newPlayer(server);
    const guest = await sit(server, 'calm', player);
    const burst = await Promise.all(Array.from({ length: 12 }, () => guest.asks('my-bets')));
    const refused = burst.filter(({ code }) => code === 'RATE_LIMITED');
    assert.equal(refused.length, 2);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    assert.equal((await guest.asks('my-bets')).ok, true);

    let closed = 0;
    guest.room.onLeave((code) => {
      closed = code;
    });
    for (let message = 0; message < 60; message++) guest.room.send('my-bets');
    await until(() => closed !== 0, 5_000, 'the connection to be closed');
    assert.equal(closed, 4002);
  });

  it('X-10 messages that nobody serves and pings count like any other', async () => {
    const guest = await sit(server, 'calm');
    const burst = await Promise.all(Array.from({ length: 12 }, () => guest.asks('nope')));
    const codes = burst.map(({ code }) => code);
    assert.deepEqual(codes, [...Array(10).fill('INVALID_REQUEST'), 'RATE_LIMITED', 'RATE_LIMITED']);
    guest.room.send('nope');
    assert.equal((await guest.hears('bet-error')).code, 'RATE_LIMITED');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    let closed = 0;
    guest.room.onLeave((code) => {
      closed = code;
    });
    for (let ping = 0; ping < 51; ping++) guest.room.connection.send(Buffer.from([Protocol.PING]));
    await until(() => closed !== 0, 5_000, 'the connection to be closed');
    assert.equal(closed, 4002);
  });

  it('X-10 a flood closes its own connection, and not another of the same player', async () => {
    const player = await newPlayer(server);
    const [flooding, quiet] = [await sit(server, 'calm', player), await sit(server, 'calm', player)];
    const closed: string[] = [];
    flooding.room.onLeave(() => closed.push('flooding'));
    quiet.room.onLeave(() => closed.push('quiet'));
    for (let message = 0; message < 50; message++) flooding.room.send('my-bets');
    quiet.room.send('my-bets');
    await until(() => quiet.all('bet-error').length > 0, 5_000, 'an answer');
    assert.deepEqual(closed, []);
    flooding.room.send('my-bets');
    await until(() => closed.length > 0, 5_000, 'the connection to be closed');
    assert.deepEqual(closed, ['flooding']);
    await quiet.leaves();
  });
});

function randomFrames(count: number): readonly number[][] {
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(Math.random() * 12) }, (_, index) =>
      index === 0 && Math.random() < 0.8 ? 10 + Math.floor(Math.random() * 12) : Math.floor(Math.random() * 256),
    ),
  );
}
