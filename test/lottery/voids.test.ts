import assert from 'node:assert/strict';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { riskOf } from '../../src/lottery/risk.ts';
import { findSlip } from '../../src/lottery/slip-store.ts';
import { askForVoid } from '../../src/lottery/void-slip.ts';
import { isRefusal } from '../../src/refusal.ts';
import { POOL_WINDOW } from '../../src/wallet/pool.ts';
import { totalOf } from '../rounds/support.ts';
import { newKey, silent, window } from '../wallet/fixture.ts';
import { useLottery } from './house.ts';
import { rupees, submitted } from './support.ts';

describe('voids of slips', () => {
  const { database, clock, wallet, lottery, ann, bob, open, collector, hand, count } = useLottery();

  const codeOf = (answer: object) => ('code' in answer ? answer.code : 'taken');

  it('S3-22 S3-24 a slip is void before the close, by the house, with its money and its numbers back', async () => {
    const phase = await open({ globalLimit: rupees(100) });
    const who = await collector();
    const key = newKey();
    const first = submitted(await hand(phase, who, '123-100, 456-50', { key }));
    assert.equal(codeOf(await hand(phase, who, '123-1')), 'NUMBER_LIMIT_EXCEEDED');
    const voided = await lottery().voidSlip(ann(), first.slipId, 'mistyped');
    assert.ok(!isRefusal(voided) && voided.status === 'VOID');
    assert.equal(await totalOf(database.pool(), who), 1_000_000);
    assert.deepEqual(await riskOf(database.pool(), phase), []);
    assert.equal(codeOf(await lottery().voidSlip(bob(), first.slipId, 'again')), 'ALREADY_DECIDED');
    assert.deepEqual(await hand(phase, who, '123-100, 456-50', { key }), first, 'the first answer again, and no money');
    assert.equal(await totalOf(database.pool(), who), 1_000_000);
    const again = submitted(await hand(phase, who, '123-100'));
    await lottery().close(ann(), phase.id);
    assert.equal(codeOf(await lottery().voidSlip(bob(), again.slipId, 'too late')), 'PHASE_CLOSED');
    assert.equal(
      codeOf(await lottery().voidSlip(bob(), newKey() as string as typeof again.slipId, 'none')),
      'NOT_FOUND',
    );
    assert.equal(await count('audit_log', 'target', `slip:${first.slipId}`), 1);
    const own = { ...bob(), userId: who };
    const next = await open();
    const theirs = submitted(await hand(next, who, '123-1'));
    assert.equal(codeOf(await lottery().voidSlip(own, theirs.slipId, 'mine')), 'SAME_PERSON');
  });

  it('a void that races with the close is done, or was too late, and says which', async () => {
    for (let round = 0; round < 8; round++) {
      const phase = await open();
      const who = await collector();
      const { slipId } = submitted(await hand(phase, who, '123-10, 456-10'));
      const [voided] = await Promise.all([
        lottery().voidSlip(ann(), slipId, 'a race'),
        lottery().close(bob(), phase.id),
      ]);
      const isVoid = !isRefusal(voided);
      if (isRefusal(voided)) assert.equal(voided.code, 'PHASE_CLOSED');
      assert.equal(await totalOf(database.pool(), who), isVoid ? 1_000_000 : 998_000);
      const { rows } = await database
        .admin()
        .query('select action, actor from audit_log where target = $1 order by seq', [`slip:${slipId}`]);
      const said = rows.map(({ action }) => action).join();
      assert.match(said, isVoid ? /^slip\.void$/ : /^(slip\.void,slip\.void\.late)?$/);
      assert.ok(rows.every(({ actor }) => actor === ann().userId));
    }
  });

  it('a void that was cut off and is too late at the next start is no void in the log either', async () => {
    const phase = await open();
    const who = await collector();
    const { slipId } = submitted(await hand(phase, who, '123-10'));
    const act = { id: slipId, by: ann().userId, reason: 'cut off', at: new Date(clock.now()) };
    const backoffice = createBackoffice({ database: database.pool(), clock, log: silent });
    assert.ok(!isRefusal(await backoffice.act(ann(), (tx) => askForVoid(tx, act))));
    await wallet().actor.execute(window('closeWindow', phase.book, POOL_WINDOW));
    await lottery().close(bob(), phase.id);
    await lottery().sweep();
    assert.equal((await findSlip(database.pool(), slipId))?.status, 'ACCEPTED');
    const { rows } = await database
      .admin()
      .query('select action, actor from audit_log where target = $1 order by seq', [`slip:${slipId}`]);
    assert.deepEqual(rows, [
      { action: 'slip.void', actor: ann().userId },
      { action: 'slip.void.late', actor: ann().userId },
    ]);
  });
});
