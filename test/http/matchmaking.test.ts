import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IRoomCache, matchMaker, Room, Server } from '@colyseus/core';
import { Client } from '@colyseus/sdk';
import express from 'express';
import { admission } from '../../rooms/base-room.ts';
import { createRateLimits } from '../../src/accounts/rate-limits.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { mountHttp } from '../../src/http/app.ts';
import { guardServer } from '../../src/http/gate.ts';
import { matchmakingRouter } from '../../src/http/matchmaking.ts';
import { verifyUpgrade } from '../../src/http/origin.ts';
import { SturdyTransport } from '../../src/http/websocket.ts';
import { createLogger } from '../../src/log.ts';
import { refuse } from '../../src/refusal.ts';
import { type Answer, assertError } from './support.ts';

class Salon extends Room {
  static override onAuth = (token: string) => admission({ ...accounts, recheck: verify })(token);
  override autoDispose = false;
}

/** What the accounts answer to each token; `away` is a database that cannot be reached. */
async function verify(token: unknown) {
  if (token === 'away')
    throw Object.assign(new Error('connect ENOENT /secret'), { code: 'ENOENT', syscall: 'connect' });
  if (token === 'bug') throw Object.assign(new Error('a secret'), { code: '42P01' });
  return token === 'frozen' ? refuse('ACCOUNT_FROZEN') : refuse('UNAUTHORIZED');
}
const accounts = { verifyAccessToken: verify };

const PLAY = 'https://play.example.org';
const EVIL = 'https://evil.example.org';

