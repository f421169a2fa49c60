import assert from 'node:assert/strict';
import { request as rawRequest } from 'node:http';
import express from 'express';
import { z } from 'zod';
import type { Role } from '../../src/accounts/identity.ts';
import { TextAnswer } from '../../src/http/answer.ts';
import { guardedRoute, moneyRoute, publicRoute } from '../../src/http/route.ts';
import { isUuid, uuid7 } from '../../src/ids.ts';
import { refuse } from '../../src/refusal.ts';
import { accepted, CLIENT, newName, PASSWORD } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { assertError, join, useHttp } from './support.ts';

const DISTINCT = 'a detail nobody outside may read';
const Amount = z.strictObject({ amount: z.int().positive().max(Number.MAX_SAFE_INTEGER) });

const routes = [
  publicRoute({ method: 'get', path: '/test/bug', summary: '' }, async () => {
    throw new Error(DISTINCT);
  }),
  publicRoute({ method: 'get', path: '/test/bigint', summary: '' }, async () => ({ amount: 1n })),
  publicRoute({ method: 'get', path: '/test/refused', summary: '' }, async () =>
    refuse('EXPOSURE_LIMIT', 'Too much on one number.', { number: '123' }),
  ),
  publicRoute(
    { method: 'get', path: '/test/report', summary: '' },
    async () => new TextAnswer('text/csv', 'a;b\n', 'r.csv'),
  ),
  guardedRoute(['ADMIN'], { method: 'get', path: '/test/admin', summary: '' }, async ({ identity }) => identity),
  guardedRoute(['MASTER'], { method: 'get', path: '/test/master', summary: '' }, async ({ identity }) => identity),
  moneyRoute(
    ['PLAYER'],
    { method: 'post', path: '/test/money', summary: '', status: 201, body: Amount },
    async (call) => ({
      key: call.key,
      amount: call.body.amount,
    }),
  ),
];
const page = express.Router().get('/page', (_request, response) => void response.send('hello'));

