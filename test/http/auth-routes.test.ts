import assert from 'node:assert/strict';
import { isUuid, uuid7 } from '../../src/ids.ts';
import { newName, PASSWORD } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { assertError, join, useHttp } from './support.ts';

describe('the account routes', () => {
  const database = useDatabase();
  const http = useHttp(database);

  it('POST /auth/register answers 201 with the user and a pair of tokens', async () => {
    const body = { username: 'Asha', password: PASSWORD, email: 'asha@example.org' };
    const { status, json } = await http.call('POST', '/auth/register', { body });
    assert.equal(status, 201);
    assert.deepEqual(Object.keys(json).sort(), ['accessToken', 'expiresIn', 'refreshToken', 'user']);
    const { id, createdAt, ...user } = json.user;
    assert.deepEqual(user, { username: 'Asha', role: 'PLAYER', email: 'asha@example.org' });
    assert.ok(isUuid(id));
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    assert.equal(json.expiresIn, 900);
  });

  it('a taken name and an unknown referral code are refused INVALID_REQUEST', async () => {
    const { user } = await join(http);
    const taken = await http.call('POST', '/auth/register', { body: { username: user.username, password: PASSWORD } });
    assertError(taken, 400, 'INVALID_REQUEST');
    assert.equal(taken.json.error.message, 'This username is taken.');
    const body = { username: newName(), password: PASSWORD, referralCode: 'nobody' };
    assertError(await http.call('POST', '/auth/register', { body }), 400, 'INVALID_REQUEST');
  });

  it('POST /auth/login answers the user and tokens, and one message for every failure', async () => {
    const { user } = await join(http);
    const good = await http.call('POST', '/auth/login', { body: { username: user.username, password: PASSWORD } });
    assert.equal(good.status, 200);
    assert.equal(good.json.user.id, user.id);
    assert.equal(good.headers.get('Cache-Control'), 'no-store');
    const failures = [
      { username: user.username, password: 'wrong horse' },
      { username: newName(), password: PASSWORD },
      { username: "' or 1=1 --", password: PASSWORD },
    ];
    const answers = await Promise.all(failures.map((body) => http.call('POST', '/auth/login', { body })));
    for (const answer of answers) {
      assertError(answer, 401, 'UNAUTHORIZED');
      assert.deepEqual(answer.json, answers[0]?.json);
    }
  });

  it('POST /auth/refresh rotates; an old one ends the family', async () => {
    const { refreshToken: first } = await join(http);
    const second = await http.call('POST', '/auth/refresh', { body: { refreshToken: first } });
    assert.equal(second.status, 200);
    assertError(await http.call('POST', '/auth/refresh', { body: { refreshToken: first } }), 401, 'UNAUTHORIZED');
    const { refreshToken, accessToken } = second.json;
    assertError(await http.call('POST', '/auth/refresh', { body: { refreshToken } }), 401, 'UNAUTHORIZED');
    assertError(await http.call('GET', '/auth/me', { token: accessToken }), 401, 'UNAUTHORIZED');
    assert.match(http.logged(), /a used refresh token came back/);
  });

  it('POST /auth/refresh works beside an access token that has expired', async () => {
    const { refreshToken, accessToken } = await join(http);
    http.clock().advance(16 * 60_000);
    assertError(await http.call('GET', '/auth/me', { token: accessToken }), 401, 'UNAUTHORIZED');
    const { status } = await http.call('POST', '/auth/refresh', { body: { refreshToken }, token: accessToken });
    assert.equal(status, 200);
  });

  it('of two refreshes at once exactly one wins', async () => {
    const { refreshToken } = await join(http);
    const answers = await Promise.all([1, 2].map(() => http.call('POST', '/auth/refresh', { body: { refreshToken } })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401]);
  });

  it('GET /auth/me answers who is signed in', async () => {
    const { user, accessToken } = await join(http);
    const { status, json } = await http.call('GET', '/auth/me', { token: accessToken });
    assert.equal(status, 200);
    assert.deepEqual(json, user);
  });

  it('S4-08 without a good token everything guarded answers 401 and says which kind it wants', async () => {
    const { accessToken } = await join(http);
    const routes = [
      ['GET', '/auth/me'],
      ['GET', '/auth/sessions'],
      ['POST', '/auth/logout'],
      ['DELETE', `/auth/sessions/${uuid7(Date.now())}`],
    ] as const;
    for (const [method, path] of routes) {
      for (const Authorization of ['', 'Bearer', 'Bearer x.y.z', `Basic ${accessToken}`, `Bearer ${accessToken}x`]) {
        const answer = await http.call(method, path, { headers: { Authorization } });
        assertError(answer, 401, 'UNAUTHORIZED');
        assert.equal(answer.headers.get('WWW-Authenticate'), 'Bearer');
      }
    }
  });

  it('POST /auth/logout ends the session, with a body or without', async () => {
    for (const body of [undefined, {}, { refreshToken: 'whatever' }]) {
      const { accessToken: token } = await join(http);
      const { status, json } = await http.call('POST', '/auth/logout', { token, ...(body && { body }) });
      assert.deepEqual([status, json], [200, { ok: true }]);
      assertError(await http.call('GET', '/auth/me', { token }), 401, 'UNAUTHORIZED');
    }
  });

  it('GET /auth/sessions lists the own sessions and marks the one that asks', async () => {
    const { user, accessToken } = await join(http);
    const body = { username: user.username, password: PASSWORD };
    const login = await http.call('POST', '/auth/login', { body, headers: { 'User-Agent': 'phone' } });
    const token = login.json.accessToken;
    const { json } = await http.call('GET', '/auth/sessions', { token });
    assert.deepEqual(
      json.items.map(({ userAgent, current }: { userAgent: string; current: boolean }) => [userAgent, current]),
      [
        ['phone', true],
        ['node', false],
      ],
    );
    assert.equal(json.nextCursor, null);
    const page = await http.call('GET', '/auth/sessions?limit=1', { token });
    const next = await http.call('GET', `/auth/sessions?limit=1&cursor=${page.json.nextCursor}`, {
      token: accessToken,
    });
    assert.deepEqual([next.json.items[0].current, next.json.nextCursor], [true, null]);
  });

  it('DELETE /auth/sessions/:id ends one of the own, and finds nobody else’s', async () => {
    const [ann, ben] = [await join(http), await join(http)];
    const list = await http.call('GET', '/auth/sessions', { token: ben.accessToken });
    const path = `/auth/sessions/${list.json.items[0].id}`;
    assertError(await http.call('DELETE', path, { token: ann.accessToken }), 404, 'NOT_FOUND');
    const { status } = await http.call('DELETE', path, { token: ben.accessToken });
    assert.equal(status, 200);
    assertError(await http.call('GET', '/auth/me', { token: ben.accessToken }), 401, 'UNAUTHORIZED');
    assertError(await http.call('DELETE', '/auth/sessions/7', { token: ann.accessToken }), 400, 'INVALID_REQUEST');
  });
});

