import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey } from '../../src/partners/api-keys.ts';
import { refuse } from '../../src/refusal.ts';
import type { Server } from '../../src/server.ts';
import { get, newPlayer, newStaff, type Player, send, start, testConfig, until } from '../journeys/support.ts';
import { newPartner } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import { lockWaits } from '../support/lock-waits.ts';

describe('API keys of partners', () => {
  const database = useDatabase();
  let server: Server;
  let partner: Player;
  let admin: Player;
  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
    partner = await newPlayer(server, 0);
    const { status } = await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId });
    assert.equal(status, 201);
  });
  after(() => server.stop());

  const make = async (body: object = {}) =>
    (await send(server, 'POST', '/partner/api-keys', partner, { name: 'report', ...body })).json;
  const by = (key: string, path: string, method = 'GET', body?: object) =>
    send(server, method, path, undefined, body, { 'X-Api-Key': key });
  const codeOf = async (answer: Promise<{ status: number; json: { error?: { code: string } } }>) =>
    (await answer).json.error?.code ?? (await answer).status;

  it('are shown once, kept as a hash, and open what they are for', async () => {
    const { key, id, prefix, scopes, addresses } = await make();
    assert.match(key, /^cpk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual([prefix, scopes, addresses], [key.slice(0, 12), ['reports'], []]);
    const listed = await get(server, '/partner/api-keys', partner);
    assert.equal(listed.items[0].id, id);
    assert.equal(JSON.stringify(listed).includes(key), false);
    const { rows } = await database.admin().query('select to_jsonb(k)::text as row from partner_api_key k');
    assert.ok(rows.every(({ row }) => !row.includes(key) && !row.includes(key.slice(13))));
    assert.equal((await by(key, '/partner/summary')).json.userId, partner.userId);
    assert.equal((await by(key, '/partner/earnings?groupBy=game')).status, 200);
    assert.equal(await codeOf(by(key, '/partner/statements')), 'FORBIDDEN');
    assert.notEqual((await get(server, '/partner/api-keys', partner)).items[0].lastUsedAt, null);
  });

  it('open nothing but reports: no keys are made, seen or revoked with one, and no account is', async () => {
    const { key, id } = await make({ scopes: ['reports', 'statements', 'postbacks'] });
    assert.equal(await codeOf(by(key, '/partner/api-keys', 'POST', { name: 'more' })), 'UNAUTHORIZED');
    assert.equal(await codeOf(by(key, '/partner/api-keys')), 'UNAUTHORIZED');
    assert.equal(await codeOf(by(key, `/partner/api-keys/${id}`, 'DELETE')), 'UNAUTHORIZED');
    for (const path of ['/wallets/me', '/auth/me', '/admin/partners']) {
      assert.equal(await codeOf(by(key, path)), 'UNAUTHORIZED');
    }
  });

  it('are revoked for good, by their owner alone', async () => {
    const { key, id } = await make();
    const other = await newPlayer(server, 0);
    await send(server, 'POST', '/admin/partners', admin, { userId: other.userId });
    assert.equal(await codeOf(send(server, 'DELETE', `/partner/api-keys/${id}`, other)), 'NOT_FOUND');
    assert.equal((await by(key, '/partner/summary')).status, 200);
    assert.equal(await codeOf(send(server, 'DELETE', `/partner/api-keys/${id}`, partner)), 200);
    assert.equal(await codeOf(by(key, '/partner/summary')), 'UNAUTHORIZED');
    assert.equal(await codeOf(send(server, 'DELETE', `/partner/api-keys/${id}`, partner)), 'NOT_FOUND');
  });

  it('are good from the addresses named alone', async () => {
    const here = await make({ addresses: ['198.51.100.7', '127.0.0.0/8', '2001:db8::/32'] });
    const elsewhere = await make({ addresses: ['198.51.100.0/24', '2001:db8::1'] });
    assert.equal((await by(here.key, '/partner/summary')).status, 200);
    assert.equal(await codeOf(by(elsewhere.key, '/partner/summary')), 'FORBIDDEN');
    for (const address of ['localhost', '1.2.3', '1.2.3.4/33', '1.2.3.4/', '::1/129', '1.2.3.4/8/8']) {
      assert.equal((await make({ addresses: [address] })).error?.code, 'INVALID_REQUEST', address);
    }
  });

  it('what is no key, or a frozen partner’s, opens nothing', async () => {
    const { key } = await make();
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    for (const bad of ['x', '', wrong, key.toUpperCase()]) {
      assert.equal(await codeOf(by(bad, '/partner/summary')), 'UNAUTHORIZED', bad);
    }
    await database.admin().query(`update users set status = 'frozen' where id = $1`, [partner.userId]);
    assert.equal(await codeOf(by(key, '/partner/summary')), 'ACCOUNT_FROZEN');
    await database.admin().query(`update users set status = 'active' where id = $1`, [partner.userId]);
  });

  it('end for good when their owner is frozen, or no partner any more: a thief’s would be good again', async () => {
    const master = await newStaff(server, 'MASTER');
    const acts: readonly (readonly [path: string, ends: object, begins: object])[] = [
      ['/admin/users/:id/freeze', { frozen: true, reason: 'stolen' }, { frozen: false, reason: 'given back' }],
      ['/master/users/:id/role', { role: 'PLAYER' }, { role: 'PARTNER' }],
    ];
    for (const [path, ends, begins] of acts) {
      const owner = await newPlayer(server, 0);
      await send(server, 'POST', '/admin/partners', admin, { userId: owner.userId });
      const { key } = (await send(server, 'POST', '/partner/api-keys', owner, { name: 'report' })).json;
      assert.equal((await by(key, '/partner/summary')).status, 200);
      for (const act of [ends, begins]) {
        assert.equal((await send(server, 'PUT', path.replace(':id', owner.userId), master, act)).status, 200);
        assert.equal(await codeOf(by(key, '/partner/summary')), 'UNAUTHORIZED', JSON.stringify(act));
      }
      const { items } = await get(server, `/admin/audit?target=user:${owner.userId}`, admin);
      assert.deepEqual(
        items.map(({ after }: { after: { revokedKeys?: number } }) => after.revokedKeys),
        [undefined, 1],
      );
    }
  });

  it('are not made by who is frozen, or loses the role, while they wait for it', async () => {
    for (const change of [`status = 'frozen'`, `role = 'PLAYER'`]) {
      const owner = await newPartner(database.pool(), database.admin());
      await database.admin().query('begin');
      await database.admin().query('select from partners where id = $1 for no key update', [owner.id]);
      const wish = { name: 'thief', scopes: ['reports'], addresses: [] } as const;
      const making = createKey(database.pool(), owner.id, wish, Date.now());
      await until(async () => (await lockWaits(database.admin())) > 0, 5_000, 'the wait for the partner');
      await database.admin().query(`update users set ${change} where id = $1`, [owner.userId]);
      await database.admin().query('commit');
      assert.deepEqual(await making, refuse('FORBIDDEN'), change);
    }
  });

  it('are all listed while they live, however many were revoked', async () => {
    const { id } = await make({ name: 'hidden' });
    await database.admin().query(
      `insert into partner_api_key (id, partner_id, name, prefix, hash, scopes, addresses, created_at, revoked_at)
       select ('ffffffff-ffff-7fff-bfff-' || lpad(i::text, 12, '0'))::uuid, k.partner_id, k.name, k.prefix,
              sha256(i::text::bytea), k.scopes, k.addresses, now(), now()
         from partner_api_key k, generate_series(1, 250) i where k.id = $1`,
      [id],
    );
    const { items } = await get(server, '/partner/api-keys', partner);
    assert.ok(items.some((one: { id: string }) => one.id === id));
  });
});

