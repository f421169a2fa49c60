import assert from 'node:assert/strict';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  close,
  credit,
  findings,
  newUser,
  openBook,
  openWallet,
  settle,
  shown,
  stake,
  type TestWallet,
  window,
} from './fixture.ts';

describe('the wallet actor', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  afterEach(async () => {
    assert.deepEqual(await findings(database.pool()), []);
  });

  it('S0-90 S0-91 100 staked of 1,000 leave 900, and a win of 200 makes 1,100', async () => {
    const { actor } = wallet;
    const player = newUser();
    assert.equal(shown(await actor.execute(credit(player, 100_000))), '100000/0/0 v1');
    await actor.execute(openBook(1));
    const bet = await actor.execute(stake(player, 1, 10_000));
    assert.equal(shown(bet), '90000/0/0 v2');
    assert.ok(bet.ok);
    await actor.execute(window('closeWindow', 1, 1));
    await actor.execute(settle(1, [close(bet.seq, 20_000)]));
    const after = await actor.execute(credit(player, 1));
    assert.equal(shown(after), '110001/0/0 v4');
  });

  it('an undo within the window gives back the stake', async () => {
    const { actor } = wallet;
    const player = newUser();
    await actor.execute(credit(player, 500));
    await actor.execute(openBook(2));
    const bet = await actor.execute(stake(player, 2, 500));
    assert.ok(bet.ok);
    assert.equal(shown(await actor.execute(cancel(player, 2, bet.seq))), '500/0/0 v3');
  });
});
