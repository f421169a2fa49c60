import assert from 'node:assert/strict';
import { APP_ROLE, WALLET_ROLE } from '../../db/pool.ts';
import { useDatabase } from '../support/database.ts';
import { credit, findings, newUser, openBook, openWallet, stake } from './fixture.ts';

const MONEY = [
  'shard',
  'shard_lease',
  'wallet',
  'command',
  'transfer',
  'closing',
  'book',
  'link',
  'bonus_grant',
  'pool_total',
  'pool_player',
  'open_position',
];
const DENIED = '42501';
const CHECK_FAILED = '23514';

describe('what the database itself forbids', () => {
  const database = useDatabase();
  before(async () => {
    const wallet = await openWallet(database.url());
    const player = newUser();
    await wallet.actor.execute(credit(player, 100));
    await wallet.actor.execute(openBook(1));
    await wallet.actor.execute(stake(player, 1, 40));
    await wallet.end();
  });
  after(async () => assert.deepEqual(await findings(database.pool()), []));

  /** The error's code, or `done`. Nothing stays. */
  async function attempt(statement: string, role?: string): Promise<string> {
    const admin = database.admin();
    await admin.query('begin');
    try {
      if (role !== undefined) await admin.query(`set local role ${role}`);
      await admin.query(statement);
      return 'done';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    } finally {
      await admin.query('rollback');
    }
  }

  for (const table of MONEY) {
    it(`S3-14 the application cannot write ${table}`, async () => {
      const { rows } = await database
        .admin()
        .query(
          'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and attidentity = $2',
          [table, ''],
        );
      const writes = [`delete from ${table}`, `truncate ${table}`, `insert into ${table} default values`];
      for (const { name } of rows) writes.push(`update ${table} set "${name}" = "${name}"`);
      for (const write of writes) assert.equal(await attempt(write, APP_ROLE), DENIED, write);
    });
  }

  it('S1-22 not even the wallet can change or delete what has happened', async () => {
    for (const table of ['transfer', 'command', 'closing', 'link']) {
      for (const write of [`delete from ${table}`, `update ${table} set shard = shard`, `truncate ${table}`]) {
        assert.equal(await attempt(write, WALLET_ROLE), DENIED, write);
      }
    }
    for (const table of ['wallet', 'book', 'shard']) {
      assert.equal(await attempt(`delete from ${table}`, WALLET_ROLE), DENIED);
    }
  });

  const transfer = (columns: string) => `
    insert into transfer (seq, debit, credit, amount, position, book, liability, shard, debit_bucket, credit_bucket,
                          reason, selection, "window") values (${columns})`;
  const forbidden: readonly [string, string, string][] = [
    ["S3-14 a player's real money below zero", 'update wallet set real = -1 where owner is not null', CHECK_FAILED],
    ["S3-14 a player's bonus below zero", 'update wallet set bonus = -1 where owner is not null', CHECK_FAILED],
    ['S3-14 held money below zero', 'update wallet set held = -1 where owner is not null', CHECK_FAILED],
    ['an escrow below zero', `update wallet set real = -1 where name like 'escrow:%'`, CHECK_FAILED],
    ['a wallet of nobody', `insert into wallet (currency) values ('INR')`, CHECK_FAILED],
    ['a transfer of nothing', transfer('99, 1, 2, 0, 0, null, null, 0, 0, 0, 5, null, null'), CHECK_FAILED],
    ['a negative transfer', transfer('99, 1, 2, -1, 0, null, null, 0, 0, 0, 5, null, null'), CHECK_FAILED],
    ['a transfer to itself', transfer('99, 1, 1, 1, 0, null, null, 0, 0, 0, 5, null, null'), CHECK_FAILED],
    ['a stake without a book', transfer('99, 1, 2, 1, 0, null, null, 0, 0, 0, 1, null, null'), CHECK_FAILED],
    ['a payout that opens a position', transfer('99, 1, 2, 1, 99, 1, 0, 0, 0, 0, 2, 1, 1'), CHECK_FAILED],
    ['a transfer twice', transfer('1, 1, 2, 1, 0, null, null, 0, 0, 0, 5, null, null'), '23505'],
    ['a loss that pays', 'insert into closing values (2, 5, 1, 0, 0, 2)', CHECK_FAILED],
    ['a win that does not', 'insert into closing values (2, 0, 1, 0, 0, 1)', CHECK_FAILED],
    ['an outcome nobody knows', 'insert into closing values (2, 5, 1, 0, 0, 5)', CHECK_FAILED],
    [
      'S1-20 S1-28 a position closed twice',
      'insert into closing values (2, 5, 1, 0, 0, 1), (2, 5, 2, 0, 0, 1)',
      '23505',
    ],
    ['a key of one origin twice', 'insert into command select * from command', '23505'],
  ];
  for (const [name, statement, code] of forbidden) {
    it(name, async () => assert.equal(await attempt(statement), code));
  }

  it('S3-14 the house and the cashier may be below zero', async () => {
    assert.equal(await attempt(`update wallet set real = -1 where name = 'cashier' or name like 'house:%'`), 'done');
  });
});