describe('matchmaking', () => {
  const lines: string[] = [];
  let http: HttpServer;
  let server: Server;
  let room: IRoomCache;
  const url = (path: string) => `http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`;

  before(async () => {
    const config = loadConfig({ ALLOWED_ORIGINS: PLAY });
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    const limits = createRateLimits({ enabled: true });
    http = createServer();
    const transport = new SturdyTransport({ server: http, verifyClient: verifyUpgrade(config) }, log);
    server = new Server({ transport, greet: false, gracefullyShutdown: false });
    server.define('salon', Salon);
    const app = express();
    // The room's own check is what these tests are about, so the edge lets every token pass.
    const everybody = { verifyAccessToken: async () => refuse('UNAUTHORIZED') };
    const deps = { config, log, accounts: everybody, clock: systemClock, limits };
    mountHttp(app, { ...deps, routes: [], matchmaking: matchmakingRouter() });
    await server.listen(0, '127.0.0.1');
    guardServer(http, app, config);
    room = await matchMaker.createRoom('salon', {});
  });
  after(async () => {
    await server.gracefullyShutdown(false);
  });
  // Every test begins with a full allowance.
  afterEach(() => new Promise((resolve) => setTimeout(resolve, 1050)));

  async function post(path: string, body = '{}', headers: Record<string, string> = {}): Promise<Answer> {
    const all = { 'Content-Type': 'application/json', ...headers };
    const response = await fetch(url(path), { method: 'POST', headers: all, body });
    return { status: response.status, headers: response.headers, json: await response.json() };
  }

  it('lets clients join a room by its id', async () => {
    const { status, json } = await post(`/matchmake/joinById/${room.roomId}`);
    assert.equal(status, 200);
    assert.equal(json.roomId, room.roomId);
  });

  it('lets nobody create a room', async () => {
    const before = await matchMaker.query({});
    for (const method of ['create', 'joinOrCreate']) {
      assertError(await post(`/matchmake/${method}/salon`), 403, 'FORBIDDEN');
    }
    assert.equal((await matchMaker.query({})).length, before.length);
  });

  it('refuses with the codes and statuses of every other route', async () => {
    const seat = `/matchmake/joinById/${room.roomId}`;
    const by = (token: string) => ({ Authorization: `Bearer ${token}` });
    assertError(await post(seat, '{}', by('wrong')), 401, 'UNAUTHORIZED');
    assertError(await post(seat, '{}', by('frozen')), 403, 'ACCOUNT_FROZEN');
    assertError(await post('/matchmake/joinById/nowhere'), 404, 'NOT_FOUND');
    assertError(await post('/matchmake/join/nothing'), 404, 'NOT_FOUND');
    assertError(await post('/matchmake/join/__proto__'), 404, 'NOT_FOUND');
    assertError(await post('/matchmake/disconnectAll/x'), 404, 'NOT_FOUND');
    assertError(await post(`/matchmake/reconnect/${room.roomId}`, '{"reconnectionToken":"x"}'), 400, 'INVALID_REQUEST');
    assertError(await post(`/matchmake/reconnect/${room.roomId}`), 400, 'INVALID_REQUEST');
    assertError(await post(seat, '[]'), 400, 'INVALID_REQUEST');
    assert.deepEqual(
      lines.filter((line) => JSON.parse(line).level >= 50),
      [],
    );
  });

  it('tells the SDK what was refused', async () => {
    const client = new Client(url(''));
    await assert.rejects(client.joinById('nowhere'), { name: 'MatchMakeError', message: 'NOT_FOUND', code: 404 });
    client.auth.token = 'wrong';
    await assert.rejects(client.joinById(room.roomId), { message: 'UNAUTHORIZED', code: 401 });
  });

  it('shows nothing of an error in onAuth, and calls the database away when it is', async () => {
    const seat = `/matchmake/joinById/${room.roomId}`;
    const away = await post(seat, '{}', { Authorization: 'Bearer away' });
    assertError(away, 503, 'BUSY');
    const bug = await post(seat, '{}', { Authorization: 'Bearer bug' });
    assertError(bug, 500, 'INTERNAL');
    assert.doesNotMatch(JSON.stringify([away.json, bug.json]), /secret/);
  });

  it('S4-04 has the headers of every other answer, and its line in the log', async () => {
    const { headers } = await post(`/matchmake/joinById/${room.roomId}?token=very-secret`);
    assert.ok(headers.get('Strict-Transport-Security'));
    assert.equal(headers.get('X-Frame-Options'), 'DENY');
    const id = headers.get('X-Request-Id');
    const line = lines.find((each) => id !== null && each.includes(id)) ?? '';
    assert.equal(JSON.parse(line).path, `/matchmake/joinById/${room.roomId}`);
    assert.ok(!lines.join('').includes('very-secret'));
  });

  it('reflects no foreign origin, on any path', async () => {
    for (const path of [`/matchmake/joinById/${room.roomId}`, '/nowhere', '/__healthcheck']) {
      for (const method of ['OPTIONS', 'POST', 'GET']) {
        const evil = await fetch(url(path), { method, headers: { Origin: EVIL } });
        assert.equal(evil.headers.get('Access-Control-Allow-Origin'), null, `${method} ${path}`);
      }
      const play = await fetch(url(path), { method: 'OPTIONS', headers: { Origin: PLAY } });
      assert.equal(play.headers.get('Access-Control-Allow-Origin'), PLAY, path);
    }
  });

  it('X-10 is rate limited like the rest', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => post(`/matchmake/joinById/${room.roomId}`)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 10);
    const refused = answers.find(({ status }) => status === 429);
    assert.ok(refused);
    assertError(refused, 429, 'RATE_LIMITED');
  });

  it('refuses bodies that are too large or not JSON', async () => {
    const path = `/matchmake/joinById/${room.roomId}`;
    assertError(await post(path, JSON.stringify({ x: 'x'.repeat(20_000) })), 413, 'INVALID_REQUEST');
    assertError(await post(path, '{'), 400, 'INVALID_REQUEST');
  });

  it('other paths go to express', async () => {
    const response = await fetch(url('/nowhere'));
    const { status, headers } = response;
    assertError({ status, headers, json: await response.json() }, 404, 'NOT_FOUND');
  });

  it('a WebSocket is opened to bots and pages we know, and not to a foreign page', async () => {
    assert.equal(await upgrade({}), 101);
    assert.equal(await upgrade({ Origin: PLAY }), 101);
    assert.equal(await upgrade({ Origin: url('') }), 101);
    assert.equal(await upgrade({ Origin: EVIL }), 401);
    assert.equal(await upgrade({ Origin: 'null' }), 401);
  });

  async function upgrade(headers: Record<string, string>): Promise<number | undefined> {
    const handshake = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    const key = Buffer.alloc(16).toString('base64');
    const opening = request(url('/x/y'), { headers: { ...handshake, 'Sec-WebSocket-Key': key, ...headers } });
    opening.end();
    const [response] = await Promise.race([once(opening, 'upgrade'), once(opening, 'response')]);
    response.socket.destroy();
    return response.statusCode;
  }
});