describe('the account routes, told nonsense', () => {
  const database = useDatabase();
  const http = useHttp(database);
  const register = (body: unknown) => http.call('POST', '/auth/register', { body });

  it('refuses names and passwords out of bounds, and says which field', async () => {
    const names = [
      'ab',
      'x'.repeat(33),
      'with space',
      'a/b',
      '.hidden',
      'ünï',
      '',
      '__proto__',
      'constructor',
      'System',
    ];
    for (const username of names) {
      const answer = await register({ username, password: PASSWORD });
      assertError(answer, 400, 'INVALID_REQUEST');
      assert.equal(answer.json.error.details[0].path, 'username', username);
    }
    for (const password of ['', 'seven77', 'x'.repeat(129)]) {
      const answer = await register({ username: newName(), password });
      assertError(answer, 400, 'INVALID_REQUEST');
      assert.equal(answer.json.error.details[0].path, 'password');
    }
  });

  it('refuses wrong types, missing and unknown fields', async () => {
    const username = newName();
    const bodies = [
      {},
      [],
      null,
      { username },
      { username, password: 12345678 },
      { username, password: { $ne: '' } },
      { username: [username], password: PASSWORD },
      { username, password: PASSWORD, role: 'MASTER' },
      { username, password: PASSWORD, email: 'nobody' },
      { username, password: PASSWORD, referralCode: 7 },
    ];
    for (const body of bodies) assertError(await register(body), 400, 'INVALID_REQUEST');
    assertError(await http.call('POST', '/auth/register'), 400, 'INVALID_REQUEST');
  });

  it('refuses what is not JSON, not an object, poisoned or of another type', async () => {
    const good = `"username":"${newName()}","password":"${PASSWORD}"`;
    const bodies = ['{', 'NaN', `{${good},"n":NaN}`, '"text"', '7', `{${good},"__proto__":{"role":"MASTER"}}`];
    bodies.push(
      `{"username":"a\\u0000bc","password":"${PASSWORD}"}`,
      `{"username":"abc","password":"12345678\\u0000"}`,
    );
    for (const body of bodies) assertError(await register(body), 400, 'INVALID_REQUEST');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      const answer = await http.call('POST', '/auth/register', {
        body: `{${good}}`,
        headers: { 'Content-Type': type },
      });
      assertError(answer, 415, 'INVALID_REQUEST');
    }
    const latin = { 'Content-Type': 'application/json; charset=latin1' };
    assertError(
      await http.call('POST', '/auth/register', { body: `{${good}}`, headers: latin }),
      415,
      'INVALID_REQUEST',
    );
  });

  it('refuses a body over 16 kB with 413', async () => {
    assertError(await register({ username: 'x'.repeat(17_000), password: PASSWORD }), 413, 'INVALID_REQUEST');
  });

  it('refuses unknown and malformed query parameters', async () => {
    const { accessToken: token } = await join(http);
    for (const query of ['limit=0', 'limit=101', 'limit=NaN', 'limit=1&limit=2', 'cursor=7', 'cursor=%00', 'x=1']) {
      assertError(await http.call('GET', `/auth/sessions?${query}`, { token }), 400, 'INVALID_REQUEST');
    }
    assertError(await http.call('DELETE', '/auth/sessions/%E0%A4%A', { token }), 400, 'INVALID_REQUEST');
    assertError(await http.call('DELETE', '/auth/sessions/%00', { token }), 400, 'INVALID_REQUEST');
  });

  it('refuses refresh tokens that never were, of any size', async () => {
    for (const refreshToken of ['x', 'x'.repeat(128)]) {
      assertError(await http.call('POST', '/auth/refresh', { body: { refreshToken } }), 401, 'UNAUTHORIZED');
    }
    for (const refreshToken of ['', 'x'.repeat(129), 7, null]) {
      assertError(await http.call('POST', '/auth/refresh', { body: { refreshToken } }), 400, 'INVALID_REQUEST');
    }
  });

  it('leaves no password and no token in the log', async () => {
    const { accessToken, refreshToken } = await join(http);
    await http.call('GET', `/auth/me?token=${accessToken}`, { token: accessToken });
    await http.call('POST', '/auth/refresh', { body: { refreshToken } });
    await http.call('POST', '/auth/login', { body: { username: 'nobody', password: PASSWORD } });
    const log = http.logged();
    assert.match(log, /"path":"\/auth\/me"/);
    for (const secret of [accessToken, refreshToken, PASSWORD]) assert.ok(!log.includes(secret));
  });
});

