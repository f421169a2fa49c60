import assert from 'node:assert/strict';
import { SESSION_ENDED } from '../../rooms/seat-keeper.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { watchClosing } from './protection-support.ts';
import { assertBooks, get, newPlayer, newStaff, type Player, quickTable, send, sit, start, until } from './support.ts';

describe('freezing an account', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let master: Player;
  let player: Player;

  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
    admin = await newStaff(server, 'ADMIN');
    master = await newStaff(server, 'MASTER');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  beforeEach(async () => {
    player = await newPlayer(server);
  });

  const freeze = async (by: Player | undefined, whom: { userId: string }, frozen = true, reason = 'a reason') => {
    const { status, json } = await send(server, 'PUT', `/admin/users/${whom.userId}/freeze`, by, { frozen, reason });
    return json.error?.code ?? [status, json.status].join(' ');
  };
  const login = ({ username }: Player) =>
    send(server, 'POST', '/auth/login', undefined, { username, password: PASSWORD });

  it('ends every session and closes its sockets; who is frozen cannot sign in, until released', async () => {
    const elsewhere = await login(player);
    const guests = await Promise.all([
      sit(server, 'calm', player),
      sit(server, 'calm', { token: elsewhere.json.accessToken }),
    ]);
    const closed = guests.map(watchClosing);
    assert.equal((await guests[0]?.bet('andar', 1_000))?.ok, true);
    assert.equal(await freeze(admin, player), '200 frozen');
    await until(() => closed.every(({ code }) => code !== 0), 10_000, 'the connections to be closed');
    assert.deepEqual(closed, [{ code: SESSION_ENDED }, { code: SESSION_ENDED }]);
    assert.deepEqual((await login(player)).json.error.code, 'ACCOUNT_FROZEN');
    assert.equal((await send(server, 'GET', '/auth/me', player)).status, 401);
    await assert.rejects(sit(server, 'calm', player));

    assert.equal(await freeze(admin, player, false), '200 active');
    assert.equal((await send(server, 'GET', '/auth/me', player)).status, 401, 'its sessions are over for good');
    const { refreshToken } = elsewhere.json;
    assert.equal((await send(server, 'POST', '/auth/refresh', undefined, { refreshToken })).status, 401);
    const back = await login(player);
    assert.equal(back.status, 200);
    const total = (await get(server, '/wallets/me', { token: back.json.accessToken })).total;
    assert.equal(total, 99_000, 'the bet stands');
  });

  it('is on record with its reason', async () => {
    await freeze(admin, player, true, 'chargeback');
    await freeze(master, player, false, 'cleared up');
    const { items } = await get(server, `/admin/audit?target=user:${player.userId}`, master);
    assert.deepEqual(
      items.map(({ adminId, action, before, after, reason }: Record<string, unknown>) => {
        return { adminId, action, before, after, reason };
      }),
      [
        {
          ...{ adminId: master.userId, action: 'user.release', reason: 'cleared up' },
          ...{ before: { status: 'frozen' }, after: { status: 'active' } },
        },
        {
          ...{ adminId: admin.userId, action: 'user.freeze', reason: 'chargeback' },
          ...{ before: { status: 'active' }, after: { status: 'frozen' } },
        },
      ],
    );
  });

  it('is for people of the house, of others than themselves, and of a MASTER for a MASTER alone', async () => {
    const second = await newStaff(server, 'MASTER');
    const colleague = await newStaff(server, 'ADMIN');
    assert.equal(await freeze(undefined, player), 'UNAUTHORIZED');
    assert.equal(await freeze(player, admin), 'FORBIDDEN');
    assert.equal(await freeze(admin, admin), 'FORBIDDEN');
    assert.equal(await freeze(master, master), 'FORBIDDEN');
    assert.equal(await freeze(admin, second), 'FORBIDDEN');
    assert.equal(await freeze(admin, colleague), '200 frozen');
    assert.equal(await freeze(colleague, player), 'UNAUTHORIZED', 'who was frozen does nothing any more');
    assert.equal(await freeze(master, second), '200 frozen');
    assert.equal(await freeze(admin, second, false), 'FORBIDDEN');
    assert.equal(await freeze(master, second, false), '200 active');
    assert.equal((await get(server, `/admin/audit?target=user:${player.userId}`, master)).items.length, 0);
  });

  it('of an ADMIN is every colleague’s brake, and a MASTER’s to take off', async () => {
    const [stopped, colleague] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'ADMIN')];
    const release = (by: Player) => {
      const wish = { frozen: false, reason: 'a reason' };
      return send(server, 'PUT', `/admin/users/${stopped.userId}/freeze`, by, wish);
    };
    for (const by of [master, colleague]) {
      assert.equal(await freeze(by, stopped), '200 frozen');
      for (const another of [admin, colleague]) {
        const { status, json } = await release(another);
        assert.deepEqual([status, json.error.code], [403, 'FORBIDDEN']);
        assert.match(json.error.message, /MASTER alone/);
      }
      assert.equal((await login(stopped)).json.error.code, 'ACCOUNT_FROZEN');
      assert.equal((await release(master)).json.status, 'active');
    }
    const { items } = await get(server, `/admin/audit?target=user:${stopped.userId}`, master);
    assert.equal(items.length, 4, 'what was refused left no line');
  });

  it('happens once: again, for nobody or without a reason it is refused', async () => {
    const both = await Promise.all([freeze(admin, player), freeze(master, player)]);
    assert.deepEqual(both.sort(), ['200 frozen', 'ALREADY_DECIDED']);
    assert.equal(await freeze(admin, player), 'ALREADY_DECIDED');
    assert.equal(await freeze(admin, { userId: '00000000-0000-7000-8000-000000000000' }), 'NOT_FOUND');
    assert.equal(await freeze(admin, { userId: 'nobody' }), 'INVALID_REQUEST');
    assert.equal(await freeze(admin, player, false, ' '), 'INVALID_REQUEST');
  });
});
