import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditBooks } from '../../src/wallet/audit.ts';
import { compareHeads, writeHeads } from '../../src/wallet/chain-heads.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';
import { forgeChain, linkInSql } from './chain-in-sql.ts';
import {
  cancel,
  close,
  credit,
  endBonus,
  endHold,
  grant,
  hold,
  newUser,
  openBook,
  openWallet,
  settle,
  silent,
  stake,
  voidBook,
  window,
} from './fixture.ts';

const TABLES = ['wallet', 'command', 'transfer', 'closing', 'book', 'link', 'bonus_grant', 'shard'];

describe('the audit', () => {
  const database = useDatabase();
  const broken = async () => {
    const found = await auditBooks(database.pool());
    return found.flatMap((finding) => (finding.broken.length > 0 ? [finding.check] : []));
  };

  /** A little of everything: mixed stakes, a win, a loss, a refund, an undo, a void, holds, refusals, open bets. */
  before(async () => {
    const { actor, end } = await openWallet(database.url());
    const player = newUser();
    const place = async (book: number, amount: number) => {
      const bet = await actor.execute(stake(player, book, amount));
      assert.ok(bet.ok);
      return bet.seq;
    };
    await actor.execute(credit(player, 1_000));
    await actor.execute(grant(player, 500));
    await actor.execute(grant(player, 7, { requirement: 0 }));
    for (const book of [1, 2, 3]) await actor.execute(openBook(book));
    const [won, lost, mixed] = [await place(1, 300), await place(1, 300), await place(1, 600)];
    await actor.execute(cancel(player, 2, await place(2, 50)));
    const voided = await place(2, 60);
    await actor.execute(stake(player, 2, 5_000));
    await actor.execute(window('closeWindow', 1, 1));
    await actor.execute(settle(1, [close(won, 570), close(lost, 0)], false));
    await actor.execute(settle(1, [close(mixed, 600, 'refunded')]));
    await actor.execute(voidBook(2, [voided]));
    const holds: number[] = [];
    for (const amount of [40, 20, 10]) {
      const held = await actor.execute(hold(player, amount));
      if (held.ok) holds.push(held.seq);
    }
    await actor.execute(endHold('release', player, holds[1] ?? 0));
    await actor.execute(endHold('capture', player, holds[2] ?? 0));
    await actor.execute(grant(player, 30, { requirement: 1_000 }));
    await place(3, 940);
    await actor.execute(stake(newUser(), 3, 1));
    const given = await actor.execute(grant(player, 9));
    assert.ok(given.ok);
    await actor.execute(endBonus(player, given.seq));
    await actor.execute(credit(player, 1));
    await end();
    for (const table of TABLES) await database.admin().query(`create table saved_${table} as table ${table}`);
  });
  afterEach(async () => {
    const admin = database.admin();
    await admin.query(`
      begin;
      update shard set (epoch, owner, batch, seq) = (select epoch, owner, batch, seq from saved_shard)`);
    for (const table of TABLES.filter((name) => name !== 'shard')) {
      await admin.query(`delete from ${table}; insert into ${table} overriding system value table saved_${table}`);
    }
    await admin.query('commit');
  });

  it('S1-22 finds nothing in clean books', async () => {
    assert.deepEqual(await broken(), []);
  });

  it('S1-22 the chain can be rebuilt without a line of the code that wrote it', async () => {
    const { rows } = await database.admin().query('select batch, prev, hash from link order by batch');
    assert.ok(rows.length > 10);
    for (const { batch, prev, hash } of rows) assert.deepEqual(await linkInSql(database.admin(), batch, prev), hash);
  });

  const player = 'owner = (select owner from wallet where turnover > 0 limit 1)';
  const slippedIn = (columns: string) => `insert into command select hash, 0, ${columns} from command limit 1`;
  const lostStake = '(select position from closing where outcome = 2)';
  const tampering: readonly [string, string, readonly string[]][] = [
    ['a balance', `update wallet set real = real + 1 where ${player}`, ['trial balance', 'ledger replay']],
    [
      'money moved from bonus to real',
      `update wallet set real = real + 1, bonus = bonus - 1 where ${player}`,
      ['ledger replay', 'bonus money against bonuses'],
    ],
    ['a version', `update wallet set version = version + 1 where ${player}`, ['ledger replay']],
    ['the turnover', `update wallet set turnover = turnover - 1 where ${player}`, ['wallet aggregates']],
    ['experience', `update wallet set xp = xp + 1 where ${player}`, ['wallet aggregates']],
    ['the count of bets', `update wallet set bets = bets + 1 where ${player}`, ['wallet aggregates']],
    ['net losses', `update wallet set net_loss = net_loss - 1 where ${player}`, ['wallet aggregates']],
    [
      'the money of a bonus',
      'update bonus_grant set balance = balance + 1 where status = 0',
      ['bonuses against the ledger', 'bonus money against bonuses'],
    ],
    [
      'what a bonus has at stake',
      'update bonus_grant set at_stake = at_stake - 1 where at_stake > 0',
      ['bonuses against the ledger'],
    ],
    ['how much a bonus was', 'update bonus_grant set amount = amount + 1', ['where bonuses come from']],
    [
      'how far a bonus has come',
      'update bonus_grant set wagered = requirement where status = 0',
      ['play-through against stakes'],
    ],
    [
      'whose bonus a bet was made with',
      'update transfer set bonus_grant = 2 where book = 3 and bonus_grant is not null',
      ['bonuses against the ledger', 'hash chain'],
    ],
    ['losses', `update wallet set real_losses = real_losses - 1 where ${player}`, ['wallet aggregates']],
    [
      'an escrow',
      `update wallet set real = real + 1 where name = 'escrow:test'`,
      ['trial balance', 'ledger replay', 'escrow against open positions'],
    ],
    [
      'the amount of a credit',
      'update transfer set amount = amount + 1 where seq = 1',
      ['ledger replay', 'hash chain'],
    ],
    [
      'the amount of a payout',
      'update transfer set amount = amount + 1 where position = (select min(position) from closing) and book is null',
      ['ledger replay', 'wallet aggregates', 'payouts against closings', 'hash chain'],
    ],
    ['what was bet on', 'update transfer set selection = 2 where book = 3', ['hash chain']],
    [
      'a transfer taken out',
      'delete from transfer where seq = 2',
      [
        ...['ledger replay', 'bonuses against the ledger', 'where bonuses come from', 'statements', 'gapless ledger'],
        'hash chain',
      ],
    ],
    [
      'a link of a statement',
      'update transfer set debit_prev = 0 where seq = (select max(seq) from transfer where debit_prev > 0)',
      ['statements'],
    ],
    ['an hour of the limits', `update wallet set hour_lost = hour_lost - 1 where ${player}`, ['hours of the limits']],
    ['the end of a statement', `update wallet set last_seq = last_seq - 1 where ${player}`, ['statements']],
    [
      'the closing of a lost bet',
      `delete from closing where outcome = 2`,
      ['wallet aggregates', 'escrow against open positions', 'finished books', 'hash chain'],
    ],
    [
      'the payout of a closing',
      'update closing set payout = payout + 1 where outcome = 1',
      ['payouts against closings', 'hours of the limits', 'hash chain'],
    ],
    [
      'the outcome of a closing',
      `update closing set outcome = 3, payout = 1 where position = ${lostStake}`,
      ['payouts against closings', 'hours of the limits', 'hash chain'],
    ],
    ['a refusal made another one', 'update command set verdict = 3 where verdict = 1', ['hash chain']],
    ['a refusal made an acceptance', 'update command set verdict = 0 where verdict = 1', ['hash chain']],
    ['the balance of an answer', 'update command set real = real + 1 where seq = 1', ['hash chain']],
    ['an answer taken out', 'delete from command where verdict = 1', ['hash chain']],
    [
      'an answer slipped in beside the chain',
      slippedIn('9999, 0, 0, 0, 0, gen_random_uuid(), origin, 0, 1, 0, 0'),
      ['rows beside the chain'],
    ],
    [
      'an answer slipped into a batch',
      slippedIn('1, 0, 0, 0, 0, gen_random_uuid(), origin, 0, 1, 9, 0'),
      ['hash chain'],
    ],
    ['a link', `update link set hash = sha256('x') where batch = 3`, ['hash chain']],
    ['a link taken out', 'delete from link where batch = 3', ['rows beside the chain', 'hash chain']],
    [
      'the last link taken out',
      'delete from link where batch = (select max(batch) from link)',
      ['rows beside the chain', 'hash chain'],
    ],
    [
      'held money moved to another hold',
      'update transfer set amount = amount - 1 where reason = 7 and seq = (select min(id) from hold)',
      ['ledger replay', 'held money against holds', 'hash chain'],
    ],
    [
      'the end of a hold taken for that of another',
      'update transfer set position = (select min(id) from hold) where reason = 9',
      ['held money against holds', 'hash chain'],
    ],
    ['a book finished too early', `update book set state = 'settled' where id = 3`, ['finished books']],
    ['the head of the ledger', 'update shard set seq = seq + 1', ['gapless ledger']],
  ];
  for (const [what, statement, expected] of tampering) {
    it(`finds ${what}, and nothing else`, async () => {
      const { rowCount } = await database.admin().query(statement);
      assert.ok(rowCount);
      assert.deepEqual(await broken(), expected);
    });
  }

  describe('against heads written outside the database', () => {
    let dataDir: string;
    const write = (known = new Map<number, bigint>()) =>
      writeHeads(database.pool(), { dataDir, secret: 'secret', log: silent, now: 0, known });
    const compare = (secret = 'secret') => compareHeads(database.pool(), dataDir, secret);
    const file = () => join(dataDir, 'chain-heads.jsonl');
    beforeEach(() => {
      dataDir = temporaryDirectory();
    });
    afterEach(() => removeDirectory(dataDir));

    it('what is as it was is right, and is not written twice', async () => {
      const known = new Map<number, bigint>();
      await write(known);
      await write(known);
      assert.equal((await readFile(file(), 'utf8')).split('\n').length, 2);
      assert.deepEqual(await compare(), []);
    });

    it('DESIGN 3 history rewritten with all hashes made anew is found here', async () => {
      await write();
      await database.admin().query('update command set verdict = 3 where verdict = 1');
      await forgeChain(database.admin());
      assert.deepEqual(await broken(), [], 'the chain itself is right again');
      assert.match((await compare()).join(), /is another one in the database/);
    });

    it('DESIGN 3 a tail cut off cleanly is found here', async () => {
      await write();
      await database.admin().query(`
        with gone as (delete from transfer where seq = (select max(seq) from transfer) returning *)
        update wallet w
           set version = version - 1, last_seq = case when w.id = g.debit then g.debit_prev else g.credit_prev end,
               real = real + case when w.id = g.debit then g.amount else -g.amount end
          from gone g where w.id in (g.debit, g.credit);
        delete from command where batch = (select max(batch) from link);
        delete from link where batch = (select max(batch) from link);
        update shard set batch = batch - 1, seq = seq - 1`);
      assert.deepEqual(await broken(), [], 'nothing inside the database tells');
      assert.match((await compare()).join(), /is gone from the database/);
    });

    it('a head that was forged, or signed with another key, is found', async () => {
      await write();
      const text = await readFile(file(), 'utf8');
      await writeFile(file(), text.replace(/"seq":"(\d+)"/, '"seq":"1"'));
      assert.match((await compare()).join(), /is not signed by this server's key/);
      await writeFile(file(), text);
      assert.match((await compare('another')).join(), /is not signed by this server's key/);
      await writeFile(file(), `nonsense\n${text}`);
      assert.match((await compare()).join(), /line 1: is not a chain head/);
    });

    it('a line that a crash has cut short neither counts nor spoils the next', async () => {
      await write();
      await appendFile(file(), '{"at":"2026-');
      assert.deepEqual(await compare(), []);
      await write();
      assert.deepEqual(await compare(), []);
      assert.equal((await readFile(file(), 'utf8')).trim().split('\n').length, 2);
    });
  });
});
