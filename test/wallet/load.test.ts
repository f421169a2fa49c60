import assert from 'node:assert/strict';
import { minor } from '../../src/money.ts';
import type { Answer, Command } from '../../src/wallet/command.ts';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  claim,
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
  voidBook,
  window,
} from './fixture.ts';

/** Small enough that a test fills it. */
const SMALL = { batchMax: 10, mailboxMax: 20, mailboxMaxPerOrigin: 5 };

describe('the wallet under more than it can take', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  const execute = (command: Command): Promise<Answer> => wallet.actor.execute(command);
  before(async () => {
    wallet = await openWallet(database.url(), SMALL);
  });
  after(() => wallet.end());
  afterEach(async () => assert.deepEqual(await findings(database.pool()), []));

  /** While a batch cannot be written, whatever comes piles up. */
  async function whileStuck(act: () => Promise<void>): Promise<void> {
    const admin = database.admin();
    await admin.query('begin');
    await admin.query('select from shard for update');
    try {
      await act();
    } finally {
      await admin.query('rollback');
    }
  }

  async function players(count: number, amount: number) {
    const all = Array.from({ length: count }, newUser);
    for (const player of all) await execute(credit(player, amount));
    return all;
  }

  it('says BUSY at once when the mailbox is full, and does nothing: the same key works later', async () => {
    await execute(openBook(1));
    const all = await players(60, 10);
    const bets = all.map((player) => stake(player, 1, 10));
    let answers: readonly Promise<Answer>[] = [];
    await whileStuck(async () => {
      // The first is on its way; then a batch under construction; then the mailbox.
      const first = bets.slice(0, 1).map(execute);
      await new Promise(setImmediate);
      const rest = bets.slice(1).map(execute);
      answers = [...first, ...rest];
      const busy = await Promise.all(answers.slice(31));
      assert.deepEqual(
        busy.map(shown),
        busy.map(() => 'BUSY'),
      );
      assert.equal(wallet.actor.stats.busy, 29);
    });
    const heard = (await Promise.all(answers)).map(shown);
    assert.deepEqual(
      heard.slice(0, 31),
      heard.slice(0, 31).map(() => '0/0/0 v2'),
    );
    const again = await Promise.all(bets.slice(31, 45).map(execute));
    assert.deepEqual(
      again.map(shown),
      again.map(() => '0/0/0 v2'),
    );
    assert.ok(again.every(({ duplicate }) => !duplicate));
  });

  it('still ends books, settles and gives money back', async () => {
    await execute(openBook(2));
    await execute(openBook(3));
    await execute(openBook(4));
    const [player = newUser(), ...crowd] = await players(60, 100);
    const won = await execute(stake(player, 2, 10));
    const undone = await execute(stake(player, 3, 20));
    const voided = await execute(stake(player, 4, 30));
    assert.ok(won.ok && undone.ok && voided.ok);
    await execute(window('closeWindow', 2, 1));
    let bets: readonly Promise<Answer>[] = [];
    let ends: readonly Promise<Answer>[] = [];
    await whileStuck(async () => {
      bets = crowd.map((one) => execute(stake(one, 3, 1)));
      const { busy } = wallet.actor.stats;
      const commands = [settle(2, [close(won.seq, 20)]), voidBook(4, [voided.seq]), cancel(player, 3, undone.seq)];
      ends = [...commands, claim(3), window('closeWindow', 3, 1, 2)].map(execute);
      assert.equal(wallet.actor.stats.busy, busy);
      assert.equal(shown(await execute(stake(player, 3, 1))), 'BUSY');
    });
    assert.deepEqual(
      (await Promise.all(ends)).map(({ ok }) => ok),
      [true, true, true, true, true],
    );
    await Promise.all(bets);
    assert.equal(shown(await execute(credit(player, 1))).split(' ')[0], '111/0/0');
  });

  it('gives one origin its share and no more', async () => {
    await execute(openBook(5));
    const [greedy = newUser(), modest = newUser(), other = newUser()] = await players(3, 1_000);
    await whileStuck(async () => {
      const first = execute(stake(other, 5, 1));
      await new Promise(setImmediate);
      const many = Array.from({ length: 30 }, () => execute(stake(greedy, 5, 1)));
      const one = execute(stake(modest, 5, 1));
      const busy = await Promise.all(many.slice(15));
      assert.ok(busy.every((answer) => shown(answer) === 'BUSY'));
      await database.admin().query('rollback');
      assert.ok((await Promise.all([first, ...many.slice(0, 15), one])).every(({ ok }) => ok));
    });
  });

  it('S0-26 a stake of a thousand lines is taken as a whole or not at all', async () => {
    const [rich = newUser(), poor = newUser()] = [newUser(), newUser()];
    await wallet.end();
    wallet = await openWallet(database.url());
    await execute(openBook(6));
    await execute(credit(rich, 500));
    await execute(credit(rich, 500, 'bonus'));
    await execute(credit(poor, 999));
    const line = (selection: number) => ({ selection, amount: minor(1), liability: minor(2) });
    const lines = Array.from({ length: 1_000 }, (_, selection) => line(selection));
    const [taken, refused] = await Promise.all([rich, poor].map((player) => execute(stake(player, 6, 0, { lines }))));
    assert.ok(taken?.ok && refused);
    assert.deepEqual([taken.moves, shown(taken)], [1_000, '0/0/0 v1002']);
    assert.equal(shown(refused), 'INSUFFICIENT_FUNDS');
    assert.equal(shown(await execute(credit(poor, 1))), '1000/0/0 v2');
    await execute(window('closeWindow', 6, 1));
    const closes = lines.map((_, at) => close(taken.seq + at, at === 7 ? 2 : 0));
    assert.ok((await execute(settle(6, closes))).ok);
    assert.equal(shown(await execute(credit(rich, 1))), '3/0/0 v1004');
  });

  it('many strangers at once are loaded together', async () => {
    const strangers = Array.from({ length: 1_000 }, newUser);
    const { batches } = wallet.actor.stats;
    const answers = await Promise.all(strangers.map((player) => execute(credit(player, 5))));
    assert.ok(answers.every((answer) => shown(answer) === '5/0/0 v1'));
    assert.ok(wallet.actor.stats.batches - batches < 10);
  });
});
