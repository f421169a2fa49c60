import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { isAcceptable } from '../../src/http/gate.ts';
import type { Server } from '../../src/server.ts';
import { quickTable, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const BAD_HOSTS = [
  '[',
  'u:p@x',
  'a b',
  'x:99999999',
  'x/y',
  '%',
  'x?y',
  '[::1',
  '[:::::]',
  'a,b',
  'x:1:2',
  '\u00ff',
  '<',
];
const BAD_TARGETS = [
  '*',
  '*:99999999/',
  ':99999999/',
  '@x:99999/',
  '?x',
  '#',
  'http://[/tables',
  'http://x/tables',
  'a b',
];
const PATHS = ['/__healthcheck', '/matchmake/joinById/t', '/matchmake/reconnect/t', '/', '/tables', '/t/t?sessionId=x'];
const ODD_PATHS = [
  ...[
    '//',
    '/%',
    '/%E0%A4%A',
    '/tables/%E0%A4%A',
    '/matchmake/joinById/%E0%A4%A',
    '/matchmake/%00/t',
    '/..//..%2f',
    '/\\x',
  ],
  ...[
    '/t/t?sessionId=%E0%A4%A&reconnectionToken=%',
    '/t/t?reconnectionToken=x',
    '/t/t?sessionId=&skipHandshake',
    '/?_authToken=%',
  ],
  ...[
    '/t/unknown?sessionId=__proto__',
    '/t/__proto__?sessionId=x',
    '/t/constructor?sessionId=x',
    '/api/reference',
    '/#x',
    '/;',
  ],
];
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'CONNECT',
  'NONE',
];
const ODD_HEADERS = [
  ...[
    'Origin: \u00ff',
    'Origin: [',
    'Authorization: Bearer \u00ff',
    'Authorization: Bearer',
    '__proto__: x',
    'Cookie: \u00ff=%',
  ],
  ...[
    'Content-Type: \u00ff',
    'Content-Length: 1e9',
    'Transfer-Encoding: x',
    'Expect: 100-continue',
    'Expect: x',
    'Upgrade: h2c',
  ],
  ...[
    'Sec-WebSocket-Key: x',
    'Sec-WebSocket-Version: 99',
    'Sec-WebSocket-Protocol: ,',
    'Sec-WebSocket-Extensions: ;;=',
  ],
  ...[
    'X-Forwarded-Proto: a b',
    'X-Forwarded-Host: [',
    'X-Forwarded-For: \u00ff',
    'X-Real-IP: [',
    'Forwarded: for="',
    ':authority: [',
  ],
];

