import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { writeLogHead } from '../../src/backoffice/log-heads.ts';
import type { Game } from '../../src/games/andar-bahar/store.ts';
import { WireReconciliation } from '../../src/http/wire-reconciliation.ts';
import type { LiveRound, RoundDeps } from '../../src/rounds/live-round.ts';
import type { Server } from '../../src/server.ts';
import { writeHeads } from '../../src/wallet/chain-heads.ts';
import { assertCashier } from '../cashier/support.ts';
import {
  assertBooks,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
  testConfig,
} from '../journeys/support.ts';
import { ANDAR_WINS, newGame, openedRound, playRound } from '../rounds/played.ts';
import { roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';
import { credit, endBonus, grant, silent } from '../wallet/fixture.ts';

type Answer = z.output<typeof WireReconciliation>;

const START = 1_000_000;
const NONE = { count: 0, amount: 0 };

describe('the morning reconciliation', () => {
  const database = useDatabase();
  let server: Server;
  let dataDir: string;
  let game: Game;
  let idle: Game;
  let open: LiveRound;
  let admin: Player;
  let player: Player;

  before(async () => {
    dataDir = temporaryDirectory();
    server = await start(database, [], { config: testConfig({ DATA_DIR: dataDir }) });
    admin = await newStaff(server, 'ADMIN');
    player = await newPlayer(server, START);
    const deps: RoundDeps = {
      ...roundDeps(database.pool(), { actor: server.wallet } as never),
      wallet: server.wallet,
    };
    [game, idle] = [await newGame(deps), await newGame(deps)];
    const bet = { userId: player.userId, betSide: 'andar', amount: 10_000 } as const;
    await playRound(deps, game, [bet], ANDAR_WINS);
    open = await openedRound(deps, game, [
      { ...bet, amount: 5_000 },
      { ...bet, amount: 600, undone: true },
    ]);
    await openedRound(deps, idle, []);
    await ask('withdrawals', 200_000);
    await ask('deposits', 70_000);
    for (const id of [await ask('withdrawals', 60_000), await ask('deposits', 90_000)]) {
      assert.equal((await send(server, 'PUT', `/admin/tx/${id}/approve-tx`, admin)).status, 200);
    }
    const { seedEncryptionKey: secret } = server.config;
    await writeHeads(database.pool(), { dataDir, secret, log: silent, now: Date.now(), known: new Map() });
    await writeLogHead(database.pool(), { dataDir, secret, now: Date.now(), known: 0 });
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertCashier(database);
    removeDirectory(dataDir);
  });

  async function ask(type: string, amount: number): Promise<string> {
    const key = { 'Idempotency-Key': newKey() };
    const { status, json } = await send(
      ...([server, 'POST', `/transactions/${type}`, player, { amount, method: 'upi' }, key] as const),
    );
    assert.equal(status, 201, JSON.stringify(json));
    return json.id;
  }
  async function read(query = ''): Promise<Answer> {
    const { status, json } = await send(server, 'GET', `/admin/reconciliation${query}`, admin);
    assert.equal(status, 200, JSON.stringify(json));
    return WireReconciliation.parse(json);
  }
  const inr = ({ currencies: [figures] }: Answer) => {
    assert.ok(figures);
    return figures;
  };
  const table = (answer: Answer, { tableId }: Game) => {
    const found = inr(answer).games.find((each) => each.game === tableId);
    assert.ok(found);
    return found;
  };
  const lines = async () => (await get(server, '/admin/audit?action=books.audit', admin)).items;

  it('S4-08 is for ADMIN and MASTER', async () => {
    assert.equal((await get(server, '/admin/reconciliation', await newStaff(server, 'MASTER'))).right, true);
    for (const who of [player, await newStaff(server, 'PARTNER'), await newStaff(server, 'COLLECTOR')]) {
      assert.equal((await get(server, '/admin/reconciliation?full=true', who)).error.code, 'FORBIDDEN');
    }
    assert.equal((await get(server, '/admin/reconciliation')).error.code, 'UNAUTHORIZED');
    assert.equal((await get(server, '/admin/reconciliation?full=perhaps', admin)).error.code, 'INVALID_REQUEST');
    assert.deepEqual(await lines(), []);
  });

  it('says who has what: players, tables, and the outside world; all of it comes to nothing', async () => {
    const answer = await read();
    const { trialBalance, players, holds, cashier, house, escrow } = inr(answer);
    assert.deepEqual([answer.right, answer.audit, trialBalance], [true, null, 0]);
    const real = START + 10_000 - 5_000 - 260_000 + 90_000;
    assert.deepEqual(players, { real, bonus: 0, held: 200_000, total: real + 200_000, wallets: 1 });
    assert.deepEqual(holds, { count: 1, amount: 200_000, margins: 0, difference: 0 });
    assert.deepEqual(inr(answer).bonuses, { active: 0, balance: 0, atStake: 0, difference: 0, cost: 0 });
    assert.deepEqual([house, escrow], [-10_000, 5_000]);
    assert.deepEqual(cashier, {
      balance: -(START - 60_000 + 90_000),
      deposits: { pending: { count: 1, amount: 70_000 }, approved: NONE, moved: { count: 1, amount: 90_000 } },
      withdrawals: {
        ...{ pending: { count: 1, amount: 200_000 }, approved: NONE, moved: { count: 1, amount: 60_000 } },
        unpaid: NONE,
      },
      ...{ otherwise: START, corrections: 0, unexplained: START },
    });
  });

  it('says what lies in escrow, what is open, and in which round it has been for longest', async () => {
    const answer = await read();
    const { oldest, ...rest } = table(answer, game);
    const stakes = { real: 5_000, bonus: 0, held: 0, total: 5_000 };
    assert.deepEqual(rest, {
      ...{ game: game.tableId, house: -10_000, escrow: stakes, atStake: stakes, difference: 0 },
      ...{ bets: 1, unfinished: 1 },
    });
    assert.ok(oldest?.since && Math.abs(Date.now() - Date.parse(oldest.since)) < 60_000);
    const { since: _, ...round } = oldest;
    assert.deepEqual(round, { roundId: open.roundId, roundNumber: 2, state: 'open', bets: 1, stakes: 5_000 });
    const { unfinished, oldest: none } = table(answer, idle);
    assert.deepEqual([unfinished, none], [1, null], 'a round without money in it waits for nobody');
  });

  it('says where both chains end, and that the heads on file are theirs', async () => {
    const { chain, auditLog } = await read();
    const { rows } = await database.admin().query(`
      select s.batch::int, s.seq::int, encode(l.hash, 'hex') as hash, l.at
        from shard s join link l on l.batch = s.batch`);
    const { lastSigned, at, ...head } = chain;
    assert.deepEqual({ ...head, at: new Date(at ?? 0) }, rows[0]);
    assert.deepEqual([lastSigned?.matches, lastSigned?.seq, lastSigned?.hash], [true, chain.seq, chain.hash]);
    const newest = (await get(server, '/admin/audit?limit=1', admin)).items[0];
    assert.deepEqual([auditLog.seq, auditLog.hash, auditLog.at], [newest.seq, newest.hash, newest.at]);
    assert.deepEqual([auditLog.lastSigned?.matches, auditLog.lastSigned?.seq], [true, newest.seq]);
  });

  it('full: audits everything, one at a time, and is on record', async () => {
    const query = '/admin/reconciliation?full=true';
    const both = await Promise.all([1, 2].map(() => send(server, 'GET', query, admin)));
    const [done, busy] = both.sort((one, other) => one.status - other.status);
    assert.deepEqual([busy?.status, busy?.json.error.code], [503, 'BUSY']);
    const { right, audit } = WireReconciliation.parse(done?.json);
    assert.deepEqual([right, audit?.right], [true, true]);
    const checks = audit?.findings.map(({ check }) => check) ?? [];
    for (const check of ['ledger replay', 'hash chain', 'chain heads on file', 'deposits against credits', 'audit log'])
      assert.ok(checks.includes(check), check);
    const [line, ...others] = await lines();
    assert.deepEqual(others, []);
    assert.deepEqual([line.adminId, line.after], [admin.userId, { right: true, broken: [] }]);
  });

  /** What is changed behind the wallet's back and put right again, what the figures then say, and which checks. */
  const tampering: readonly [string, string, string, (answer: Answer) => unknown, unknown, readonly string[]][] = [
    [
      'a player given money',
      `update wallet set real = real + 7 where owner is not null`,
      `update wallet set real = real - 7 where owner is not null`,
      (answer) => inr(answer).trialBalance,
      7,
      ['trial balance', 'ledger replay'],
    ],
    [
      'money in escrow that nobody has staked',
      `update wallet set real = real + 3 where name like 'escrow:%' and real > 0`,
      `update wallet set real = real - 3 where name like 'escrow:%' and real > 0`,
      (answer) => [inr(answer).trialBalance, table(answer, game).difference],
      [3, 3],
      ['trial balance', 'ledger replay', 'escrow against open positions'],
    ],
    [
      'an undone bet made an open one',
      `create table gone as select * from closing where outcome = 4; delete from closing where outcome = 4`,
      `insert into closing table gone; drop table gone`,
      (answer) => [table(answer, game).difference, table(answer, game).bets],
      [-600, 2],
      ['escrow against open positions', 'payouts against closings', 'wallet aggregates', 'hash chain'],
    ],
    [
      'money set aside without a hold',
      `update wallet set real = real - 5, held = held + 5 where owner is not null`,
      `update wallet set real = real + 5, held = held - 5 where owner is not null`,
      (answer) => inr(answer).holds.difference,
      5,
      ['ledger replay', 'held money against holds'],
    ],
    [
      'a larger deposit than came',
      `update cashier_transaction set amount = amount + 50 where type = 'DEPOSIT' and moved is not null`,
      `update cashier_transaction set amount = amount - 50 where type = 'DEPOSIT' and moved is not null`,
      (answer) => [inr(answer).cashier.deposits.moved.amount, inr(answer).cashier.otherwise],
      [90_050, START - 50],
      ['deposits against credits'],
    ],
    [
      'the last link of the chain taken out',
      `create table gone as select * from link order by batch desc limit 1;
       delete from link where batch = (select max(batch) from link)`,
      `insert into link table gone; drop table gone`,
      ({ chain }) => [chain.hash, chain.lastSigned?.matches, /gone/.test(chain.lastSigned?.problem ?? '')],
      [null, false, true],
      ['rows beside the chain', 'hash chain', 'chain heads on file'],
    ],
    [
      'what a line of the audit log says',
      `update audit_log set reason = 'another' where seq = 1`,
      `update audit_log set reason = null where seq = 1`,
      ({ auditLog }) => auditLog.lastSigned?.matches,
      true,
      ['audit log'],
    ],
  ];
  for (const [what, tamper, undo, look, said, checks] of tampering) {
    it(`shows ${what}`, async () => {
      const admins = database.admin();
      await admins.query(tamper);
      try {
        const answer = await read('?full=true');
        assert.deepEqual(look(answer), said);
        assert.equal(answer.right, false);
        const broken = answer.audit?.findings.filter((finding) => finding.broken.length > 0).map(({ check }) => check);
        for (const check of checks) assert.ok(broken?.includes(check), `${check} among ${broken}`);
        assert.deepEqual((await lines())[0].after, { right: false, broken });
      } finally {
        await admins.query(undo);
      }
      assert.equal((await read('?full=true')).right, true, 'put right again');
    });
  }

  it('shows a head on file that is not what the database has, or none at all', async () => {
    const admins = database.admin();
    const seq = (await read()).auditLog.lastSigned?.seq;
    await admins.query(`update audit_log set hash = sha256(hash) where seq = ${seq}`);
    const { auditLog, right } = await read();
    assert.deepEqual([auditLog.lastSigned?.matches, right], [false, false]);
    assert.match(auditLog.lastSigned?.problem ?? '', /is another one in the audit log/);
    const { prev } = (await admins.query(`select prev from audit_log where seq = ${Number(seq) + 1}`)).rows[0];
    await admins.query(`update audit_log set hash = $1 where seq = ${seq}`, [prev]);
    await appendFile(join(dataDir, 'chain-heads.jsonl'), '{"at":"torn');
    assert.equal((await read()).chain.lastSigned?.matches, true, 'what a crash cut short was never said');
    await appendFile(join(dataDir, 'chain-heads.jsonl'), '\n');
    const spoilt = await read();
    assert.deepEqual([spoilt.chain.lastSigned?.problem, spoilt.right], ['is not a chain head', false]);
    removeDirectory(dataDir);
    const { chain } = await read();
    assert.deepEqual([chain.lastSigned, (await read()).right], [null, true]);
  });

  it('S2-27 says what bonuses have and have cost, and finds money that is in none', async () => {
    const receiver = await newPlayer(server, 0);
    const given = await server.wallet.execute(grant(receiver.userId, 700));
    await server.wallet.execute(grant(receiver.userId, 50, { requirement: 0 }));
    assert.ok(given.ok);
    const answer = await read();
    assert.deepEqual(
      [answer.right, inr(answer).bonuses],
      [true, { active: 1, balance: 700, atStake: 0, difference: 0, cost: 750 }],
    );
    await database.admin().query('update bonus_grant set balance = balance - 1 where status = 0');
    const wrong = await read();
    assert.deepEqual([wrong.right, inr(wrong).bonuses.difference], [false, 1]);
    await database.admin().query('update bonus_grant set balance = balance + 1 where status = 0');
    const ended = await server.wallet.execute(endBonus(receiver.userId, given.seq));
    assert.ok(ended.ok);
    assert.deepEqual(inr(await read()).bonuses, { active: 0, balance: 0, atStake: 0, difference: 0, cost: 50 });
    await server.wallet.execute({ ...credit(receiver.userId, -50) });
  });
});
