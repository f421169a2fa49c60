import assert from 'node:assert/strict';
import { type Key, uuid7 } from '../../src/ids.ts';
import type { Answer, Command } from '../../src/wallet/command.ts';
import { requestHash } from '../../src/wallet/command-facts.ts';
import { WalletMismatchError } from '../../src/wallet/mismatch.ts';
import { QuarantinedError } from '../../src/wallet/recovery.ts';
import { useDatabase } from '../support/database.ts';
import {
  close,
  credit,
  findings,
  newKey,
  newUser,
  openBook,
  openWallet,
  settle,
  shown,
  stake,
  type TestWallet,
  window,
} from './fixture.ts';

describe('commands that the database refuses', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let stopped: Error[] = [];
  const execute = (command: Command): Promise<Answer> => wallet.actor.execute(command);
  beforeEach(async () => {
    stopped = [];
    wallet = await openWallet(database.url(), { onStopped: (error) => stopped.push(error) });
  });
  afterEach(async () => {
    await wallet.end();
    assert.deepEqual(await findings(database.pool()), []);
  });

  /** A bet on a closed book, won. */
  async function dueSettlement(book: number) {
    const player = newUser();
    await execute(credit(player, 100));
    await execute(openBook(book));
    const bet = await execute(stake(player, book, 100));
    assert.ok(bet.ok);
    await execute(window('closeWindow', book, 1));
    return { player, position: bet.seq, command: settle(book, [close(bet.seq, 200)]) };
  }

  /** The same, but the database has something against this position. */
  async function poisonedSettlement(book: number) {
    const { position, command } = await dueSettlement(book);
    const admin = database.admin();
    await admin.query(`alter table closing add constraint poison_${book} check (position <> ${position}) not valid`);
    return { command, cure: () => admin.query(`alter table closing drop constraint poison_${book}`) };
  }

  for (const [name, place] of [
    ['first', 0],
    ['in the middle', 150],
    ['last', 300],
  ] as const) {
    it(`S1-02 S1-23 a settlement among hundreds of bets, ${name}: it alone is rejected`, async () => {
      const book = 100 + place;
      const players = Array.from({ length: 300 }, newUser);
      await Promise.all(players.map((player) => execute(credit(player, 50))));
      await execute(openBook(book));
      const { command, cure } = await poisonedSettlement(1_000 + place);
      const { batches } = wallet.actor.stats;
      const commands: Command[] = players.map((player) => stake(player, book, 30));
      commands.splice(place, 0, command);
      const heard = await Promise.allSettled(commands.map(execute));
      const rejected = heard.flatMap((one, at) => (one.status === 'rejected' ? [[at, one.reason]] : []));
      assert.equal(rejected.length, 1);
      assert.equal(rejected[0]?.[0], place);
      assert.ok(rejected[0]?.[1] instanceof QuarantinedError);
      const answers = heard.flatMap((one) => (one.status === 'fulfilled' ? [shown(one.value)] : []));
      assert.deepEqual(
        answers,
        players.map(() => '20/0/0 v2'),
      );
      assert.ok(wallet.actor.stats.batches - batches < 40, 'the innocent were tried one by one');
      await cure();
      assert.ok((await execute(command)).ok, 'nothing is on record under its key');
    });
  }

  it('S1-11 S1-26 S1-28 what is closed in the database is paid no second time, whatever memory believes', async () => {
    const { player, position, command } = await dueSettlement(7);
    const admin = database.admin();
    await admin.query('insert into closing values ($1, 0, 0, 0, 0, 2)', [position]);
    assert.equal(shown(await execute(command)), 'NOT_OPEN');
    assert.equal(shown(await execute(credit(player, 1))), '1/0/0 v3');
    await admin.query('delete from closing where position = $1', [position]);
    await wallet.end();
    wallet = await openWallet(database.url());
    assert.ok((await execute({ ...command, key: newKey() })).ok);
  });

  it('two of them among others', async () => {
    const [a, b] = [await poisonedSettlement(1), await poisonedSettlement(2)];
    const credits = Array.from({ length: 40 }, () => credit(newUser(), 5));
    const commands = [...credits.slice(0, 20), a.command, ...credits.slice(20), b.command];
    const heard = await Promise.allSettled(commands.map(execute));
    assert.deepEqual(
      heard.flatMap(({ status }, at) => (status === 'rejected' ? [at] : [])),
      [20, 41],
    );
    await Promise.all([a.cure(), b.cure()]);
    assert.ok((await Promise.all([execute(a.command), execute(b.command)])).every(({ ok }) => ok));
  });

  it('one that is sent again and again does not stop the wallet', async function () {
    this.timeout(30_000);
    const { command, cure } = await poisonedSettlement(3);
    for (let attempt = 0; attempt < 28; attempt++) await assert.rejects(execute(command), QuarantinedError);
    assert.deepEqual(stopped, []);
    await cure();
    assert.ok((await execute(command)).ok);
  });

  it('a book that is finished is not opened again, whatever memory has forgotten', async () => {
    await execute(openBook(4));
    await execute(window('closeWindow', 4, 1));
    await execute(settle(4, []));
    const again = { ...openBook(4), key: uuid7<Key>(Date.now()), ref: uuid7<Key>(Date.now()) } as Command;
    const [refused, other] = await Promise.allSettled([execute(again), execute(credit(newUser(), 5))]);
    assert.deepEqual([refused?.status, other?.status], ['rejected', 'fulfilled']);
    const { rows } = await database.admin().query('select state from book where id = 4');
    assert.deepEqual(rows, [{ state: 'settled' }]);
  });

  it('S1-20 a key that memory believes new and the database knows gets the answer on record', async () => {
    const player = newUser();
    await execute(credit(player, 1_000));
    await execute(openBook(5));
    const bet = stake(player, 5, 100);
    // Behind the actor's back, which no run of the actor can bring about.
    await database.admin().query(
      `insert into command (hash, seq, batch, version, real, bonus, held, key, origin, moves, verdict, ord, shard)
       values ($1, 0, 1, 0, 0, 0, 0, $2, $3, 0, 1, 999, 0)`,
      [requestHash(bet), bet.key, bet.origin],
    );
    const { recoveries } = wallet.actor.stats;
    const others = Array.from({ length: 3 }, () => stake(player, 5, 1));
    const [again, ...rest] = await Promise.all([bet, ...others].map(execute));
    assert.deepEqual(again, { ok: false, code: 'INSUFFICIENT_FUNDS', duplicate: true });
    assert.ok(rest.every(({ ok }) => ok));
    assert.equal(wallet.actor.stats.recoveries, recoveries + 1, 'the unique key was the safety net');
    assert.equal(shown(await execute({ ...bet, request: 'another' })), 'IDEMPOTENCY_KEY_REUSED');
    await database.admin().query('delete from command where key = $1', [bet.key]);
  });

  it('a balance that is not what memory holds stops the wallet, and nothing is written', async () => {
    const [victim, other] = [newUser(), newUser()];
    await execute(credit(victim, 100));
    await execute(credit(other, 100));
    await execute(openBook(6));
    const admin = database.admin();
    await admin.query('update wallet set real = real + 1 where owner = $1', [victim]);
    const answers = await Promise.all([execute(stake(other, 6, 10)), execute(stake(victim, 6, 10))]);
    assert.deepEqual(answers.map(shown), ['BUSY', 'BUSY']);
    assert.ok(stopped[0] instanceof WalletMismatchError);
    assert.equal(shown(await execute(stake(other, 6, 10))), 'BUSY');
    const { rows } = await admin.query('select real from wallet where owner = $1', [other]);
    assert.deepEqual(rows, [{ real: '100' }]);
    await admin.query('update wallet set real = real - 1 where owner = $1', [victim]);
  });
});
