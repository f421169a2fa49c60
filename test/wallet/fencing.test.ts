import assert from 'node:assert/strict';
import type { Command } from '../../src/wallet/command.ts';
import { FencedError } from '../../src/wallet/store.ts';
import { useDatabase } from '../support/database.ts';
import { credit, findings, newUser, openBook, openWallet, shown, stake, type TestWallet } from './fixture.ts';
import { DatabaseProxy } from './proxy.ts';

describe('two owners of one shard (DESIGN 4)', () => {
  const database = useDatabase();
  const open: TestWallet[] = [];
  const openOne = async (options: Parameters<typeof openWallet>[1] = {}, url = database.url()) => {
    const wallet = await openWallet(url, options);
    open.push(wallet);
    return wallet;
  };
  const onRecord = async (commands: readonly Command[]) => {
    const keys = commands.map(({ key }) => key);
    const { rows } = await database.admin().query('select key from command where key = any($1)', [keys]);
    return rows.length;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((wallet) => wallet.end()));
    assert.deepEqual(await findings(database.pool()), []);
  });

  for (const [name, written] of [
    ['at once', 0],
    ['after batches of its successor that have the same numbers', 3],
  ] as const) {
    it(`the old one refuses ${name}, says why, and writes nothing more`, async () => {
      const stopped: Error[] = [];
      const old = await openOne({ onStopped: (error) => stopped.push(error) });
      const player = newUser();
      await old.actor.execute(credit(player, 1_000));
      const successor = await openOne();
      for (let i = 0; i < written; i++) await successor.actor.execute(credit(newUser(), 1));
      const late = [credit(player, 1), credit(newUser(), 5), stake(player, 99, 5)];
      const answers = await Promise.all(late.map((command) => old.actor.execute(command)));
      assert.deepEqual(answers.map(shown), ['BUSY', 'BUSY', 'BUSY']);
      assert.equal(stopped.length, 1);
      assert.ok(stopped[0] instanceof FencedError);
      assert.equal(shown(await old.actor.execute(credit(player, 1))), 'BUSY');
      assert.equal(await onRecord(late), 0);
      assert.equal(shown(await successor.actor.execute(credit(player, 1))), '1001/0/0 v2');
    });
  }

  it('a duplicate, or a refusal, is not answered by an old one either: what it knows may be over', async () => {
    const old = await openOne();
    const player = newUser();
    const first = credit(player, 1_000);
    await old.actor.execute(first);
    await openOne();
    assert.equal(shown(await old.actor.execute(first)), 'BUSY');
  });

  it('racing for every batch: each command is on record at most once, and what was answered is', async () => {
    const player = newUser();
    let owner = await openOne();
    await owner.actor.execute(credit(player, 1_000_000));
    await owner.actor.execute(openBook(1));
    const accepted: Command[] = [];
    const refused: Command[] = [];
    const send = async (wallet: TestWallet) => {
      for (let i = 0; i < 40; i++) {
        const bet = stake(player, 1, 1);
        const answer = await wallet.actor.execute(bet);
        if (answer.ok) accepted.push(bet);
        else refused.push(bet);
        if (!answer.ok && wallet !== owner) return;
      }
    };
    const senders: Promise<void>[] = [];
    for (let takeover = 0; takeover < 8; takeover++) {
      for (let sender = 0; sender < 5; sender++) senders.push(send(owner));
      owner = await openOne();
    }
    await Promise.all(senders);
    assert.ok(accepted.length > 0 && refused.length > 0);
    assert.equal(await onRecord(accepted), accepted.length);
    assert.equal(await onRecord(refused), 0);
    const left = await owner.actor.execute(credit(player, 1));
    assert.equal(shown(left).split('/')[0], `${1_000_000 - accepted.length + 1}`);
  });

  it('who lost the shard with a batch in doubt says UNKNOWN_OUTCOME, not that nothing was done', async () => {
    const proxy = await DatabaseProxy.open(database.url());
    const player = newUser();
    const old = await openOne({ stillOwner: () => Promise.resolve(false) }, proxy.url);
    await old.actor.execute(credit(player, 100));
    proxy.fateOf = (commit) => (commit === 2 ? 'lose-reply' : 'pass');
    const second = credit(player, 10);
    assert.equal(shown(await old.actor.execute(second)), 'UNKNOWN_OUTCOME');
    const successor = await openOne();
    assert.deepEqual(await successor.actor.execute(second).then((answer) => [shown(answer), answer.duplicate]), [
      '110/0/0 v2',
      true,
    ]);
    await old.end();
    await proxy.close();
  });

  it('one that is closed does not rise again when its database comes back', async () => {
    const proxy = await DatabaseProxy.open(database.url());
    const stopped: Error[] = [];
    const wallet = await openOne({ patienceMs: 50, onStopped: (error) => stopped.push(error) }, proxy.url);
    await wallet.actor.execute(credit(newUser(), 100));
    proxy.isAway = true;
    proxy.cut();
    assert.notEqual(shown(await wallet.actor.execute(credit(newUser(), 1))), 'OK');
    await wallet.actor.close();
    const epoch = async () => (await database.admin().query('select epoch from shard')).rows[0]?.epoch;
    const before = await epoch();
    proxy.isAway = false;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await epoch(), before);
    assert.equal(wallet.actor.stats.phase, 'stopped');
    assert.deepEqual(stopped, []);
    await wallet.pool.end();
    open.pop();
    await proxy.close();
  });
});
