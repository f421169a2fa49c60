import assert from 'node:assert/strict';
import { updateRole, updateStatus } from '../../src/accounts/store.ts';
import { createLogger } from '../../src/log.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { get, newPlayer, quickTable, sit, start, testConfig } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { asCookie, at, cookieIn, here, newPerson, newVisitor, post, visit } from './monitor-support.ts';

const ASSET = /assets\/index-[\w-]+\.js/;

describe('the monitor', () => {
  const database = useDatabase();
  let server: Server;
  const logged: string[] = [];
  before(async () => {
    const log = createLogger('trace', { write: (line) => void logged.push(line) });
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })], { log });
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
      assert.ok(rooms.some(({ roomId }) => roomId === 'calm'));
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

  it('S4-50 and which rooms are opened there, each once a session, before it is shown', async () => {
    const { userId, token } = await newPerson(server, 'ADMIN');
    const open = (path: string) => visit(server, path, asCookie(token));
    const lines = async () =>
      (
        await database.admin().query('select action, target from audit_log where actor = $1 order by seq', [userId])
      ).rows.map(({ action, target }) => `${action} ${target}`);
    assert.equal((await open('/monitor/api')).status, 200);
    assert.equal((await open('/monitor/api/room?roomId=nowhere')).status, 404);
    assert.equal((await open('/monitor/api/room?roomId=calm&roomId=backoffice')).status, 404);
    const [entered, ...others] = await lines();
    assert.match(entered ?? '', /^monitor\.login session:/);
    assert.deepEqual(others, []);
    const { act } = server.backoffice;
    Object.assign(server.backoffice, { act: () => Promise.reject(new Error('a bug')) });
    assert.equal((await open('/monitor/api/room?roomId=calm')).status, 500);
    Object.assign(server.backoffice, { act });
    const both = ['calm', 'calm'].map((roomId) => open(`/monitor/api/room?roomId=${roomId}`));
    for (const { status } of await Promise.all(both)) assert.equal(status, 200);
    assert.equal((await open('/monitor/api/room?roomId=backoffice')).status, 200);
    assert.equal((await open('/monitor/api/room?roomId=calm')).status, 200);
    assert.deepEqual(await lines(), [entered, 'monitor.room room:calm', 'monitor.room room:backoffice']);
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

  it('logging out ends the session and takes the cookie back; no log ever held it', async () => {
    const visitor = await newVisitor(server);
    const answer = await post(server, '/monitor/logout', {}, { ...here, Cookie: visitor.cookie });
    assert.equal(answer.status, 303);
    const { length } = logged.filter((line) => line.includes(visitor.userId));
    assert.ok(length > 0);
    const token = visitor.cookie.split('=')[1] ?? '';
    for (const secret of [token, PASSWORD]) assert.ok(!logged.some((line) => line.includes(secret)));
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

  it('who reloads the answer to a wrong password sees the form again', async () => {
    const answer = await fetch(at(server, '/monitor/login'), { headers: here });
    assert.deepEqual([answer.url, answer.status], [at(server, '/monitor/'), 401]);
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