describe('the gate in front of the framework', function () {
  this.timeout(60_000);
  const database = useDatabase();
  let server: Server;
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);

  before(async () => {
    server = await start(database, [quickTable('t')]);
  });
  // Mocha ends a run at the first one; here they are what is asked about.
  const others = process.listeners('unhandledRejection');
  beforeEach(() => {
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  });
  afterEach(async () => {
    process.removeListener('unhandledRejection', note);
    for (const other of others) process.on('unhandledRejection', other);
    assert.deepEqual(unhandled.splice(0), []);
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status, 200);
  });
  after(() => server?.stop());

  it('refuses what cannot be taken at its word', async () => {
    for (const extra of [[], UPGRADE]) {
      for (const host of BAD_HOSTS) refused(await send('GET /__healthcheck', [`Host: ${host}`, ...extra]), host);
      for (const target of BAD_TARGETS) refused(await send(`GET ${target}`, ['Host: x', ...extra]), target);
    }
  });

  it('answers a request that names no host, and one that expects something, as all others', async () => {
    refused(await send('GET /healthz', []), 'no host');
    refused(await send('GET /healthz', UPGRADE), 'no host');
    const unmet = await send('GET /healthz', ['Host: x', 'Expect: something']);
    assert.match(unmet, /^HTTP\/1.1 417 .*Strict-Transport-Security: .*"INVALID_REQUEST"/is);
  });

  it('has none of the framework’s own routes', async () => {
    for (const path of ['/__healthcheck', '/api/reference']) {
      const answer = await send(`GET ${path}`, ['Host: x']);
      assert.match(answer, /^HTTP\/1.1 404 /);
      assert.match(answer, /"NOT_FOUND"/);
    }
  });

  it('does not hear what strangers say about proxies', async () => {
    for (const path of ['/healthz', '/tables']) {
      const lies = ['X-Forwarded-Proto: a b', 'X-Forwarded-Host: [', 'X-Forwarded-For: me', 'X-Real-IP: ['];
      assert.match(await send(`GET ${path}`, ['Host: x', ...lies]), /^HTTP\/1.1 200 /);
    }
  });

  it('hears a proxy that is trusted, if it speaks well', () => {
    const good = {
      'x-forwarded-for': '10.0.0.1, ::1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'x.example:81',
    };
    assert.deepEqual(passed({ ...good, 'x-real-ip': '10.0.0.1' }, 1), good);
    assert.deepEqual(passed({ ...good, host: 'x' }, 0), { host: 'x' });
    for (const [name, value] of [
      ['x-forwarded-proto', 'a b'],
      ['x-forwarded-host', '['],
      ['x-forwarded-for', 'me'],
      ['x-forwarded-for', ''],
    ] as const) {
      assert.equal(passed({ ...good, [name]: value }, 1), 'refused');
    }
  });

  it('lives through whatever is sent to it', async () => {
    const targets = [...PATHS, ...ODD_PATHS];
    const requests: [string, string[]][] = [
      ...targets.flatMap((path): [string, string[]][] => [
        [`GET ${path}`, ['Host: x']],
        [`GET ${path}`, ['Host: x', ...UPGRADE]],
        [`POST ${path}`, ['Host: x', 'Content-Type: application/json', 'Content-Length: 2']],
      ]),
      ...METHODS.flatMap((method) => PATHS.map((path): [string, string[]] => [`${method} ${path}`, ['Host: x']])),
      ...ODD_HEADERS.flatMap((header) =>
        PATHS.flatMap((path): [string, string[]][] => [
          [`GET ${path}`, ['Host: x', header]],
          [`POST ${path}`, ['Host: x', 'Content-Type: application/json', 'Content-Length: 2', header]],
          [`GET ${path}`, ['Host: x', ...UPGRADE, header]],
        ]),
      ),
    ];
    assert.ok(requests.length > 300);
    for (let at = 0; at < requests.length; at += 20) {
      await Promise.all(requests.slice(at, at + 20).map(([line, headers]) => send(line, headers, 500)));
    }
  });

  it('lives through whatever comes over a WebSocket', async () => {
    for (let times = 0; times < 30; times++) {
      const seat = await fetch(`http://127.0.0.1:${server.port}/matchmake/joinById/t`, { method: 'POST' });
      const { sessionId } = (await seat.json()) as { sessionId: string };
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/x/t?sessionId=${sessionId}`);
      socket.on('error', () => undefined);
      await once(socket, 'open');
      for (let frame = 0; frame < 10; frame++) socket.send(randomBytes(1 + ((times + frame) % 24)));
      socket.send(Buffer.from([10, 9, times]));
      socket.close();
      await once(socket, 'close');
    }
  });

  /** All that comes back until the connection is closed, or given up. */
  async function send(line: string, headers: readonly string[], withinMs = 10_000): Promise<string> {
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
    const ending = headers.includes(UPGRADE[0] ?? '') ? [] : ['Connection: close'];
    const body = headers.includes('Content-Length: 2') ? '{}' : '';
    socket.write(Buffer.from([`${line} HTTP/1.1`, ...headers, ...ending, '', body].join('\r\n'), 'latin1'));
    const timer = setTimeout(() => socket.destroy(), withinMs);
    await once(socket, 'close');
    clearTimeout(timer);
    return answer;
  }
});

function passed(headers: IncomingHttpHeaders, trustProxy: number): IncomingHttpHeaders | 'refused' {
  const request = { url: '/', headers, httpVersionMajor: 1, httpVersionMinor: 0 } as IncomingMessage;
  return isAcceptable(request, { trustProxy }) ? request.headers : 'refused';
}

function refused(answer: string, what: string): void {
  assert.match(answer, /^HTTP\/1.1 400 .*Strict-Transport-Security: /is, what);
}