describe('the account routes, in a hurry', () => {
  const database = useDatabase();
  const http = useHttp(database, { environment: { RATE_LIMITS: 'true' } });

  it('S4-03 the sixth login of a minute is refused RATE_LIMITED, the right password included', async () => {
    const { user } = await join(http);
    for (let attempt = 0; attempt < 5; attempt++) {
      const body = { username: user.username, password: 'wrong horse' };
      assertError(await http.call('POST', '/auth/login', { body }), 401, 'UNAUTHORIZED');
    }
    const answer = await http.call('POST', '/auth/login', { body: { username: user.username, password: PASSWORD } });
    assertError(answer, 429, 'RATE_LIMITED');
    const wait = Number(answer.headers.get('Retry-After'));
    assert.ok(wait > 50 && wait <= 60, String(wait));
  });

  it('S4-03 the eleventh request of a second is refused RATE_LIMITED; another person’s is not', async () => {
    const [ann, ben] = [await join(http), await join(http)];
    const calls = Array.from({ length: 12 }, () => http.call('GET', '/auth/me', { token: ann.accessToken }));
    const answers = await Promise.all(calls);
    assert.equal(answers.filter(({ status }) => status === 200).length, 10);
    const refused = answers.find(({ status }) => status === 429);
    assert.equal(refused?.headers.get('Retry-After'), '1');
    assert.equal((await http.call('GET', '/auth/me', { token: ben.accessToken })).status, 200);
  });
});
