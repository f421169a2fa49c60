import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IRoomCache, matchMaker, Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { createRateLimits } from '../../src/accounts/rate-limits.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { mountHttp } from '../../src/http/app.ts';
import { guardMatchmaking, hardenMatchmaking } from '../../src/http/matchmaking.ts';
import { verifyUpgrade } from '../../src/http/origin.ts';
import { createLogger } from '../../src/log.ts';
import { refuse } from '../../src/refusal.ts';
import { type Answer, assertError } from './support.ts';

class Salon extends Room {
  override autoDispose = false;
}

const PLAY = 'https://play.example.org';
const EVIL = 'https://evil.example.org';

describe('matchmaking', () => {
  const original = { ...matchMaker.controller };
  const lines: string[] = [];
  let http: HttpServer;
  let server: Server;
  let room: IRoomCache;
  const url = (path: string) => `http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`;

  before(async () => {
    const config = loadConfig({ ALLOWED_ORIGINS: PLAY });
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    const accounts = { verifyAccessToken: async () => refuse('UNAUTHORIZED') };
    const deps = { config, log, accounts, clock: systemClock, limits: createRateLimits({ enabled: true }) };
    http = createServer();
    const transport = new WebSocketTransport({ server: http, verifyClient: verifyUpgrade(config) });
    server = new Server({
      transport,
      greet: false,
      gracefullyShutdown: false,
      express: (app) => mountHttp(app, { ...deps, routes: [] }),
    });
    server.define('salon', Salon);
    hardenMatchmaking(config);
    await server.listen(0, '127.0.0.1');
    guardMatchmaking(http, deps);
    room = await matchMaker.createRoom('salon', {});
  });
  after(async () => {
    Object.assign(matchMaker.controller, original);
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
      const { json } = await post(`/matchmake/${method}/salon`);
      assert.match(JSON.stringify(json), /invalid method/);
    }
    assert.equal((await matchMaker.query({})).length, before.length);
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
