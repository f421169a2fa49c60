import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { newStaff, type Player, quickTable, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const NEW = {
  ...{ name: 'Night table', payTable: 'three-window', currency: 'INR', minBet: 1_000, maxBet: 100_000 },
  ...{ exposureCap: 10_000_000, bettingMs: 5_000, dealingMs: 500, pauseMs: 500, enabled: false },
};

describe('the routes of the back office', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let master: Player;

  before(async () => {
    server = await start(database, [quickTable('first', { paused: true })]);
    admin = await newStaff(server, 'ADMIN');
    master = await newStaff(server, 'MASTER');
  });
  after(() => server.stop());

  const ask = (method: string, path: string, body?: unknown, person = admin) =>
    send(server, method, path, person, body);
  const refused = async (method: string, path: string, body: unknown, status: number, code: string, at?: string) => {
    const { status: actual, json } = await ask(method, path, body);
    assert.deepEqual([actual, json.error?.code], [status, code], JSON.stringify(json));
    if (at !== undefined) assert.equal(json.error.details[0].path, at);
  };
  const lines = async (query = '') => (await ask('GET', `/admin/audit?limit=100${query}`)).json.items;

  const routes: readonly [string, string, unknown?][] = [
    ['GET', '/admin/games'],
    ['GET', '/admin/games/first'],
    ['POST', '/admin/games', { ...NEW, id: 'forbidden' }],
    ['PUT', '/admin/games/first', { minBet: 5, reason: 'why' }],
    ['POST', '/admin/games/first/pause', { reason: 'why' }],
    ['POST', '/admin/games/first/resume', { reason: 'why' }],
    ['GET', '/admin/audit'],
  ];
  for (const [method, path, body] of routes) {
    it(`S4-08 ${method} ${path} is for ADMIN and MASTER`, async () => {
      const before = (await lines()).length;
      for (const role of ['PLAYER', 'PARTNER', 'COLLECTOR'] as const) {
        const { status, json } = await ask(method, path, body, await newStaff(server, role));
        assert.deepEqual([status, json.error.code], [403, 'FORBIDDEN'], role);
      }
      const { status, json } = await send(server, method, path, undefined, body);
      assert.deepEqual([status, json.error.code], [401, 'UNAUTHORIZED']);
      assert.equal((await lines()).length, before, 'nothing was done');
      if (method === 'GET')
        for (const who of [admin, master]) assert.equal((await ask(method, path, body, who)).status, 200);
    });
  }

  it('a table is created, found and changed, each act on record with before, after and reason', async () => {
    const made = await ask('POST', '/admin/games', { ...NEW, id: 'night', maxPlayerStake: 50_000 });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const { createdAt, ...game } = made.json;
    assert.ok(Date.parse(createdAt) > 0);
    assert.deepEqual(game, {
      ...{ ...NEW, id: 'night', tableId: 'night', maxPlayerStake: 50_000 },
      ...{ paused: false, pauseReason: null, rulesVersion: null },
    });
    const changed = await ask(
      'PUT',
      '/admin/games/night',
      { minBet: 2_000, maxPlayerStake: null, reason: 'quiet' },
      master,
    );
    assert.deepEqual([changed.status, changed.json.minBet, changed.json.maxPlayerStake], [200, 2_000, null]);
    assert.equal((await ask('GET', '/admin/games/night')).json.minBet, 2_000);
    const { items } = (await ask('GET', '/admin/games')).json;
    assert.deepEqual(
      items.map(({ id, enabled }: { id: string; enabled: boolean }) => [id, enabled]),
      [
        ['first', true],
        ['night', false],
      ],
    );
    const [change, create] = await lines('&target=game:night');
    const { currency, ...rules } = NEW;
    assert.deepEqual([create.action, create.adminId, create.role], ['game.create', admin.userId, 'ADMIN']);
    assert.deepEqual(create.after, { ...rules, currency, maxPlayerStake: 50_000 });
    assert.deepEqual([change.action, change.adminId, change.reason], ['game.change', master.userId, 'quiet']);
    assert.deepEqual(change.before, { minBet: 1_000, maxPlayerStake: 50_000 });
    assert.deepEqual(change.after, { minBet: 2_000, maxPlayerStake: null });
  });

  const bad: readonly [string, object, string][] = [
    ['an id with capitals', { id: 'Night' }, 'id'],
    ['the name of another room', { id: 'backoffice' }, 'id'],
    ['no name', { name: '  ' }, 'name'],
    ['another currency', { currency: 'USD' }, 'currency'],
    ['a pay table that nobody knows', { payTable: 'generous' }, 'payTable'],
    ['a maximum below the minimum', { maxBet: 999 }, 'maxBet'],
    ['a minimum of nothing', { minBet: 0 }, 'minBet'],
    ['an amount beyond all measure', { exposureCap: 1e15 + 1 }, 'exposureCap'],
    ['half a paisa', { minBet: 10.5 }, 'minBet'],
    ['a stake per player below the minimum', { maxPlayerStake: 999 }, 'maxPlayerStake'],
    ['an exposure that takes no bet', { exposureCap: 999 }, 'exposureCap'],
    ['windows nobody can bet in', { bettingMs: 10 }, 'bettingMs'],
    ['windows without an end', { bettingMs: 86_400_000 }, 'bettingMs'],
    ['cards in no time', { dealingMs: 0 }, 'dealingMs'],
    ['something else as well', { outcome: 'andar' }, ''],
  ];
  for (const [what, more, at] of bad) {
    it(`a table with ${what} is refused`, async () => {
      await refused('POST', '/admin/games', { ...NEW, id: 'bad', ...more }, 400, 'INVALID_REQUEST', at);
      await refused('GET', '/admin/games/bad', undefined, 404, 'NOT_FOUND');
    });
  }

  it('what cannot be changed like that is refused, and nothing of it stays', async () => {
    await ask('POST', '/admin/games', { ...NEW, id: 'stays' });
    const before = (await ask('GET', '/admin/games/stays')).json;
    const written = (await lines()).length;
    const put = (body: object) => ['PUT', '/admin/games/stays', body] as const;
    await refused(...put({ minBet: 100_001, reason: 'why' }), 400, 'INVALID_REQUEST', 'maxBet');
    await refused(...put({ name: 'x', payTable: 'generous', reason: 'why' }), 400, 'INVALID_REQUEST', 'payTable');
    await refused(...put({ name: 'Night table', minBet: 1_000, reason: 'why' }), 409, 'ALREADY_DECIDED');
    await refused(...put({ reason: 'why' }), 400, 'INVALID_REQUEST');
    await refused(...put({ minBet: 2_000 }), 400, 'INVALID_REQUEST', 'reason');
    await refused(...put({ minBet: 2_000, reason: 'a\u0007b' }), 400, 'INVALID_REQUEST', 'reason');
    await refused(...put({ currency: 'INR', reason: 'why' }), 400, 'INVALID_REQUEST');
    await refused('PUT', '/admin/games/nowhere', { minBet: 2_000, reason: 'why' }, 404, 'NOT_FOUND');
    await refused('POST', '/admin/games', { ...NEW, id: 'stays' }, 409, 'ALREADY_DECIDED');
    await refused('POST', '/admin/games/nowhere/pause', { reason: 'why' }, 404, 'NOT_FOUND');
    await refused('POST', '/admin/games/stays/pause', {}, 400, 'INVALID_REQUEST', 'reason');
    await refused('POST', '/admin/games/stays/resume', { reason: 'why' }, 409, 'ALREADY_DECIDED');
    assert.deepEqual((await ask('GET', '/admin/games/stays')).json, before);
    assert.equal((await lines()).length, written);
  });

  it('of two admins who pause a table at once one is told that it was decided', async () => {
    await ask('POST', '/admin/games', { ...NEW, id: 'both' });
    for (const [verb, paused] of [
      ['pause', true],
      ['resume', false],
    ] as const) {
      const both = await Promise.all(
        [admin, master].map((who) => ask('POST', `/admin/games/both/${verb}`, { reason: `${verb} it` }, who)),
      );
      assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
      const { json } = await ask('GET', '/admin/games/both');
      assert.deepEqual([json.paused, json.pauseReason], [paused, paused ? 'pause it' : null]);
      const written = await lines(`&target=game:both&action=game.${verb}`);
      assert.deepEqual(
        written.map(({ before, after, reason }: Record<string, unknown>) => [before, after, reason]),
        [[{ paused: !paused }, { paused }, `${verb} it`]],
      );
    }
  });

  it('the audit log is read in pages, by actor, action and target', async () => {
    const all = await lines();
    assert.ok(all.length >= 4);
    const first = (await ask('GET', '/admin/audit?limit=2')).json;
    const second = (await ask('GET', `/admin/audit?limit=2&cursor=${first.nextCursor}`)).json;
    assert.deepEqual([...first.items, ...second.items], all.slice(0, 4));
    const byMaster = await lines(`&actor=${master.userId}`);
    assert.ok(byMaster.length > 0);
    assert.deepEqual(
      byMaster,
      all.filter(({ adminId }: { adminId: string }) => adminId === master.userId),
    );
    assert.deepEqual(await lines('&action=nothing'), []);
    await refused('GET', '/admin/audit?actor=me', undefined, 400, 'INVALID_REQUEST', 'actor');
    await refused('GET', '/admin/audit?cursor=-1', undefined, 400, 'INVALID_REQUEST', 'cursor');
  });
});
