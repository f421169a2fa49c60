import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { INR } from '../../src/money.ts';
import { setPostbackUrl } from '../../src/partners/postback-store.ts';
import type { Server } from '../../src/server.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { assertBooks, get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { assertProjections, newPartner } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import { playAt } from './support.ts';

describe('whom a statement is paid to', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  let partner: Player;
  let path: string;
  let player: Player;
  before(async () => {
    server = await start(database, []);
    [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'MASTER')];
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  beforeEach(async () => {
    partner = await newPlayer(server, 0);
    const made = await send(server, 'POST', '/admin/partners', ann, { userId: partner.userId });
    path = `/admin/partners/${made.json.id}`;
    player = await newPlayer(server, 200_000);
    const refer = 'update users set referred_by = $1 where id = $2';
    await database.admin().query(refer, [partner.userId, player.userId]);
    await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [[player.userId, 100_000, 0]]);
    await server.partners.sweep();
  });
  afterEach(() => assertProjections(database));

  async function september(): Promise<{ id: string; status: string }> {
    const { items } = await get(server, `${path}/statements?cursor=2025-10&limit=1`, ann);
    return items[0];
  }
  async function decide(what: 'approve' | 'pay', who: Player): Promise<string> {
    const { json } = await send(server, 'POST', `${path}/statements/${(await september()).id}/${what}`, who);
    return json.error?.code ?? json.status;
  }
  const real = async () =>
    Number((await balancesOf(database.pool(), INR, [partner.userId])).get(partner.userId)?.real ?? 0);

  const freeze = (frozen: boolean) =>
    send(server, 'PUT', `/admin/users/${partner.userId}/freeze`, ann, { frozen, reason: 'looked into' });
  const role = (name: string) => send(server, 'PUT', `/master/users/${partner.userId}/role`, bob, { role: name });
  const suspend = (status: string) => send(server, 'PUT', path, ann, { status });
  const obstacles: readonly (readonly [string, () => Promise<unknown>, () => Promise<unknown>])[] = [
    ['whose account is frozen', () => freeze(true), () => freeze(false)],
    ['who lost the role', () => role('PLAYER'), () => role('PARTNER')],
    ['who is suspended', () => suspend('suspended'), () => suspend('active')],
  ];
  for (const [whom, put, mend] of obstacles) {
    it(`S0-67 nobody ${whom}: it stays due, and is paid when that is mended`, async () => {
      await put();
      assert.equal(await decide('approve', ann), 'NOT_OPEN');
      await mend();
      assert.equal(await decide('approve', ann), 'APPROVED');
      await put();
      assert.equal(await decide('approve', ann), 'APPROVED', 'what was answered before');
      assert.equal(await decide('pay', bob), 'NOT_OPEN');
      assert.deepEqual([(await september()).status, await real()], ['APPROVED', 0]);
      await mend();
      assert.equal(await decide('pay', bob), 'PAID');
      await put();
      assert.equal(await decide('pay', bob), 'PAID', 'what was answered before');
      assert.equal(await real(), 5_000);
    });
  }

  it('whoever is suspended is told of no month that is closed meanwhile', async () => {
    for (const status of ['active', 'suspended'] as const) {
      const told = await newPartner(database.pool(), database.admin());
      const target = { url: 'https://partner.example', nonce: randomUUID(), since: new Date(0) };
      await setPostbackUrl(database.pool(), told.id, target);
      const somebody = await newPlayer(server, 200_000);
      const refer = 'update users set referred_by = $1 where id = $2';
      await database.admin().query(refer, [told.userId, somebody.userId]);
      await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [[somebody.userId, 100_000, 0]]);
      await database.admin().query('update partners set status = $2 where id = $1', [told.id, status]);
      await server.partners.sweep();
      const { rows } = await database
        .admin()
        .query(`select body from partner_postback where partner_id = $1 and event = 'commission'`, [told.id]);
      const due = rows.map(({ body }) => JSON.parse(body).data.due);
      assert.deepEqual(due, status === 'active' ? [5_000] : []);
    }
  });

  it('whoever is suspended earns nothing meanwhile, and nobody suspends themselves', async () => {
    await suspend('suspended');
    await playAt(database, server.wallet, '2030-06-01T00:00:00Z', [[player.userId, 50_000, 0]]);
    const { items } = await get(server, `${path}/earnings?from=2030-06-01&to=2030-06-02`, ann);
    assert.deepEqual([items[0].ngr, items[0].commissionRate, items[0].earned], [25_000, 0, 0]);
    await role('ADMIN');
    const own = await send(server, 'PUT', path, partner, { carryOver: 'none' });
    assert.equal(own.json.error.code, 'SAME_PERSON');
  });
});
