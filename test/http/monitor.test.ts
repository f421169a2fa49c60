import assert from 'node:assert/strict';
import { request } from 'node:http';
import { matchMaker } from '@colyseus/core';
import { updateRole, updateStatus } from '../../src/accounts/store.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { get, newPlayer, quickTable, sit, start, testConfig } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { at, cookieIn, here, newPerson, newVisitor, post, visit } from './monitor-support.ts';

const ASSET = /assets\/index-[\w-]+\.js/;

describe('the monitor', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(() => server.stop());

  const status = async (path: string, by: { cookie: string }) => (await visit(server, path, by)).status;

  it('shows a stranger a form that works without a script, and nothing else', async () => {
    for (const path of ['/monitor', '/monitor/']) {
      const answer = await fetch(at(server, path), { redirect: 'manual' });
      const page = await answer.text();
      assert.equal(answer.status, 401);
      assert.match(page, /<form method="post" action="\/monitor\/login">/);
      assert.doesNotMatch(page, /<script|style=|onsubmit|id="app"/);
    }
    for (const path of ['/monitor/api', '/monitor/api/room?roomId=calm']) {
      assert.equal((await get(server, path)).error.code, 'UNAUTHORIZED');
    }
  });

  it('lets ADMIN and MASTER in by a cookie that no script and no other site can use', async () => {
    for (const role of ['ADMIN', 'MASTER'] as const) {
      const { username } = await newPerson(server, role);
      const answer = await post(server, '/monitor/login', { username, password: PASSWORD });
      assert.deepEqual([answer.status, answer.headers.get('Location')], [303, '/monitor/']);
      const [cookie = ''] = answer.headers.getSetCookie();
      for (const attribute of [/; HttpOnly/, /; SameSite=Strict/, /; Path=\/monitor(;|$)/, /; Max-Age=900/]) {
        assert.match(cookie, attribute);
      }
      assert.doesNotMatch(cookie, /Secure/);
      const visitor = { cookie: cookieIn(answer) };
      assert.equal((await visit(server, '/monitor', visitor)).headers.get('Location'), '/monitor/');
      const page = await (await visit(server, '/monitor/', visitor)).text();
      assert.match(page, /id="app"/);
      assert.equal(await status(`/monitor/${ASSET.exec(page)?.[0]}`, visitor), 200);
      const { rooms } = (await (await visit(server, '/monitor/api', visitor)).json()) as {
        rooms: { roomId: string }[];
      };
      assert.deepEqual(
        rooms.map(({ roomId }) => roomId),
        ['calm'],
      );
    }
  });

  it('turns everybody else away, and leaves them no session', async () => {
    for (const role of ['PLAYER', 'COLLECTOR', 'PARTNER'] as const) {
      const { username, token } = await newPerson(server, role);
      const answer = await post(server, '/monitor/login', { username, password: PASSWORD });
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [403, []]);
      assert.equal((await get(server, '/auth/sessions', { token })).items.length, 1);
      const byToken = await fetch(at(server, '/monitor/api'), { headers: { Authorization: `Bearer ${token}` } });
      assert.equal(byToken.status, 403);
    }
    const { username } = await newPerson(server, 'ADMIN');
    for (const fields of [
      { username, password: 'wrong' },
      { username: 'nobody', password: PASSWORD },
    ]) {
      const answer = await post(server, '/monitor/login', fields);
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), /role="alert"/);
    }
  });

  it('writes down who opens it', async () => {
    const { userId } = await newVisitor(server);
    const { rows } = await database.admin().query('select role, action from audit_log where actor = $1', [userId]);
    assert.deepEqual(rows, [{ role: 'ADMIN', action: 'monitor.login' }]);
  });

  it('and who comes with a token from elsewhere, once a session', async () => {
    const { userId, token } = await newPerson(server, 'ADMIN');
    const lines = async () =>
      (await database.admin().query('select action, target from audit_log where actor = $1', [userId])).rows;
    const both = [visit(server, '/monitor/', asCookie(token)), visit(server, '/monitor/api', asCookie(token))];
    assert.deepEqual(
      (await Promise.all(both)).map(({ status }) => status),
      [200, 200],
    );
    const byHeader = await fetch(at(server, '/monitor/api'), { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(byHeader.status, 200);
    const { items } = await get(server, '/auth/sessions', { token });
    assert.deepEqual(await lines(), [{ action: 'monitor.login', target: `session:${items[0].id}` }]);
  });

  it('shows nothing where that cannot be written down, or nobody can say who asks; the server goes on', async () => {
    const { token } = await newPerson(server, 'ADMIN');
    const { act } = server.backoffice;
    const { verifyAccessToken } = server.accounts;
    const fails = () => Promise.reject(new Error('a bug'));
    Object.assign(server.backoffice, { act: fails });
    for (const path of ['/monitor/', '/monitor/api']) assert.equal(await status(path, asCookie(token)), 500);
    Object.assign(server.backoffice, { act });
    Object.assign(server.accounts, { verifyAccessToken: fails });
    for (const path of ['/monitor/', '/monitor/api', '/monitor/api/room']) {
      assert.equal(await status(path, asCookie(token)), 500);
    }
    const left = await post(server, '/monitor/logout', {}, { ...here, Cookie: asCookie(token).cookie });
    assert.equal(left.status, 500);
    Object.assign(server.accounts, { verifyAccessToken });
    assert.equal(await status('/monitor/', asCookie(token)), 200);
  });

  it('its session is one like any other: listed, and whatever ends it ends the visit', async () => {
    const visitor = await newVisitor(server);
    const token = visitor.cookie.split('=')[1] ?? '';
    const { items } = await get(server, '/auth/sessions', { token });
    assert.equal(items.length, 2);
    const { id } = items.find(({ current }: { current: boolean }) => current);
    assert.equal(await status('/monitor/api', visitor), 200);
    const deleted = await fetch(at(server, `/auth/sessions/${id}`), {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${token}` },
    });
    assert.equal(deleted.status, 200);
    assert.equal(await status('/monitor/api', visitor), 401);
    assert.equal(await status('/monitor/', visitor), 401);
  });

  it('logging out ends the session and takes the cookie back', async () => {
    const visitor = await newVisitor(server);
    const answer = await post(server, '/monitor/logout', {}, { ...here, Cookie: visitor.cookie });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.getSetCookie()[0] ?? '', /^croupier_monitor=;.*Expires=Thu, 01 Jan 1970/);
    assert.equal(await status('/monitor/api', visitor), 401);
    assert.equal(
      (await get(server, '/auth/me', { token: visitor.cookie.split('=')[1] ?? '' })).error.code,
      'UNAUTHORIZED',
    );
  });

  it('a visitor who is frozen or demoted is out with the next request', async () => {
    const [frozen, demoted] = [await newVisitor(server), await newVisitor(server, 'MASTER')];
    await updateStatus(server.database, frozen.userId, 'frozen');
    await updateRole(server.database, demoted.userId, 'PLAYER');
    for (const { userId } of [frozen, demoted]) server.accounts.forgetUser(userId);
    for (const path of ['/monitor/', '/monitor/api', '/monitor/api/room?roomId=calm']) {
      assert.deepEqual([await status(path, frozen), await status(path, demoted)], [403, 403], path);
    }
  });

  it('a page of another site can neither log in, nor log out, nor look', async () => {
    const visitor = await newVisitor(server);
    const { username } = visitor;
    const foreign: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: at(server, '') },
      { Origin: 'https://evil.example.org' },
      { Origin: 'null' },
      { Origin: `http://127.0.0.1:${server.port}.evil.org` },
    ];
    for (const headers of foreign) {
      const told = JSON.stringify(headers);
      const entered = await post(server, '/monitor/login', { username, password: PASSWORD }, headers);
      assert.deepEqual([entered.status, entered.headers.getSetCookie()], [403, []], told);
      const left = await post(server, '/monitor/logout', {}, { ...headers, Cookie: visitor.cookie });
      assert.equal(left.status, 403, told);
      const seen = await fetch(at(server, '/monitor/api'), { headers: { ...headers, Cookie: visitor.cookie } });
      assert.equal(seen.status, 403, told);
    }
    assert.equal(await status('/monitor/api', visitor), 200);
  });

  it('without Sec-Fetch-Site the origin of the own host will do', async () => {
    const { username } = await newPerson(server, 'ADMIN');
    const answer = await post(server, '/monitor/login', { username, password: PASSWORD }, { Origin: at(server, '') });
    assert.equal(answer.status, 303);
  });

  it('calls no method of a room, however that is spelled', async () => {
    const { cookie } = await newVisitor(server);
    const query = '?roomId=calm&method=disconnect&args=%5B%5D';
    const spellings = [
      ...['/monitor/api/room/call', '/monitor/api/room/call/', '/monitor/api/room//call', '/monitor//api/room/call'],
      ...['//monitor/api/room/call', '/Monitor/api/room/call', '/monitor/API/room/call', '/monitor/api/room/CALL'],
      ...[
        '/monitor/api/room%2fcall',
        '/monitor/api/room/%63all',
        '/%6donitor/api/room/call',
        '/monitor/api/room/./call',
      ],
      ...[
        '/monitor/x/../api/room/call',
        '/monitor/api/room;/call',
        '/monitor/api/room/call;x',
        '/monitor/api/room\\call',
      ],
      ...['/monitor/api/room/call%3f', '/monitor/api/room/call%00', '/monitor/assets/../api/room/call'],
      ...['/monitor/assets/..%2fapi/room/call', '/api/room/call', '/monitor/monitor/api/room/call'],
    ];
    for (const method of ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of spellings) {
        const answered = await raw(server, method, path + query, { Cookie: cookie, ...here });
        assert.ok([204, 400, 404].includes(answered), `${method} ${path}: ${answered}`);
        assert.ok(answered !== 204 || method === 'OPTIONS', `${method} ${path}`);
      }
    }
    assert.ok(matchMaker.getLocalRoomById('calm'));
  });

  it('shows a room, its money as text, and nothing that lets anybody in', async () => {
    const visitor = await newVisitor(server);
    const player = await newPlayer(server);
    const guest = await sit(server, 'calm', player);
    assert.equal((await guest.bet('andar', 10_000)).ok, true);
    const shown = await (await visit(server, '/monitor/api/room?roomId=calm', visitor)).text();
    const { clients, state } = JSON.parse(shown);
    assert.deepEqual(
      clients.map(({ userId }: { userId: string }) => userId),
      [player.userId],
    );
    assert.deepEqual([state.totalAndarBets, state.serverSeed], ['10000', '']);
    const { reconnectionToken, sessionId } = guest.room;
    const secrets = [player.token, reconnectionToken.split(':').at(-1) ?? '', sessionId];
    const rooms = await (await visit(server, '/monitor/api', visitor)).text();
    for (const secret of secrets) assert.ok(!shown.includes(secret) && !rooms.includes(secret));
    await guest.leaves();
  });

  it('nothing in the form is repeated, whatever is written into it', async () => {
    const evil = '"><script>alert(1)</script>\r\nSet-Cookie: a=b\u0000';
    for (const fields of [
      { username: evil, password: evil },
      { username: 'x' },
      { username: 'x'.repeat(500), password: '' },
    ]) {
      const answer = await post(server, '/monitor/login', {
        ...fields,
        next: 'https://evil.example.org',
        redirect: '//evil',
      });
      const page = await answer.text();
      assert.equal(answer.status, 400);
      assert.ok(!page.includes('alert(1)') && !page.includes('evil'));
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    const json = await fetch(at(server, '/monitor/login'), { method: 'POST', body: '{"username":"x","password":"y"}' });
    assert.equal(json.status, 400);
    const large = await post(server, '/monitor/login', { username: 'x', password: 'y'.repeat(3_000) });
    assert.equal(large.status, 413);
  });

  it('a room that is not there is NOT_FOUND, however it is asked for', async () => {
    const visitor = await newVisitor(server);
    const queries = [
      '',
      '?roomId=',
      '?roomId=nowhere',
      '?roomId=__proto__',
      '?roomId[]=calm',
      '?roomId=calm&roomId=calm',
    ];
    for (const query of [...queries, '?roomId[$ne]=x', '?roomId=%3Cscript%3E', '?roomid=calm']) {
      const answer = await visit(server, `/monitor/api/room${query}`, visitor);
      assert.equal(answer.status, 404, query);
      assert.ok(!(await answer.text()).includes('script'));
    }
  });

  it('who reloads the answer to a wrong password sees the form again', async () => {
    const answer = await fetch(at(server, '/monitor/login'), { headers: here });
    assert.deepEqual([answer.url, answer.status], [at(server, '/monitor/'), 401]);
  });

  it('cookies that are none are nobody', async () => {
    for (const value of ['', 'x', 'a.b.c', '%', '"', 'undefined', `${'x'.repeat(3_000)}`, '__proto__']) {
      assert.equal(await status('/monitor/api', { cookie: `croupier_monitor=${value}` }), 401, value);
    }
    const { cookie } = await newVisitor(server);
    assert.equal(await status('/monitor/api', { cookie: `x${cookie}` }), 401);
    assert.equal(await status('/monitor/api', { cookie: `a=b; ${cookie}; c=d` }), 200);
  });
});

describe('the monitor behind a proxy, with limits', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })], {
      config: testConfig({ RATE_LIMITS: 'true', TRUST_PROXY: '1' }),
    });
  });
  after(() => server.stop());

  const proxied = { Origin: 'https://casino.example.org', 'X-Forwarded-Host': 'casino.example.org' };

  it('the cookie is for https alone where the visitor came by https', async () => {
    const { username } = await newPerson(server, 'ADMIN');
    const headers = { ...proxied, 'X-Forwarded-Proto': 'https' };
    const answer = await post(server, '/monitor/login', { username, password: PASSWORD }, headers);
    assert.equal(answer.status, 303);
    assert.match(answer.headers.getSetCookie()[0] ?? '', /; Secure/);
  });

  it('S4-03 five attempts a minute, together with those at /auth/login', async () => {
    const { username } = await newPerson(server, 'ADMIN');
    const from = { ...here, 'X-Forwarded-For': '192.0.2.77' };
    for (let attempt = 0; attempt < 3; attempt++) {
      assert.equal((await post(server, '/monitor/login', { username, password: 'wrong' }, from)).status, 401);
    }
    for (let attempt = 0; attempt < 2; attempt++) {
      const body = JSON.stringify({ username, password: 'wrong' });
      const headers = { ...from, 'Content-Type': 'application/json' };
      assert.equal((await fetch(at(server, '/auth/login'), { method: 'POST', headers, body })).status, 401);
    }
    const limited = await post(server, '/monitor/login', { username, password: PASSWORD }, from);
    assert.equal(limited.status, 429);
    assert.ok(Number(limited.headers.get('Retry-After')) > 0);
  });
});

function asCookie(token: string): { cookie: string } {
  return { cookie: `croupier_monitor=${token}` };
}

/** A path as it is written: `fetch` would tidy it up. */
function raw(server: Server, method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