describe('API keys of partners, counted', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [], { config: testConfig({ RATE_LIMITS: 'true' }) });
  });
  after(() => server.stop());

  it('S4-03 X-10 each has ten requests a second of its own', async () => {
    const admin = await newStaff(server, 'ADMIN');
    const partner = await newPlayer(server, 0);
    await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId });
    const make = async () => (await send(server, 'POST', '/partner/api-keys', partner, { name: 'report' })).json.key;
    const [one, other] = [await make(), await make()];
    const ask = async (key: string, path = '/partner/postback') =>
      (await send(server, 'GET', path, undefined, undefined, { 'X-Api-Key': key })).status;
    const paths = ['/partner/postback', '/partner/postback/'];
    const statuses = await Promise.all(Array.from({ length: 30 }, (_, time) => ask(one, paths[time % 2])));
    assert.ok(statuses.filter((status) => status === 429).length >= 10, statuses.join());
    assert.equal(await ask(other), 403, 'is not refused for the other’s sake');
    assert.equal((await get(server, '/tables')).error, undefined, 'nor is the address');
  });

  it('S4-03 X-10 where none opens anything, none makes more of what its person may do', async () => {
    const partner = await newStaff(server, 'PARTNER');
    for (const [method, path] of [
      ['GET', '/partner/api-keys'],
      ['PUT', '/partner/postback'],
      ['GET', '/wallets/me'],
    ] as const) {
      await sleep(1_100);
      const asked = Array.from({ length: 30 }, (_, time) =>
        send(server, method, path, partner, method === 'PUT' ? { url: null } : undefined, {
          'X-Api-Key': `made up ${time}`,
        }),
      );
      const limited = (await Promise.all(asked)).filter(({ status }) => status === 429);
      assert.ok(limited.length >= 10, `${method} ${path}: ${limited.length}`);
    }
  });
});
