import assert from 'node:assert/strict';
import { ROLE_ENDED } from '../../rooms/seat-keeper.ts';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { watchClosing } from './protection-support.ts';
import {
  enterBackoffice,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  quickTable,
  send,
  sit,
  start,
  until,
} from './support.ts';

describe('S4-01 S4-07 what is for a MASTER alone', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let master: Player;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
    admin = await newStaff(server, 'ADMIN');
    master = await newStaff(server, 'MASTER');
  });
  after(() => server.stop());

  const setRole = async (by: Player | undefined, userId: string, role: string, reason?: string) => {
    const { status, json } = await send(server, 'PUT', `/master/users/${userId}/role`, by, { role, reason });
    return json.error?.code ?? `${status} ${json.role}`;
  };

  it('sees everything at a glance', async () => {
    const guest = await sit(server, 'calm', await newPlayer(server, 70_000));
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    const overview = await get(server, '/master/overview', master);
    assert.ok(overview.online >= 1);
    assert.deepEqual([overview.tables[0].tableId, overview.tables[0].stakes], ['calm', 1_000]);
    assert.deepEqual(
      overview.people.filter(({ role }: { role: string }) => role === 'MASTER'),
      [{ role: 'MASTER', people: 1, frozen: 0 }],
    );
    assert.equal(overview.books.right, true);
    assert.equal(overview.books.currencies[0].players.real, 69_000);
    assert.equal(overview.pendingAdjustments, 0);
    assert.ok(Array.isArray(overview.acts));
    assert.equal((await send(server, 'GET', '/master/overview', admin)).status, 403);
    assert.equal((await send(server, 'GET', '/master/overview')).status, 401);
    await guest.leaves();
  });

  it('S4-08 gives roles, which count at once and are on record', async () => {
    const somebody = await newPlayer(server, 0);
    assert.equal((await send(server, 'GET', '/admin/games', somebody)).status, 403);
    assert.equal(await setRole(master, somebody.userId, 'ADMIN', 'joins the house'), '200 ADMIN');
    assert.equal((await send(server, 'GET', '/admin/games', somebody)).status, 200);
    const guest = await enterBackoffice(server, somebody);
    const closed = watchClosing(guest);
    assert.equal(await setRole(master, somebody.userId, 'PLAYER'), '200 PLAYER');
    await until(() => closed.code !== 0, 10_000, 'the room to be closed');
    assert.equal(closed.code, ROLE_ENDED);
    const { items } = await get(server, `/admin/audit?target=user:${somebody.userId}`, master);
    assert.deepEqual(
      items.map(({ action, before, after, reason }: Record<string, unknown>) => [action, before, after, reason]),
      [
        ['user.role', { role: 'ADMIN' }, { role: 'PLAYER' }, null],
        ['user.role', { role: 'PLAYER' }, { role: 'ADMIN' }, 'joins the house'],
      ],
    );
  });

  it('never leaves the house without a MASTER', async () => {
    const second = await newStaff(server, 'MASTER');
    assert.equal(await setRole(master, master.userId, 'ADMIN'), 'FORBIDDEN');
    assert.equal(await setRole(admin, second.userId, 'ADMIN'), 'FORBIDDEN');
    assert.equal(await setRole(undefined, second.userId, 'ADMIN'), 'UNAUTHORIZED');
    assert.equal(await setRole(master, newKey(), 'ADMIN'), 'NOT_FOUND');
    assert.equal(await setRole(master, second.userId, 'MASTER'), 'ALREADY_DECIDED');
    assert.equal(await setRole(master, second.userId, 'EMPEROR'), 'INVALID_REQUEST');
    const third = await newStaff(server, 'MASTER');
    const both = await Promise.all([setRole(second, third.userId, 'ADMIN'), setRole(third, second.userId, 'ADMIN')]);
    assert.deepEqual(both.sort(), ['200 ADMIN', 'FORBIDDEN']);
  });

  it('S4-49 the house finds people by a part of their name, role and status, page by page', async () => {
    const people = [await newPlayer(server, 0), await newPlayer(server, 0), await newPlayer(server, 0)];
    const find = async (query: string) => (await get(server, `/admin/users?${query}`, admin)).items;
    const [one] = people as [Player];
    const [found] = await find(`search=${one.username.toUpperCase()}`);
    assert.deepEqual([found.id, found.role, found.status, found.email], [one.userId, 'PLAYER', 'active', null]);
    assert.equal('passwordHash' in found, false);
    assert.deepEqual(
      (await find(`search=${one.userId}`)).map(({ id }: { id: string }) => id),
      [one.userId],
    );
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await get(server, `/admin/users?search=player-&limit=2${cursor}`, admin);
      ids.push(...page.items.map(({ id }: { id: string }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    assert.deepEqual(ids, ids.toSorted().reverse());
    for (const { userId } of people) assert.equal(ids.filter((id) => id === userId).length, 1);
    assert.equal(
      (await find('role=MASTER')).every(({ role }: { role: string }) => role === 'MASTER'),
      true,
    );
    assert.deepEqual(await find('status=frozen&search=%25'), []);
    assert.equal((await send(server, 'GET', '/admin/users', one)).status, 403);
  });

  it('S4-50 the audit log is searched by time and saved as a file', async () => {
    const somebody = await newPlayer(server, 0);
    const before = new Date().toISOString();
    assert.equal(await setRole(master, somebody.userId, 'COLLECTOR', '=1+1, "so"'), '200 COLLECTOR');
    const target = `target=user:${somebody.userId}`;
    const seen = async (query: string) => (await get(server, `/admin/audit?${target}&${query}`, admin)).items.length;
    assert.equal(await seen(`from=${before}`), 1);
    assert.equal(await seen(`to=${before}`), 0);
    assert.equal(await seen('from=2000-01-01&to=2000-01-02'), 0);
    const response = await fetch(`http://127.0.0.1:${server.port}/admin/audit?${target}&format=csv`, {
      headers: { Authorization: `Bearer ${admin.token}` },
    });
    assert.match(response.headers.get('Content-Disposition') ?? '', /filename="?audit\.csv/);
    const [head, line] = (await response.text()).split('\r\n');
    assert.equal(head, 'seq,at,adminId,role,action,target,amount,before,after,reason,hash');
    assert.match(line ?? '', /"\{""role"":""PLAYER""\}","\{""role"":""COLLECTOR""\}","'=1\+1, ""so""",[0-9a-f]{64}$/);
    assert.equal((await send(server, 'GET', '/admin/audit?limit=101', admin)).status, 400);
  });
});
