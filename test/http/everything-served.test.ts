import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../src/clock.ts';
import { pagesRouter } from '../../src/http/pages.ts';
import type { Server } from '../../src/server.ts';
import { quickTable, start, testConfig } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const METRICS_TOKEN = 'a-token-of-the-tests';
const PLAY = 'https://play.example.org';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const JSON_BODY = 'Content-Type: application/json';

/** What is sent, as it is written, and the status it is answered with. */
type Sent = readonly [status: number, line: string, headers?: readonly string[], body?: string];

const EVERYTHING: readonly Sent[] = [
  [200, 'GET /tables'],
  [200, 'GET /healthz'],
  [200, 'GET /readyz'],
  [200, 'GET /'],
  [200, 'HEAD /'],
  [200, 'GET /page.json'],
  [200, 'GET /style.css'],
  [200, 'GET /app.js'],
  [200, 'GET /icon.svg'],
  [200, 'GET /sdk/colyseus.js'],
  [206, 'GET /style.css', ['Range: bytes=0-9']],
  [400, 'GET /style.css', ['Range: bytes=99999999-']],
  [200, 'GET /market'],
  [200, 'GET /market/BTC%2FUSDT/candles'],
  [401, 'GET /ai/insights/BTCUSDT'],
  [401, 'GET /wallets/me'],
  [401, 'GET /wallets/me', ['Authorization: Bearer x']],
  [404, 'GET /nowhere'],
  [404, 'POST /nowhere', [JSON_BODY], '{}'],
  [405, 'DELETE /tables'],
  [405, 'TRACE /tables'],
  [400, 'GET /rounds/%E0%A4%A'],
  [404, 'GET /rounds/00000000-0000-7000-8000-000000000000'],
  [400, 'POST /auth/login', [JSON_BODY], '{"username":'],
  [415, 'POST /auth/login', ['Content-Type: text/plain'], 'x'],
  [400, 'GET /tables', [JSON_BODY], '{}'],
  [200, 'GET /openapi.json'],
  [200, 'GET /docs'],
  [401, 'POST /auth/login', [JSON_BODY], '{"username":"nobody","password":"wrong"}'],
  [413, 'POST /auth/login', [JSON_BODY], `{"username":"${'x'.repeat(16_384)}"}`],
  [200, 'POST /matchmake/joinById/calm', [JSON_BODY], '{}'],
  [404, 'POST /matchmake/joinById/nowhere', [JSON_BODY], '{}'],
  [403, 'POST /matchmake/create/andar_bahar', [JSON_BODY], '{}'],
  [204, 'OPTIONS /tables', [`Origin: ${PLAY}`]],
  [204, 'OPTIONS /matchmake/joinById/calm', ['Origin: https://evil.example.org']],
  [401, 'GET /monitor'],
  [401, 'GET /monitor/api'],
  [403, 'POST /monitor/login', ['Sec-Fetch-Site: cross-site']],
  [400, 'POST /monitor/login', ['Sec-Fetch-Site: same-origin']],
  [303, 'POST /monitor/logout', ['Sec-Fetch-Site: same-origin']],
  [404, 'GET /monitor/api/room/call'],
  [401, 'POST /webhooks/payments/sandbox', [JSON_BODY], '{}'],
  [404, 'POST /webhooks/payments/nobody', [JSON_BODY], '{}'],
  [405, 'GET /webhooks/payments/sandbox'],
  [405, 'POST /healthz', [JSON_BODY], '{}'],
  [405, 'GET /matchmake/joinById/calm'],
  [401, 'GET /metrics'],
  [200, 'GET /metrics', [`Authorization: Bearer ${METRICS_TOKEN}`]],
  [400, 'GET http://x/tables'],
  [400, 'GET /tables', ['X-Forwarded-Proto: a b']],
  [401, 'GET /calm/calm', [...UPGRADE, KEY, 'Origin: https://evil.example.org']],
  [400, 'GET /calm/calm', UPGRADE],
  [400, 'GET /calm/calm', ['Connection: Upgrade', 'Upgrade: h2c']],
  [400, 'GET http://x/calm', [...UPGRADE, KEY]],
  [400, 'NONSENSE'],
  [431, 'GET /tables', [`X-Long: ${'x'.repeat(20_000)}`]],
];

describe('everything that is served', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })], {
      config: testConfig({ METRICS_TOKEN, ALLOWED_ORIGINS: PLAY, TRUST_PROXY: '1' }),
      pages: [pagesRouter({ clock: systemClock, demo: null })],
    });
  });
  after(() => server.stop());

  async function send([, line, headers = [], body = '']: Sent) {
    const socket = connect(server.port, '127.0.0.1');
    const length = body === '' ? [] : [`Content-Length: ${body.length}`];
    const close = headers.some((header) => header.startsWith('Connection')) ? [] : ['Connection: close'];
    socket.write(
      [`${line} HTTP/1.1`, 'Host: casino.example.org', ...close, ...headers, ...length, '', body].join('\r\n'),
    );
    const [head = '', ...rest] = (await text(socket)).split('\r\n\r\n');
    const [statusLine = '', ...fields] = head.split('\r\n');
    const named = fields.map((field) => [
      field.split(':')[0]?.toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]);
    return {
      status: Number(statusLine.split(' ')[1]),
      headers: new Map(named as [string, string][]),
      body: rest.join(''),
    };
  }

  for (const sent of EVERYTHING) {
    const [status, line, headers = []] = sent;
    it(`S4-04 ${line} ${headers.join(', ').slice(0, 60)} is answered ${status} with the security headers`, async () => {
      const answer = await send(sent);
      assert.equal(answer.status, status, answer.body);
      assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age=31536000/);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('x-frame-options'), 'DENY');
      assert.match(answer.headers.get('referrer-policy') ?? '', /^(no-referrer|same-origin)$/);
      assert.ok(answer.headers.has('cross-origin-opener-policy'));
      assert.equal(answer.headers.has('x-powered-by'), false);
      const policy = answer.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src '(self|none)'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.notEqual(answer.headers.get('access-control-allow-origin'), 'https://evil.example.org');
    });
  }
});
