import assert from 'node:assert/strict';
import type { UserId } from '../../src/ids.ts';
import { accepted, assertRefused } from '../accounts/support.ts';
import { addPeople } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, endBonus, grant, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { newCashier, wish } from './support.ts';

describe('S2-34 a withdrawal that bonuses block', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());

  it('hears how much can be withdrawn now: nothing, then all of it', async () => {
    const [player] = (await addPeople(database.pool(), 1)) as [UserId];
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
