import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Key } from '../../src/ids.ts';
import type { Answer, Command } from '../../src/wallet/command.ts';
import { useDatabase } from '../support/database.ts';
import { credit, findings, newUser, openBook, openWallet, shown, stake, type TestWallet, window } from './fixture.ts';

/** A cache of two wallets, to make the third a stranger every time. */
const FORGETFUL = { walletsMax: 2 };

describe('answers of the wallet', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  const execute = (command: Command): Promise<Answer> => wallet.actor.execute(command);
  const restart = async (options = {}) => {
    await wallet.end();
    wallet = await openWallet(database.url(), options);
  };
  const records = async (key: Key) => {
    const { rows } = await database.admin().query('select from command where key = $1', [key]);
    return rows.length;
  };

  before(async () => {
    wallet = await openWallet(database.url());
    await execute(openBook(1));
  });
  after(() => wallet.end());
  afterEach(async () => assert.deepEqual(await findings(database.pool()), []));

  for (const [kind, key] of [
    ['a UUIDv7', undefined],
    ['any other UUID', randomUUID() as string as Key],
  ] as const) {
    it(`S1-23 X-04 a duplicate under ${kind} gets the first answer, before and after a restart`, async () => {
      const player = newUser();
      await execute(credit(player, 1_000));
      const bet = stake(player, 1, 400, key === undefined ? {} : { key });
      const first = await execute(bet);
      const [again, atOnce] = await Promise.all([execute(bet), execute({ ...bet })]);
      await execute(stake(player, 1, 100));
      await restart();
      const later = await execute(bet);
      assert.ok(first.ok && !first.duplicate);
      for (const answer of [again, atOnce, later]) assert.deepEqual(answer, { ...first, duplicate: true });
      assert.equal(await records(bet.key), 1);
    });
  }

  it('S1-23 two at the same moment under one key: one is done, both hear the same', async () => {
    const player = newUser();
    await execute(credit(player, 1_000));
    const bet = stake(player, 1, 400);
    const answers = await Promise.all([execute(bet), execute(bet), execute(bet)]);
    assert.deepEqual(answers.map(shown), ['600/0/0 v2', '600/0/0 v2', '600/0/0 v2']);
    assert.deepEqual(
      answers.map(({ duplicate }) => duplicate),
      [false, true, true],
    );
  });

  it('DESIGN 3 a refusal stands under its key, also after a restart, though it could be accepted now', async () => {
    const player = newUser();
    const bet = stake(player, 1, 400);
    assert.equal(shown(await execute(bet)), 'INSUFFICIENT_FUNDS');
    await execute(credit(player, 1_000));
    assert.deepEqual(await execute(bet), { ok: false, code: 'INSUFFICIENT_FUNDS', duplicate: true });
    await restart();
    assert.deepEqual(await execute(bet), { ok: false, code: 'INSUFFICIENT_FUNDS', duplicate: true });
    assert.equal(shown(await execute(stake(player, 1, 400))), '600/0/0 v2');
  });

  it('the ruling of the rules is put on record, unless the key has an answer already', async () => {
    const player = newUser();
    await execute(credit(player, 1_000));
    const late = stake(player, 1, 400, { ruling: 'BETTING_CLOSED' });
    assert.equal(shown(await execute(late)), 'BETTING_CLOSED');
    const { ruling, ...inTime } = late;
    assert.equal(shown(await execute(inTime)), 'BETTING_CLOSED');
    const accepted = stake(player, 1, 400);
    assert.equal(shown(await execute(accepted)), '600/0/0 v2');
    assert.equal(shown(await execute({ ...accepted, ruling: 'BETTING_CLOSED' })), '600/0/0 v2');
  });

  it('a key with another request is IDEMPOTENCY_KEY_REUSED, also after a restart, and changes nothing', async () => {
    const player = newUser();
    await execute(credit(player, 1_000));
    const bet = stake(player, 1, 400);
    const another = stake(player, 1, 300, { key: bet.key });
    await execute(bet);
    assert.equal(shown(await execute(another)), 'IDEMPOTENCY_KEY_REUSED');
    await restart();
    assert.equal(shown(await execute(another)), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(shown(await execute(credit(player, 1))), '601/0/0 v3');
  });

  it('one key of two users is two commands: nobody can take or learn the answer of another', async () => {
    const [a, b] = [newUser(), newUser()];
    await execute(credit(a, 1_000));
    await execute(credit(b, 500));
    const bet = stake(a, 1, 100);
    const answers = [await execute(bet), await execute({ ...bet, origin: b })];
    assert.deepEqual(answers.map(shown), ['900/0/0 v2', '400/0/0 v2']);
    assert.equal(await records(bet.key), 2);
  });

  it('an answer that was looked up outlives the look-up of a whole batch, however few are remembered', async () => {
    const player = newUser();
    await execute(credit(player, 1_000));
    const bets = Array.from({ length: 40 }, () => stake(player, 1, 10));
    const first = await Promise.all(bets.map(execute));
    await restart({ remembered: 1, batchMax: 8 });
    const again = await Promise.all(bets.map(execute));
    assert.deepEqual(
      again,
      first.map((answer) => ({ ...answer, duplicate: true })),
    );
    assert.equal(wallet.actor.stats.recoveries, 0);
  });

  it('are right when most wallets are forgotten most of the time', async () => {
    await restart(FORGETFUL);
    const players = Array.from({ length: 20 }, newUser);
    await Promise.all(players.map((player) => execute(credit(player, 100))));
    for (const round of [1, 2, 3]) {
      const answers = await Promise.all(players.map((player) => execute(stake(player, 1, 10))));
      assert.deepEqual(
        answers.map(shown),
        players.map(() => `${100 - 10 * round}/0/0 v${1 + round}`),
      );
    }
  });

  it('come only once the batch is durable', async () => {
    const player = newUser();
    await execute(credit(player, 1_000));
    const admin = database.admin();
    await admin.query('begin');
    await admin.query('select from shard where shard = 0 for update');
    let answered = 0;
    const bets = [stake(player, 1, 100), stake(player, 1, 5_000), window('closeWindow', 1, 9)];
    const answers = bets.map((command) => execute(command).then((answer) => [answered++, shown(answer)][1]));
    await sleep(150);
    assert.equal(answered, 0);
    assert.equal(await records(bets[0]?.key as Key), 0);
    await admin.query('rollback');
    assert.deepEqual(await Promise.all(answers), ['900/0/0 v2', 'INSUFFICIENT_FUNDS', 'NOT_OPEN']);
  });
});
