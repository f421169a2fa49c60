import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Identity } from '../../src/accounts/identity.ts';
import { auditActs } from '../../src/backoffice/audit.ts';
import type { AuditLine, Json } from '../../src/backoffice/audit-line.ts';
import { type Backoffice, createBackoffice } from '../../src/backoffice/backoffice.ts';
import { setFrozen } from '../../src/backoffice/freeze.ts';
import { compareLogHeads, writeLogHead } from '../../src/backoffice/log-heads.ts';
import { setRole } from '../../src/backoffice/roles.ts';
import { linesFrom, newestLines } from '../../src/backoffice/store.ts';
import { systemClock } from '../../src/clock.ts';
import { isRefusal, refuse } from '../../src/refusal.ts';
import { makeAccounts } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';
import { silent } from '../wallet/fixture.ts';
import { newIdentity } from './support.ts';

describe('the audit log', () => {
  const database = useDatabase();
  let backoffice: Backoffice;
  let admin: Identity;

  before(async () => {
    admin = await newIdentity(database, makeAccounts(database), 'ADMIN');
    await database.admin().query('create table note (text text); grant all on note to croupier_app');
  });
  beforeEach(async () => {
    backoffice = createBackoffice({ database: database.pool(), clock: systemClock, log: silent });
    await database.admin().query('truncate audit_log, note');
  });

  const broken = async () => (await auditActs(database.pool())).flatMap((finding) => finding.broken);
  const count = async (table: 'audit_log' | 'note') =>
    Number((await database.admin().query(`select count(*) from ${table}`)).rows[0].count);
  const write = (tx: Queries, text: string) =>
    tx.query(sql.type(z.object({}))`insert into note (text) values (${text})`);
  const note = (text: string, more: object = {}) =>
    backoffice.act(admin, async (tx) => {
      await write(tx, text);
      return { answer: text, entry: { action: 'note', target: `note:${text}`, ...more } };
    });

  it('S4-50 a change and its line are there together, with who, what, before, after and why', async () => {
    assert.equal(
      await note('one', { before: { b: 1, a: [null, 'x'] }, after: 'one', reason: 'why not', amount: 5 }),
      'one',
    );
    assert.equal(await count('note'), 1);
    const [line] = await linesFrom(database.pool(), 1, 10);
    assert.ok(line);
    const { seq, actor, role, action, target, before, after, reason, amount } = line;
    assert.deepEqual(
      { seq, actor, role, action, target, before, after, reason, amount },
      {
        ...{ seq: 1, actor: admin.userId, role: 'ADMIN', action: 'note', target: 'note:one' },
        ...{ before: { b: 1, a: [null, 'x'] }, after: 'one', reason: 'why not', amount: 5 },
      },
    );
    assert.deepEqual(await broken(), []);
  });

  it('a refusal leaves neither a change nor a line, and nobody hears of it', async () => {
    const heard: AuditLine[] = [];
    backoffice.onAct((line) => heard.push(line));
    const refusal = await backoffice.act(admin, async (tx) => {
      await write(tx, 'never');
      return refuse('ALREADY_DECIDED');
    });
    assert.deepEqual(refusal, refuse('ALREADY_DECIDED'));
    await assert.rejects(
      backoffice.act(admin, async (tx) => {
        await write(tx, 'never');
        throw new Error('a bug');
      }),
      /a bug/,
    );
    assert.deepEqual([await count('note'), await count('audit_log'), heard], [0, 0, []]);
  });

  it('S4-50 nobody acts in it after they were stopped; what they decided before still gets its line', async () => {
    const master = await newIdentity(database, makeAccounts(database), 'MASTER');
    const other = await newIdentity(database, makeAccounts(database), 'ADMIN');
    const at = new Date();
    // Their act is under way, and waits, while they are stopped.
    const stopped = [
      () => backoffice.act(master, (tx) => setRole(tx, master, { userId: other.userId, role: 'PLAYER', at })),
      () => backoffice.act(master, (tx) => setRole(tx, master, { userId: other.userId, role: 'MASTER', at })),
      () =>
        backoffice.act(master, (tx) => setFrozen(tx, master, { userId: other.userId, frozen: true, reason: 'x', at })),
    ];
    const does = (text: string, how: 'act' | 'record') =>
      backoffice[how](other, async (tx) => {
        await write(tx, text);
        const stop = stopped.shift();
        if (stop) assert.ok(!isRefusal(await stop()));
        return { answer: text, entry: { action: 'note', target: `note:${text}` } };
      });
    assert.deepEqual(await does('demoted', 'act'), refuse('FORBIDDEN', 'You may not do this any more.'));
    assert.equal(await does('a MASTER may do what an ADMIN may', 'act'), 'a MASTER may do what an ADMIN may');
    assert.deepEqual(await does('frozen', 'act'), refuse('FORBIDDEN', 'You may not do this any more.'));
    assert.equal(await does('late', 'record'), 'late');
    assert.deepEqual([await count('note'), await count('audit_log')], [2, 5]);
    assert.deepEqual(await broken(), []);
  });

  it('a change whose line cannot be written is not made', async () => {
    await assert.rejects(note('too much', { amount: 2 ** 60 }), /not an exact number/);
    for (const more of [{ reason: 'abc\ud800' }, { after: { name: '\udc00' } }, { before: { '\ud800': 1 } }]) {
      await assert.rejects(note('half a character', more), /half a character/);
    }
    assert.deepEqual([await count('note'), await count('audit_log')], [0, 0]);
  });

  it('S4-49 listeners hear of an act after its commit, and one that fails keeps nobody from it', async () => {
    const seen: Promise<number>[] = [];
    backoffice.onAct(() => {
      throw new Error('a listener');
    });
    const off = backoffice.onAct(() => seen.push(count('audit_log')));
    assert.equal(await note('one'), 'one');
    off();
    assert.deepEqual(await Promise.all(seen), [1]);
    await note('two');
    assert.equal(seen.length, 1);
  });

  it('acts at the same moment are numbered without a gap, each bound to the one before', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => note(`${index}`)));
    const lines = await linesFrom(database.pool(), 1, 100);
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    assert.deepEqual(await broken(), []);
  });

  it('whatever JSON can say is found again as it was written', async () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as Json);
    const exact = json.filter((value) => !JSON.stringify(value).match(/\d{16}|e\+|\\ud/));
    await fc.assert(
      fc.asyncProperty(exact, exact, async (before, after) => {
        await note('any', { before, after });
        assert.deepEqual(await broken(), []);
      }),
      { numRuns: 60 },
    );
  });

  it('the hash of a line is what its description says', async () => {
    await note('one', { after: { b: 2, a: 'ä' }, amount: 7 });
    const [line] = await linesFrom(database.pool(), 1, 1);
    assert.ok(line);
    const who = `"${admin.userId}","ADMIN","note","note:one"`;
    const text = `[1,"${line.at}",${who},null,{"a":"ä","b":2},null,7]`;
    const expected = createHash('sha256').update(Buffer.alloc(32)).update(text).digest();
    assert.deepEqual(line.hash, expected);
  });

  describe('that was tampered with', () => {
    beforeEach(async () => {
      for (const text of ['one', 'two', 'three', 'four']) {
        await note(text, { before: { amount: 1 }, after: { amount: 2 }, reason: 'because', amount: 3 });
      }
    });

    const changed = /^line 2 was changed$/m;
    const cases: readonly [string, string, RegExp][] = [
      ['the time', `update audit_log set at = at + interval '1 microsecond' where seq = 2`, changed],
      ['the actor', 'update audit_log set actor = (select id from other) where seq = 2', changed],
      ['the role', `update audit_log set role = 'MASTER' where seq = 2`, changed],
      ['the action', `update audit_log set action = 'other' where seq = 2`, changed],
      ['the target', `update audit_log set target = 'other' where seq = 2`, changed],
      ['before', `update audit_log set before = '{"amount": 0}' where seq = 2`, changed],
      ['after', 'update audit_log set after = null where seq = 2', changed],
      ['the reason', `update audit_log set reason = '' where seq = 2`, changed],
      ['the amount', 'update audit_log set amount = amount + 1 where seq = 2', changed],
      ['a line taken out', 'delete from audit_log where seq = 2', /lines 2 to 2 are missing\nline 3 does not follow/],
      ['the first line taken out', 'delete from audit_log where seq = 1', /lines 1 to 1 are missing/],
      [
        'a line taken out and the others moved up',
        'delete from audit_log where seq = 2; update audit_log set seq = seq - 1 where seq > 2',
        /line 2 does not follow its predecessor\nline 2 was changed/,
      ],
      [
        'two lines that changed places',
        `update audit_log set seq = 99 where seq = 2; update audit_log set seq = 2 where seq = 3;
         update audit_log set seq = 3 where seq = 99`,
        /line 2 does not follow its predecessor\nline 2 was changed/,
      ],
      ['a hash made anew', `update audit_log set hash = sha256('x') where seq = 2`, /line 3 does not follow/],
    ];
    for (const [what, statement, expected] of cases) {
      it(`shows ${what}`, async () => {
        await database.admin().query(`
          create temporary table if not exists other as select gen_random_uuid() as id;
          insert into users (id, username, display_name, password_hash, role, created_at)
          select id, 'other', 'other', 'x', 'ADMIN', now() from other on conflict do nothing`);
        await database.admin().query(statement);
        assert.match((await broken()).join('\n'), expected);
      });
    }

    it('DESIGN 3 a cut-off end and a history made anew contradict the heads on file', async () => {
      const dataDir = temporaryDirectory();
      const options = { dataDir, secret: 'secret', now: Date.now() };
      const compare = (secret = 'secret') => compareLogHeads(database.pool(), dataDir, secret);
      try {
        assert.deepEqual(await compare(), []);
        const known = await writeLogHead(database.pool(), { ...options, known: 0 });
        assert.equal(await writeLogHead(database.pool(), { ...options, known }), 4);
        assert.deepEqual(await compare(), []);
        assert.match((await compare('another')).join(), /is not signed by this server's key/);
        await database.admin().query('delete from audit_log where seq = 4');
        assert.deepEqual(await broken(), [], 'nothing inside the database tells');
        assert.match((await compare()).join(), /line 4 is gone from the audit log/);
        await note('another one');
        assert.match((await compare()).join(), /line 4 is another one in the audit log/);
      } finally {
        removeDirectory(dataDir);
      }
    });
  });

  it('the application may add lines and read them, nothing else', async () => {
    await note('one');
    const pool = database.pool();
    await assert.rejects(pool.query(sql.type(z.object({}))`update audit_log set reason = 'x'`));
    await assert.rejects(pool.query(sql.type(z.object({}))`delete from audit_log`));
  });

  it('is read from its end, by actor, action and target', async () => {
    for (const text of ['one', 'two', 'three']) await note(text);
    const seqs = async (filter: Parameters<typeof newestLines>[1], limit = 10) =>
      (await newestLines(database.pool(), filter, limit)).map(({ seq }) => seq);
    assert.deepEqual(await seqs({}), [3, 2, 1]);
    assert.deepEqual(await seqs({ before: 3 }, 1), [2]);
    assert.deepEqual(await seqs({ target: 'note:one' }), [1]);
    assert.deepEqual(await seqs({ actor: admin.userId, action: 'note', target: 'note:two' }), [2]);
    assert.deepEqual(await seqs({ action: 'other' }), []);
  });
});
