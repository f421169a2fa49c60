import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { systemClock } from '../../src/clock.ts';
import type { Lottery } from '../../src/lottery/lottery.ts';
import { findSlip, findSlipByKey } from '../../src/lottery/slip-store.ts';
import { isRefusal } from '../../src/refusal.ts';
import { newAdmins } from '../cashier/support.ts';
import { totalOf } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { newKey, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { addCollector, assertLottery, newLottery, openPhase, slipWish, submitted } from './support.ts';

describe('a lottery that has a successor, or no wallet', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let old: Lottery;
  let ann: Identity;
  before(async () => {
    wallet = await openWallet(database.url());
    [ann] = (await newAdmins(database.pool(), 1)) as [Identity];
    old = newLottery(database.pool(), wallet.actor);
    await old.start();
  });
  after(async () => {
    old.stop();
    await wallet.end();
  });
  afterEach(() => assertLottery(database));

  it('S3-11 whoever was replaced ends nothing any more; the successor carries it on', async () => {
    const phase = await openPhase(old, ann);
    const who = await addCollector(database.pool(), wallet);
    const slips = [];
    for (const text of ['123-1', '124-1', '125-1']) {
      slips.push(submitted(await old.submit(slipWish(phase.id, who, text))).slipId);
    }
    const [first, second, third] = slips;
    assert.ok(first && second && third);
    assert.ok(!isRefusal(await old.voidSlip(ann, first, 'claims the book')));
    const next = newLottery(database.pool(), wallet.actor);
    await next.start();
    assert.ok(!isRefusal(await next.voidSlip(ann, second, 'claims it, too')));
    const late = await old.voidSlip(ann, third, 'by who was replaced');
    assert.ok(isRefusal(late) && late.code === 'UNKNOWN_OUTCOME');
    assert.equal((await findSlip(database.pool(), third))?.status, 'VOIDING');
    assert.equal(await totalOf(database.pool(), who), 1_000_000 - 100);
    await next.sweep();
    assert.equal((await findSlip(database.pool(), third))?.status, 'VOID');
    assert.equal(await totalOf(database.pool(), who), 1_000_000);
    await old.close(ann, phase.id);
    assert.equal((await next.find(phase.id)).shutAt, null, 'the old one could not');
    await next.sweep();
    assert.notEqual((await next.find(phase.id)).shutAt, null);
    next.stop();
  });

  it('S3-12 while the wallet does not answer nobody knows; the same key knows later', async function () {
    this.timeout(30_000);
    const phase = await openPhase(old, ann);
    const who = await addCollector(database.pool(), wallet);
    const away = {
      execute: async () => ({ ok: false, code: 'UNKNOWN_OUTCOME', duplicate: false }) as const,
      totalsOn: () => null,
    };
    const blind = newLottery(database.pool(), away, {
      clock: { ...systemClock, after: (_ms, then) => systemClock.after(1, then) },
    });
    const key = newKey();
    const answer = await blind.submit(slipWish(phase.id, who, '123-5', { key }));
    assert.ok(isRefusal(answer) && answer.code === 'UNKNOWN_OUTCOME');
    assert.equal((await findSlipByKey(database.pool(), who, key))?.status, 'REQUESTED');
    const slip = submitted(await old.submit(slipWish(phase.id, who, '123-5', { key })));
    assert.equal(slip.total, 500n);
    await old.sweep();
    assert.equal(await totalOf(database.pool(), who), 1_000_000 - 500);
  });
});
