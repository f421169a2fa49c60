import assert from 'node:assert/strict';
import { Client } from '@colyseus/sdk';
import { SESSION_ENDED } from '../../rooms/seat-keeper.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import {
  type Guest,
  newPlayer,
  type Player,
  quickTable,
  roomyTable,
  sit,
  start,
  testConfig,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const PERSONAL = ['bet-confirmed', 'balance-update', 'payout', 'game_complete'];

describe('a session that has ended', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;
  /** The same person, signed in elsewhere. */
  let elsewhere: { token: string; sessionId: string; refreshToken: string };
  let owner: Guest;
  let other: Guest;
  let closed: number;

  before(async () => {
    const tables = [quickTable('calm', { bettingMs: 60_000 }), roomyTable('quick')];
    server = await start(database, tables, { config: testConfig({ RATE_LIMITS: 'true' }) });
  });
  after(() => server.stop());
  beforeEach(async () => {
    player = await newPlayer(server);
    const signedIn = await server.accounts.login(player.username, PASSWORD, { ip: '192.0.2.1', userAgent: 'mocha' });
    assert.ok(signedIn.ok);
    elsewhere = { ...signedIn, token: signedIn.accessToken };
    owner = await sit(server, 'calm', player);
    other = await sit(server, 'calm', elsewhere);
    closed = 0;
    other.room.onLeave((code) => {
      closed = code;
    });
  });
  afterEach(() => {
    for (const { room } of [owner, other]) room.connection.close(1000);
  });

  const request = (method: string, path: string, token: string) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers: { Authorization: `Bearer ${token}` } });

  it('S4-08 loses its seat, and hears nothing of its owner any more', async () => {
    assert.equal((await request('DELETE', `/auth/sessions/${elsewhere.sessionId}`, player.token)).status, 200);
    assert.equal((await owner.bet('andar', 1_000)).ok, true);
    await until(() => closed !== 0, 10_000, 'the connection to be closed');
    assert.equal(closed, SESSION_ENDED);
    assert.deepEqual(
      other.heard.filter(({ type }) => PERSONAL.includes(type)),
      [],
    );
    assert.equal(owner.all('bet-confirmed').length, 1);
  });

  it('loses it on signing out, and where a refresh token comes back', async () => {
    await server.accounts.refresh(elsewhere.refreshToken, { ip: '192.0.2.1', userAgent: 'mocha' });
    await server.accounts.refresh(elsewhere.refreshToken, { ip: '192.0.2.1', userAgent: 'mocha' });
    await until(() => closed !== 0, 10_000, 'the connection to be closed');
    assert.equal(closed, SESSION_ENDED);
    await request('POST', '/auth/logout', player.token);
    let left = 0;
    owner.room.onLeave((code) => {
      left = code;
    });
    await until(() => left !== 0, 10_000, 'the connection to be closed');
  });

  it('loses it within seconds when another process ends it, or freezes its owner', async () => {
    await database
      .admin()
      .query(`update session set revoked_at = now(), revoke_reason = 'a test' where id = $1`, [elsewhere.sessionId]);
    await until(() => closed !== 0, 10_000, 'the connection to be closed');
    assert.equal(closed, SESSION_ENDED);
    await database.admin().query(`update users set status = 'frozen' where id = $1`, [player.userId]);
    let left = 0;
    owner.room.onLeave((code) => {
      left = code;
    });
    server.accounts.forgetUser(player.userId);
    await until(() => left !== 0, 10_000, 'the connection to be closed');
  });

  it('does not come back by its reconnection token', async () => {
    const token = other.room.reconnectionToken;
    other.room.connection.close(4010);
    await until(() => closed !== 0, 10_000, 'the connection to be dropped');
    await request('DELETE', `/auth/sessions/${elsewhere.sessionId}`, player.token);
    await assert.rejects(new Client(`http://127.0.0.1:${server.port}`).reconnect(token));
  });

  it('does not sit down on a seat that was kept for it', async () => {
    await other.leaves();
    const client = new Client(`http://127.0.0.1:${server.port}`);
    client.auth.token = elsewhere.token;
    const { data } = await client.http.post('/matchmake/joinById/calm', { body: {} });
    await request('DELETE', `/auth/sessions/${elsewhere.sessionId}`, player.token);
    await assert.rejects(client.consumeSeatReservation(data));
  });

  it('uses up nothing of what its owner may say', async () => {
    const ended = request('DELETE', `/auth/sessions/${elsewhere.sessionId}`, player.token);
    other.room.onLeave(() => clearInterval(talking));
    const talking = setInterval(() => other.room.send('my-bets'), 25);
    await ended;
    await until(() => closed !== 0, 10_000, 'the connection to be closed');
    assert.equal(closed, SESSION_ENDED);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (let bet = 0; bet < 10; bet++) assert.equal((await owner.bet('andar', 1_000)).ok, true);
  });

  it('is not who a result was delivered to', async () => {
    const quick = await sit(server, 'quick', elsewhere);
    const roundId = await quick.newRound();
    assert.equal((await quick.bet('andar', 1_000)).ok, true);
    await request('DELETE', `/auth/sessions/${elsewhere.sessionId}`, player.token);
    const back = await sit(server, 'quick', player);
    await back.hears('game_complete', (body) => body.roundId === roundId);
    assert.ok(quick.all('game_complete').every((body) => body.roundId !== roundId));
    await back.leaves();
  });
});
