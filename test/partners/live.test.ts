import assert from 'node:assert/strict';
import { PartnerUpdate } from '../../schema/account.ts';
import type { Server } from '../../src/server.ts';
import { enter, newPlayer, newStaff, send, start } from '../journeys/support.ts';
import { refer } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import { credit, newUser } from '../wallet/fixture.ts';
import { playAt } from './support.ts';

describe('what partners hear', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, []);
  });
  after(() => server.stop());

  it('S0-63 their figures of the month, in their own room, as soon as bets are closed', async () => {
    const admin = await newStaff(server, 'ADMIN');
    const partner = await newPlayer(server, 0);
    const { json } = await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId });
    const player = newUser();
    await refer(database.admin(), partner, [player]);
    assert.ok((await server.wallet.execute(credit(player, 100_000))).ok);
    const room = await enter(server, 'account', partner);
    const stranger = await enter(server, 'account', admin);
    const now = new Date().toISOString();
    await playAt(database, server.wallet, now, [[player, 10_000, 2_000]]);
    const said = PartnerUpdate.parse(await room.hears('partner_update'));
    assert.equal(said.partnerId, json.id);
    assert.deepEqual([said.betCount, said.active, said.bets, said.payouts], [1, 1, 5_000, 1_000]);
    assert.deepEqual([said.ggr, said.ngr, said.earned], [4_000, 4_000, 400]);
    await playAt(database, server.wallet, now, [[player, 1_000, 0]]);
    await room.hears('partner_update', ({ betCount }) => betCount === 2);
    assert.deepEqual(stranger.all('partner_update'), []);
    await Promise.all([room.leaves(), stranger.leaves()]);
  });

  it('S0-63 nobody who is no partner any more, nor whose account is frozen, though they are there', async () => {
    const admin = await newStaff(server, 'ADMIN');
    const partner = await newPlayer(server, 0);
    await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId });
    const player = newUser();
    await refer(database.admin(), partner, [player]);
    assert.ok((await server.wallet.execute(credit(player, 100_000))).ok);
    const room = await enter(server, 'account', partner);
    const loses = async (times: number) => {
      await playAt(database, server.wallet, new Date().toISOString(), [[player, 1_000, 0]]);
      await server.partners.count();
      return room.hears('partner_update', ({ betCount }) => betCount === times);
    };
    const account = (change: string) =>
      database.admin().query(`update users set ${change} where id = $1`, [partner.userId]);
    await loses(1);
    let bets = 1;
    for (const [away, back] of [
      [`role = 'PLAYER'`, `role = 'PARTNER'`],
      [`status = 'frozen'`, `status = 'active'`],
    ] as const) {
      await account(away);
      await playAt(database, server.wallet, new Date().toISOString(), [[player, 1_000, 0]]);
      await server.partners.count();
      await account(back);
      bets += 2;
      await loses(bets);
      const counts = room.all('partner_update').map(({ betCount }) => betCount);
      assert.equal(counts.includes(bets - 1), false, away);
    }
    await room.leaves();
  });
});
