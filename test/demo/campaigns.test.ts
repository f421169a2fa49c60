import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { ensureDemoCampaigns } from '../../src/demo/campaigns.ts';
import { DEMO_PASSWORD } from '../../src/demo/people.ts';
import { newName, PASSWORD } from '../accounts/support.ts';
import { assertBonuses } from '../bonuses/support.ts';
import { get, newKey, type Player, send } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { useDemo } from './support.ts';

describe('the campaigns of the demo', () => {
  const database = useDatabase();
  const demo = useDemo(database);
  after(() => assertBonuses(database));

  async function enter(path: string, username: string, password: string): Promise<Player> {
    const { json } = await send(demo.server(), 'POST', path, undefined, { username, password });
    return { userId: json.user.id, username, token: json.accessToken };
  }

  it('DESIGN 8 give nothing to who has just come, and let admin1 give', async () => {
    const admin = await enter('/auth/login', 'admin1', DEMO_PASSWORD);
    const player = await enter('/auth/register', newName(), PASSWORD);
    await demo.server().bonuses.sweep();
    const { real, bonus, bonuses } = await get(demo.server(), '/wallets/me', player);
    assert.deepEqual([real, bonus, bonuses], [100_000, 0, []]);
    const { items } = await get(demo.server(), '/admin/bonuses/campaigns', admin);
    const campaignId = items.find(({ kind }: { kind: string }) => kind === 'MANUAL').id;
    const gift = { campaignId, userId: player.userId, amount: 5_000, reason: 'to try it' };
    const key = { 'Idempotency-Key': newKey() };
    assert.equal((await send(demo.server(), 'POST', '/admin/bonuses', admin, gift, key)).status, 201);
    assert.equal((await get(demo.server(), '/wallets/me', player)).bonus, 5_000);
  });

  it('are made once, and stay as they were changed', async () => {
    const admin = await enter('/auth/login', 'admin2', DEMO_PASSWORD);
    const all = async () => (await get(demo.server(), '/admin/bonuses/campaigns', admin)).items;
    const { id } = (await all()).find(({ kind }: { kind: string }) => kind === 'CASHBACK');
    const off = { enabled: false, reason: 'enough' };
    assert.equal((await send(demo.server(), 'PUT', `/admin/bonuses/campaigns/${id}`, admin, off)).status, 200);
    const before = await all();
    await ensureDemoCampaigns(database.pool(), systemClock);
    assert.deepEqual(await all(), before);
    assert.equal(before.length, 2);
  });
});
