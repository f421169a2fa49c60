import assert from 'node:assert/strict';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client } from '@colyseus/sdk';
import { systemClock } from '../../src/clock.ts';
import { pagesRouter } from '../../src/http/pages.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { Guest, newPlayer, newStaff, quickTable, start, testConfig, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { type Answer, ask, missing, type Nginx, startNginx } from './nginx-proxy.ts';

const INSIDER = '127.0.0.9';
const METRICS_TOKEN = 'a-token-of-the-tests';
const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('S4-02 S4-05 the server behind nginx, as deploy/nginx.conf has it', () => {
  const database = useDatabase();
  const trusted = getCACertificates('default');
  let server: Server;
  let proxy: Nginx | undefined;
  before(async function () {
    const reason = missing();
    if (reason !== undefined) {
      this.test?.parent?.tests.forEach((test) => {
        test.title += ` (skipped: ${reason})`;
      });
      this.skip();
    }
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })], {
      config: testConfig({ TRUST_PROXY: '1', METRICS_TOKEN }),
      pages: [pagesRouter({ clock: systemClock, demo: null })],
    });
    proxy = await startNginx(server.port, INSIDER);
    // The SDK asks as a browser does; only a browser has somebody to tell what to trust.
    setDefaultCACertificates([...trusted, proxy.certificate]);
  });
  after(async () => {
    setDefaultCACertificates(trusted);
    await proxy?.stop();
    await server?.stop();
  });

  const through = (path: string, more?: Parameters<typeof ask>[2]) =>
    proxy === undefined ? assert.fail('nginx does not run') : ask(proxy, path, more);
  const codeOf = ({ text }: Answer): string => JSON.parse(text).error.code;
  const login = (from: string, path = '/auth/login') =>
    through(path, { method: 'POST', from, headers: JSON_TYPE, body: '{"username":"nobody","password":"wrong"}' });

  it('passes requests on with the address of the client, whatever that says of itself', async () => {
    const body = JSON.stringify({ username: 'behind-nginx', password: PASSWORD });
    const headers = { ...JSON_TYPE, 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'gopher' };
    const joined = await through('/auth/register', { method: 'POST', from: '127.0.0.2', headers, body });
    assert.equal(joined.status, 201, joined.text);
    const { accessToken } = JSON.parse(joined.text);
    const sessions = await through('/auth/sessions', { headers: { Authorization: `Bearer ${accessToken}` } });
    assert.equal(JSON.parse(sessions.text).items[0].ip, '127.0.0.2');
  });

  it('S4-04 sends each security header once', async () => {
    for (const path of ['/', '/tables', '/nowhere']) {
      const { headers } = await through(path, { from: '127.0.0.3' });
      for (const name of ['strict-transport-security', 'content-security-policy', 'x-frame-options']) {
        const values = [headers[name] ?? []].flat().join();
        assert.match(values, /^(max-age=[^,]*|default-src [^,]*|DENY)$/, `${path} ${name}`);
      }
      assert.doesNotMatch(String(headers.server), /\d/);
    }
  });

  it('lets a client take a seat at a table and bet, over wss', async () => {
    assert.ok(proxy);
    const { token } = await newPlayer(server, 50_000);
    const client = new Client(`https://localhost:${proxy.port}`);
    client.auth.token = token;
    const guest = new Guest(await client.joinById('calm'));
    guest.room.reconnection.enabled = false;
    await until(() => guest.state?.tableId === 'calm', 5_000, 'the state');
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    await guest.leaves();
    assert.doesNotMatch(proxy.logged(), new RegExp(token), 'no token is written down');
    assert.match(proxy.logged(), /"POST \/matchmake\/joinById\/calm HTTP\/[12]\.[01]" 200 /);
  });

  it('sends plain http to https', async () => {
    const url = `http://127.0.0.1:${proxy?.plainPort}/tables?x=1`;
    const response = await fetch(url, { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('Location')], [308, 'https://127.0.0.1/tables?x=1']);
  });

  it('S4-03 takes ten requests a second of an address, a burst of twenty, and refuses as the API does', async () => {
    const flood = await Promise.all(Array.from({ length: 60 }, () => through('/tables', { from: '127.0.0.4' })));
    const passed = flood.filter(({ status }) => status === 200).length;
    assert.ok(passed >= 21 && passed < 50, `${passed} passed`);
    const refused = flood.find(({ status }) => status !== 200);
    assert.ok(refused);
    assert.deepEqual([refused.status, codeOf(refused)], [429, 'RATE_LIMITED']);
    assert.equal(refused.headers['retry-after'], '1');
    assert.match(String(refused.headers['content-type']), /^application\/json/);
    assert.ok(refused.headers['strict-transport-security']);
    const files = await Promise.all(Array.from({ length: 60 }, () => through('/app.js', { from: '127.0.0.4' })));
    assert.ok(
      files.every(({ status }) => status === 200),
      'files of the page are not counted',
    );
    assert.equal((await through('/tables', { from: '127.0.0.5' })).status, 200, 'nor is anybody else');
  });

  it('S4-03 takes a burst of three logins of one address, and then five a minute', async () => {
    const answers: Answer[] = [];
    for (let attempt = 0; attempt < 6; attempt++) answers.push(await login('127.0.0.6'));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401, 401, 429, 429],
    );
    assert.equal((await login('127.0.0.7')).status, 401);
  });

  it('answers what it does not pass on as the API does', async () => {
    const long = 'x'.repeat(40_000);
    const requests: readonly (readonly [string, Parameters<typeof ask>[2]?])[] = [
      [`/tables?x=${long}`],
      ['/tables', { headers: { 'X-Long': long } }],
      ['/tables', { method: 'TRACE' }],
      ['/tables/%'],
      ['/%00'],
      ['/../x'],
    ];
    for (const [path, more] of requests) {
      const answer = await through(path, { from: '127.0.0.10', ...more });
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'INVALID_REQUEST'], path.slice(0, 20));
      assert.match(String(answer.headers['content-type']), /^application\/json/);
      assert.ok(answer.headers['strict-transport-security'], path.slice(0, 20));
    }
  });

  it('shows figures and the monitor to nobody who was not let in', async () => {
    const token = { Authorization: `Bearer ${METRICS_TOKEN}` };
    for (const path of [
      '/metrics',
      '/monitor',
      '/monitor/',
      '/monitor/api',
      '/%6donitor/',
      '//monitor/',
      '/metrics?x',
      '/metrics/',
    ]) {
      const answer = await through(path, { headers: token, from: '127.0.0.8' });
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'NOT_FOUND'], path);
    }
    assert.equal((await login('127.0.0.8', '/monitor/login')).status, 404);
    assert.equal((await through('/metrics', { headers: token, from: INSIDER })).status, 200);
  });

  it('the server knows that the connection is secure', async () => {
    const { username } = await newStaff(server, 'ADMIN');
    const body = new URLSearchParams({ username, password: PASSWORD }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
    const answer = await through('/monitor/login', { method: 'POST', from: INSIDER, headers, body });
    assert.equal(answer.status, 303, answer.text);
    assert.match(String(answer.headers['set-cookie']), /HttpOnly; Secure; SameSite=Strict/);
  });

  it('answers in the same form where the body is too large, and while the server is away', async () => {
    const body = 'x'.repeat(300_000);
    const large = await through('/auth/register', { method: 'POST', from: '127.0.0.10', headers: JSON_TYPE, body });
    assert.deepEqual([large.status, codeOf(large)], [413, 'INVALID_REQUEST']);
    await server.stop();
    const away = await through('/tables', { from: '127.0.0.10' });
    assert.deepEqual([away.status, codeOf(away), away.headers['retry-after']], [503, 'UNKNOWN_OUTCOME', '5']);
  });
});
