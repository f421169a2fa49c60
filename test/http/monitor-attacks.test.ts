import assert from 'node:assert/strict';
import { request } from 'node:http';
import { matchMaker } from '@colyseus/core';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { quickTable, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { at, here, newPerson, newVisitor, post, visit } from './monitor-support.ts';

describe('whoever tries the doors of the monitor', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(() => server.stop());

  const status = async (path: string, by: { cookie: string }) => (await visit(server, path, by)).status;

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

  it('cookies that are none are nobody', async () => {
    for (const value of ['', 'x', 'a.b.c', '%', '"', 'undefined', `${'x'.repeat(3_000)}`, '__proto__']) {
      assert.equal(await status('/monitor/api', { cookie: `croupier_monitor=${value}` }), 401, value);
    }
    const { cookie } = await newVisitor(server);
    assert.equal(await status('/monitor/api', { cookie: `x${cookie}` }), 401);
    assert.equal(await status('/monitor/api', { cookie: `a=b; ${cookie}; c=d` }), 200);
  });
});

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
