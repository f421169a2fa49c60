import assert from 'node:assert/strict';
import type { UserId } from '../../src/ids.ts';
import { INR } from '../../src/money.ts';
import { findStanding } from '../../src/vip/standing.ts';
import { accepted, assertRefused } from '../accounts/support.ts';
import { addPeople } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, deposit, endBonus, grant, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { newCashier, wish } from './support.ts';

describe('S2-34 what can be withdrawn', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());

  it('is what no deposit has to be staked for first, however many there were', async () => {
    const [player] = (await addPeople(database.pool(), 1, 'PLAYER')) as [UserId];
    for (const command of [credit(player, 70_000), deposit(player, 500_000), deposit(player, 300_000)]) {
      assert.ok((await wallet.actor.execute(command)).ok);
    }
    const cashier = newCashier(database.pool(), wallet.actor);
    const refused = assertRefused(await cashier.request(wish(player, 'WITHDRAWAL', 70_001)), 'WAGERING_OPEN');
    assert.deepEqual(refused.details, { withdrawable: 70_000 });
    const { playThrough } = await findStanding(database.pool(), player, INR, Date.now());
    assert.equal(playThrough, 800_000n);
    accepted(await cashier.request(wish(player, 'WITHDRAWAL', 70_000)));
  });

  it('while bonuses block it: nothing, then all of it', async () => {
    const [player] = (await addPeople(database.pool(), 1, 'PLAYER')) as [UserId];
    assert.ok((await wallet.actor.execute(credit(player, 100_000))).ok);
    const given = await wallet.actor.execute(grant(player, 5_000));
    assert.ok(given.ok);
    const cashier = newCashier(database.pool(), wallet.actor, { withdrawalWithBonus: 'block' });
    const asked = wish(player, 'WITHDRAWAL', 60_000);
    const refused = assertRefused(await cashier.request(asked), 'WAGERING_OPEN');
    assert.deepEqual(refused.details, { withdrawable: 0 });
    assert.ok((await wallet.actor.execute(endBonus(player, given.seq))).ok);
    const again = assertRefused(await cashier.request(asked), 'WAGERING_OPEN');
    assert.deepEqual(again.details, { withdrawable: 100_000 }, 'the same answer under its key, the amount of today');
    assert.equal(accepted(await cashier.request(wish(player, 'WITHDRAWAL', 60_000))).forfeitedBonus, 0n);
  });
});