describe('the HTTP edge', () => {
  const database = useDatabase();
  const environment = { ALLOWED_ORIGINS: 'https://play.example.org' };
  const http = useHttp(database, { environment, routes, pages: [page] });

  async function tokenOf(role: Role): Promise<string> {
    const username = newName();
    accepted(await http.accounts().create({ username, password: PASSWORD }, role));
    return accepted(await http.accounts().login(username, PASSWORD, CLIENT)).accessToken;
  }

  it('answers NOT_FOUND where nothing is, for any method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      assertError(await http.call(method, '/nowhere'), 404, 'NOT_FOUND');
    }
    assertError(await http.call('GET', '/AUTH/me'), 404, 'NOT_FOUND');
  });

  it('says which methods there are where something is, but not for this one', async () => {
    const expected = { '/auth/login': 'POST, OPTIONS', '/test/admin': 'GET, HEAD, OPTIONS' };
    for (const [path, allowed] of Object.entries(expected)) {
      const answer = await http.call('PATCH', path);
      assertError(answer, 405, 'INVALID_REQUEST');
      assert.equal(answer.headers.get('Allow'), allowed);
    }
    assert.equal((await http.call('DELETE', '/auth/sessions')).headers.get('Allow'), 'GET, HEAD, OPTIONS');
  });

  it('S4-06 says what is wrong with a JSON body before a route sees it', async () => {
    const { accessToken: token } = await join(http);
    const headers = { 'Idempotency-Key': uuid7<string>(Date.now()) };
    const bodies: readonly (readonly [status: number, body: string, type?: string])[] = [
      [400, '{"amount":'],
      [400, '[1]'],
      [400, '"text"'],
      [400, '{"__proto__":{"amount":1}}'],
      [413, JSON.stringify({ amount: 1, more: 'x'.repeat(16_384) })],
      [415, '{"amount":1}', 'text/plain'],
      [415, 'amount=1', 'application/x-www-form-urlencoded'],
      [415, '{"amount":1}', 'application/json; charset=klingon'],
    ];
    for (const [status, body, type = 'application/json'] of bodies) {
      const more = { ...headers, 'Content-Type': type };
      assertError(await http.call('POST', '/test/money', { token, body, headers: more }), status, 'INVALID_REQUEST');
    }
    const zipped = { ...headers, 'Content-Encoding': 'x-unknown' };
    assertError(await http.call('POST', '/test/money', { token, body: '{}', headers: zipped }), 415, 'INVALID_REQUEST');
  });

  it('says of each field what is wrong with it, in words', async () => {
    const { accessToken: token } = await join(http);
    const headers = { 'Idempotency-Key': uuid7<string>(Date.now()) };
    const wrong: readonly (readonly [body: string, path: string, message: RegExp])[] = [
      ['{}', 'amount', /^is missing$/],
      ['{"amount":"5"}', 'amount', /^must be a number$/],
      ['{"amount":1.5}', 'amount', /^must be a whole number$/],
      ['{"amount":0}', 'amount', /^must be above 0$/],
      ['{"amount":1,"more":true}', '', /^holds what is not known here: more$/],
      ['[]', '', /^must be an object$/],
    ];
    for (const [body, path, message] of wrong) {
      const { status, json } = await http.call('POST', '/test/money', { token, body, headers });
      assert.equal(status, 400, body);
      assert.equal(json.error.details[0].path, path, body);
      assert.match(json.error.details[0].message, message, body);
    }
  });

  it('gives every request an id of its own and takes none from outside', async () => {
    const foreign = uuid7<string>(Date.now());
    const { headers } = await http.call('GET', '/auth/me', { headers: { 'X-Request-Id': foreign } });
    const id = headers.get('X-Request-Id') ?? '';
    assert.ok(isUuid(id) && id !== foreign);
    const line =
      http
        .logged()
        .split('\n')
        .find((record) => record.includes(id)) ?? '';
    const { method, path, status, durationMs } = JSON.parse(line);
    assert.deepEqual({ method, path, status }, { method: 'GET', path: '/auth/me', status: 401 });
    assert.equal(typeof durationMs, 'number');
  });

  it('logs who asked', async () => {
    const { user, accessToken } = await join(http);
    await http.call('GET', '/auth/me', { token: accessToken });
    assert.match(http.logged(), new RegExp(`"path":"/auth/me"[^\n]*"userId":"${user.id}"`));
  });

  it('S4-04 sends security headers and no name of the software, on errors too', async () => {
    for (const path of ['/page', '/auth/me', '/nowhere', '/test/bug']) {
      const { headers } = await http.call('GET', path);
      assert.match(headers.get('Strict-Transport-Security') ?? '', /max-age=31536000/);
      assert.equal(headers.get('X-Frame-Options'), 'DENY');
      assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
      assert.equal(headers.get('X-Powered-By'), null);
      const csp = headers.get('Content-Security-Policy') ?? '';
      assert.match(csp, /script-src 'self'(;|$)/);
      assert.match(csp, /connect-src 'self'(;|$)/);
      assert.doesNotMatch(csp, /unsafe|upgrade-insecure/);
    }
  });

  it('a bug is answered 500 without a word of it, and logged in full', async () => {
    for (const path of ['/test/bug', '/test/bigint']) {
      const { status, json } = await http.call('GET', path);
      assert.equal(status, 500);
      assert.deepEqual(json, { error: { code: 'INTERNAL', message: 'Something went wrong on our side.' } });
    }
    assert.match(http.logged(), new RegExp(DISTINCT));
  });

  it('sends a refusal as its status, code, message and details', async () => {
    const { status, json } = await http.call('GET', '/test/refused');
    const error = { code: 'EXPOSURE_LIMIT', message: 'Too much on one number.', details: { number: '123' } };
    assert.deepEqual([status, json], [422, { error }]);
  });

  it('sends a report as a file', async () => {
    const { headers, json } = await http.call('GET', '/test/report');
    assert.equal(json, 'a;b\n');
    assert.equal(headers.get('Content-Disposition'), 'attachment; filename=r.csv');
  });

  it('S4-08 X-06 roles: MASTER has every right of ADMIN, nobody else has more than their own', async () => {
    const rights = {
      PLAYER: [403, 403],
      COLLECTOR: [403, 403],
      PARTNER: [403, 403],
      ADMIN: [200, 403],
      MASTER: [200, 200],
    };
    for (const [role, expected] of Object.entries(rights)) {
      const token = await tokenOf(role as Role);
      const answers = [
        await http.call('GET', '/test/admin', { token }),
        await http.call('GET', '/test/master', { token }),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        expected,
        role,
      );
    }
  });

  it('authority is checked before the request is read', async () => {
    const token = await tokenOf('ADMIN');
    assertError(await http.call('POST', '/test/money', { token, body: { amount: 'x' } }), 403, 'FORBIDDEN');
    assertError(await http.call('POST', '/test/money', { body: { amount: 'x' } }), 401, 'UNAUTHORIZED');
  });

  it('X-04 what moves money needs an Idempotency-Key that is a UUID', async () => {
    const { accessToken: token } = await join(http);
    const body = { amount: 100 };
    for (const key of ['', '7', 'not-a-uuid', `${uuid7(Date.now())}0`]) {
      const answer = await http.call('POST', '/test/money', { token, body, headers: { 'Idempotency-Key': key } });
      assertError(answer, 400, 'INVALID_REQUEST');
    }
    const key = uuid7<string>(Date.now());
    const headers = { 'Idempotency-Key': key.toUpperCase() };
    const { status, json } = await http.call('POST', '/test/money', { token, body, headers });
    assert.deepEqual([status, json], [201, { key, amount: 100 }]);
  });

  it('money on the wire is a whole, safe number', async () => {
    const { accessToken: token } = await join(http);
    const headers = { 'Idempotency-Key': uuid7<string>(Date.now()) };
    for (const amount of ['1.5', '9007199254740993', '1e400', '-1', '0', '"100"', 'null', '[100]', 'true']) {
      const answer = await http.call('POST', '/test/money', { token, body: `{"amount":${amount}}`, headers });
      assertError(answer, 400, 'INVALID_REQUEST');
    }
  });

  it('S4-06 CORS: a listed origin is named, a foreign one gets nothing, none is reflected', async () => {
    const origins = { 'https://play.example.org': true, 'https://evil.example.org': false, null: false };
    for (const [Origin, allowed] of Object.entries(origins)) {
      const preflight = { Origin, 'Access-Control-Request-Method': 'POST' };
      for (const method of ['OPTIONS', 'GET']) {
        const { headers } = await http.call(method, '/auth/me', { headers: preflight });
        assert.equal(headers.get('Access-Control-Allow-Origin'), allowed ? Origin : null);
        assert.match(headers.get('Vary') ?? '', /Origin/);
      }
    }
    const { status, headers } = await http.call('OPTIONS', '/auth/login', {
      headers: { Origin: 'https://play.example.org' },
    });
    assert.equal(status, 204);
    assert.match(headers.get('Access-Control-Allow-Headers') ?? '', /Authorization.*Idempotency-Key/);
  });

  it('a page of this server may always talk to it', async () => {
    const origin = http.url('');
    const { headers } = await http.call('GET', '/auth/me', { headers: { Origin: origin } });
    assert.equal(headers.get('Access-Control-Allow-Origin'), origin);
  });

  it('a client that hangs up early breaks nothing', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 1000 };
    await new Promise<void>((resolve) => {
      const request = rawRequest(http.url('/auth/login'), { method: 'POST', headers });
      request.on('error', () => resolve());
      request.write('{"username":');
      setTimeout(() => request.destroy(), 20);
    });
    assert.equal((await http.call('GET', '/page')).status, 200);
  });
});

describe('the HTTP edge behind a proxy', () => {
  const database = useDatabase();
  const http = useHttp(database, { environment: { TRUST_PROXY: '1' } });

  it('believes the last proxy about the address and nobody before it', async () => {
    const body = { username: newName(), password: PASSWORD };
    const headers = { 'X-Forwarded-For': '203.0.113.9, 198.51.100.4' };
    const { json } = await http.call('POST', '/auth/register', { body, headers });
    const sessions = await http.call('GET', '/auth/sessions', { token: json.accessToken });
    assert.equal(sessions.json.items[0].ip, '198.51.100.4');
  });
});

describe('the HTTP edge without a proxy', () => {
  const database = useDatabase();
  const http = useHttp(database);

  it('does not believe a client about its address', async () => {
    const body = { username: newName(), password: PASSWORD };
    const { json } = await http.call('POST', '/auth/register', { body, headers: { 'X-Forwarded-For': '203.0.113.9' } });
    const sessions = await http.call('GET', '/auth/sessions', { token: json.accessToken });
    assert.equal(sessions.json.items[0].ip, '127.0.0.1');
  });
});
