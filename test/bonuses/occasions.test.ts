import assert from 'node:assert/strict';
import type { Bonuses } from '../../src/bonuses/bonuses.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addDeposit, addPlayer, assertBonuses, bonusesOf, newBonuses, shown } from './support.ts';

describe('occasions for a bonus', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let bonuses: Bonuses;
  before(async () => {
    wallet = await openWallet(database.url());
    bonuses = newBonuses(database.pool(), wallet.actor);
  });
  after(() => wallet.end());
  afterEach(async () => {
    await assertBonuses(database);
    await database.admin().query('update bonus_campaign set enabled_at = null');
  });

  const of = async (userId: UserId) => (await bonusesOf(database.pool(), userId)).map(shown);

  it('S2-08 a sign-up is one, once, heard of or found', async () => {
    const before = await addPlayer(database.pool(), { atMs: Date.now() - 2 * 3_600_000 });
    await addCampaign(database.pool(), 'SIGN_UP');
    const heard = await addPlayer(database.pool());
    const found = await addPlayer(database.pool());
    const partner = await addPlayer(database.pool(), { role: 'PARTNER' });
    await bonuses.signedUp({ id: heard, role: 'PLAYER', createdAt: new Date() });
    assert.deepEqual(await of(heard), ['ACTIVE 10000/300000']);
    assert.deepEqual(await of(found), []);
    for (let time = 0; time < 2; time++) await bonuses.sweep();
    assert.deepEqual([await of(heard), await of(found)], [['ACTIVE 10000/300000'], ['ACTIVE 10000/300000']]);
    assert.deepEqual([await of(before), await of(partner)], [[], []], 'before its time, and no player');
  });

  it('S2-08 each credited deposit is one, or the first that is large enough where it is once', async () => {
    await addCampaign(database.pool(), 'DEPOSIT', { minDeposit: minor(10_000) });
    await addCampaign(database.pool(), 'DEPOSIT', { minDeposit: minor(20_000), oncePerPlayer: true, wagering: 100 });
    const player = await addPlayer(database.pool());
    await bonuses.credited(await addDeposit(database.pool(), player, 9_999));
    assert.deepEqual(await of(player), []);
    await bonuses.credited(await addDeposit(database.pool(), player, 10_000));
    await addDeposit(database.pool(), player, 30_000);
    await Promise.all([bonuses.sweep(), bonuses.sweep()]);
    await addDeposit(database.pool(), player, 40_000);
    await bonuses.sweep();
    await bonuses.sweep();
    const expected = ['5000/150000', '15000/450000', '15000/15000', '20000/600000'];
    assert.deepEqual((await of(player)).sort(), expected.map((each) => `ACTIVE ${each}`).sort());
  });

  it('S2-08 the first credited deposit of a player is one for who brought them, unless a partner did', async () => {
    await addCampaign(database.pool(), 'REFERRAL');
    const [ann, partner] = [
      await addPlayer(database.pool()),
      await addPlayer(database.pool(), { role: 'PARTNER' }),
    ] as const;
    const [bob, eve, pat] = [
      await addPlayer(database.pool(), { referredBy: ann }),
      await addPlayer(database.pool(), { referredBy: ann }),
      await addPlayer(database.pool(), { referredBy: partner }),
    ] as const;
    const first = await addDeposit(database.pool(), bob, 50_000);
    const second = await addDeposit(database.pool(), bob, 500_000);
    await bonuses.credited(second);
    assert.deepEqual(await of(ann), [], 'not the first');
    await bonuses.credited(first);
    await addDeposit(database.pool(), pat, 50_000);
    await addDeposit(database.pool(), eve, 70_000);
    await bonuses.sweep();
    await bonuses.sweep();
    assert.deepEqual(await of(ann), ['ACTIVE 5000/150000', 'ACTIVE 7000/210000']);
    for (const other of [bob, eve, pat, partner]) assert.deepEqual(await of(other), []);
  });

  it('S2-08 who is frozen gets nothing for whom they brought', async () => {
    await addCampaign(database.pool(), 'REFERRAL');
    const ann = await addPlayer(database.pool());
    const bob = await addPlayer(database.pool(), { referredBy: ann });
    const set = (status: string) => database.admin().query('update users set status = $1 where id = $2', [status, ann]);
    await set('frozen');
    await bonuses.credited(await addDeposit(database.pool(), bob, 50_000));
    await bonuses.sweep();
    assert.deepEqual(await of(ann), []);
    await set('active');
    await bonuses.sweep();
    assert.deepEqual(await of(ann), ['ACTIVE 5000/150000'], 'when all is well again');
  });

  it('what is a week old is not looked for any more', async () => {
    const long = new Date(Date.now() - 30 * DAY_MS);
    await addCampaign(database.pool(), 'DEPOSIT', { enabledAt: long, startsAt: long });
    await addCampaign(database.pool(), 'SIGN_UP', { enabledAt: long, startsAt: long, createdAt: long });
    const old = new Date(Date.now() - 7 * DAY_MS - 60_000);
    const late = new Date(Date.now() - 7 * DAY_MS + 60_000);
    const [one, other] = [
      await addPlayer(database.pool(), { atMs: old.getTime() }),
      await addPlayer(database.pool(), { atMs: late.getTime() }),
    ] as const;
    await addDeposit(database.pool(), one, 10_000, old);
    await addDeposit(database.pool(), other, 10_000, late);
    await bonuses.sweep();
    assert.deepEqual(await of(one), []);
    assert.deepEqual((await of(other)).sort(), ['ACTIVE 10000/300000', 'ACTIVE 5000/150000']);
  });

  it('many are found page by page, those among them that come to nothing', async () => {
    await addCampaign(database.pool(), 'DEPOSIT', { minDeposit: minor(10_000), maxAmount: minor(1_000) });
    const player = await addPlayer(database.pool());
    const at = new Date(Date.now() - 60_000);
    await database.admin().query(
      `insert into cashier_transaction (id, user_id, key, type, status, amount, currency, method, decided_by,
                                        decided_at, moved, moved_at, created_at)
       select gen_random_uuid(), $1, gen_random_uuid(), 'DEPOSIT', 'APPROVED', 9999, 'INR', 'upi', $2, $3,
              2000000000 + n, $3, $3
         from generate_series(1, 1100) n`,
      [player, await addPlayer(database.pool()), at],
    );
    await addDeposit(database.pool(), player, 10_000);
    await bonuses.sweep();
    assert.deepEqual(await of(player), ['ACTIVE 1000/30000']);
  });
});
