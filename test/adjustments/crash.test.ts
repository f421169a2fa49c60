import assert from 'node:assert/strict';
import type { Database } from '../../db/pool.ts';
import type { Identity } from '../../src/accounts/identity.ts';
import { Adjustments } from '../../src/adjustments/adjustments.ts';
import { auditAdjustments } from '../../src/adjustments/audit.ts';
import { findByKey, unfinishedAdjustments } from '../../src/adjustments/store.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { Channels } from '../../src/channels.ts';
import { systemClock } from '../../src/clock.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import { newAdmins } from '../cashier/support.ts';
import { assertBooks } from '../journeys/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { addPeople, totalOf } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, newKey, openWallet, silent, type TestWallet } from '../wallet/fixture.ts';

const START = 50_000;

describe('a correction of a wallet, killed before or after any of its effects', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let asker: Identity;
  let approver: Identity;
  before(async () => {
    wallet = await openWallet(database.url());
    [asker, approver] = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
  });
  after(() => wallet.end());

  const open = (pool: Database, actor: Wallet) =>
    new Adjustments({
      ...{ database: pool, wallet: actor, clock: systemClock, log: silent, channels: new Channels(silent) },
      backoffice: createBackoffice({ database: pool, clock: systemClock, log: silent }),
      signal: new AbortController().signal,
    });

  for (const [name, amount, ends] of [
    ['a credit', 12_345, 'APPROVED'],
    ['a debit', -20_000, 'APPROVED'],
    ['a debit of more than there is', -50_001, 'REFUSED'],
  ] as const) {
    it(`is finished at the next start, and moves the money once: ${name}`, async function () {
      this.timeout(60_000);
      const seen = new Set<string>();
      for (const after of [false, true]) {
        for (let step = 1; ; step++) {
          const mortality = new Mortality(step, after);
          seen.add(await killAndRestart(amount, mortality));
          if (!mortality.dead) break;
          assert.ok(step < 100, 'it has an end');
        }
      }
      assert.deepEqual([...seen].sort(), ['PENDING', ends, 'unborn'].sort());
      await assertBooks(database);
      const findings = await auditAdjustments(database.pool());
      assert.deepEqual(
        findings.flatMap(({ broken }) => broken),
        [],
      );
    });
  }

  async function killAndRestart(amount: number, mortality: Mortality): Promise<string> {
    const [userId] = (await addPeople(database.pool(), 1)) as [UserId];
    assert.ok((await wallet.actor.execute(credit(userId, START))).ok);
    const wish = { userId, amount: minor(amount), reason: 'counted wrong', key: newKey() };
    const dies = (error: Error) => {
      assert.equal(error.message, 'killed');
      return undefined;
    };
    const mortal = open(mortality.database(database.pool()), mortality.wallet(wallet.actor));
    const asked = await mortal.request(asker, wish).catch(dies);
    const told = asked && !isRefusal(asked) ? await mortal.approve(approver, asked.id).catch(dies) : undefined;

    const reborn = open(database.pool(), wallet.actor);
    await reborn.sweep();
    assert.deepEqual(await unfinishedAdjustments(database.pool(), null, 10), []);
    const found = await findByKey(database.pool(), asker.userId, wish.key);
    const moved = found?.status === 'APPROVED' ? amount : 0;
    assert.equal(await totalOf(database.pool(), userId), START + moved);
    if (told && isRefusal(told)) assert.equal(found?.status, 'REFUSED', 'what was answered has happened');
    else if (told) assert.equal(found?.status === 'REFUSED' ? 'APPROVED' : found?.status, 'APPROVED');
    await reborn.sweep();
    assert.equal(await totalOf(database.pool(), userId), START + moved);
    return found?.status ?? 'unborn';
  }
});

describe('the audit of corrections', () => {
  const database = useDatabase();

  it('finds what does not fit the ledger or the audit log', async () => {
    const [player, asker, approver] = await addPeople(database.pool(), 3);
    await database.admin().query(
      `insert into adjustment (id, user_id, requested_by, key, amount, currency, reason, status, decided_by, decided_at,
                               moved, moved_at, created_at)
       values (gen_random_uuid(), $1, $2, gen_random_uuid(), 100, 'INR', 'r', 'APPROVED', $3, now(), 77, now(), now())`,
      [player, asker, approver],
    );
    const broken = (await auditAdjustments(database.pool())).map((finding) => [finding.check, finding.broken.length]);
    assert.deepEqual(broken, [
      ['adjustments against transfers', 1],
      ['adjustments against the audit log', 2],
    ]);
  });
});
