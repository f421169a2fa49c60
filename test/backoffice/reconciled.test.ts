import assert from 'node:assert/strict';
import type { z } from 'zod';
import { WireReconciliation } from '../../src/http/wire-reconciliation.ts';
import { auditEarnings } from '../../src/partners/audit.ts';
import type { Server } from '../../src/server.ts';
import type { Command } from '../../src/wallet/command.ts';
import { assertBooks, get, newKey, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { drawAndSettle, handIn, newCollector, newPhase } from '../lottery/journey-support.ts';
import { playAt } from '../partners/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, grant } from '../wallet/fixture.ts';

type Figures = z.output<typeof WireReconciliation>['currencies'][number];

describe('the reconciliation once commissions are paid and wallets are corrected', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  before(async () => {
    server = await start(database, []);
    [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'MASTER')];
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  async function figures(): Promise<Figures> {
    const { right, currencies } = WireReconciliation.parse(await get(server, '/admin/reconciliation', ann));
    assert.ok(right && currencies[0]);
    return currencies[0];
  }
  /** Every wallet there is, as it is printed. */
  const summed = ({ players, bonuses, house, escrow, cashier, commissions, others }: Figures) =>
    players.total - bonuses.cost + house + escrow + cashier.balance - commissions + others;

  it('S3-21 has what collectors were paid, and all of it comes to nothing', async () => {
    const carl = await newCollector(server, 100_000);
    const { phaseId } = await newPhase(server, ann, { commission: 800 });
    assert.equal((await handIn(server, phaseId, carl, '123-500')).status, 201);
    const open = await figures();
    assert.deepEqual([open.trialBalance, summed(open), open.commissions], [0, 0, 0]);
    await drawAndSettle(server, phaseId, [ann, bob], '321');
    const settled = await figures();
    assert.deepEqual([settled.trialBalance, summed(settled)], [0, 0]);
    assert.deepEqual([settled.house, settled.commissions, settled.others], [50_000, 4_000, 0]);
  });

  it('S0-67 has what partners were paid, beside bonuses, deposits and withdrawals', async () => {
    const before = await figures();
    const partner = await newPlayer(server, 0);
    const { json: made } = await send(server, 'POST', '/admin/partners', ann, { userId: partner.userId });
    const player = await newPlayer(server, 200_000);
    const refer = 'update users set referred_by = $1 where id = $2';
    await database.admin().query(refer, [partner.userId, player.userId]);
    await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [[player.userId, 100_000, 0]]);
    await server.partners.sweep();
    assert.ok((await server.wallet.execute(grant(player.userId, 700, { requirement: 0 }))).ok);
    for (const type of ['deposits', 'withdrawals']) {
      const key = { 'Idempotency-Key': newKey() };
      const wish = { amount: 50_000, method: 'upi' };
      const { json } = await send(server, 'POST', `/transactions/${type}`, player, wish, key);
      if (type === 'deposits') await send(server, 'PUT', `/admin/tx/${json.id}/approve-tx`, ann);
    }
    const path = `/admin/partners/${made.id}/statements`;
    const [statement] = (await get(server, `${path}?cursor=2025-10&limit=1`, ann)).items;
    assert.equal((await send(server, 'POST', `${path}/${statement.id}/approve`, ann)).json.status, 'APPROVED');
    assert.equal((await send(server, 'POST', `${path}/${statement.id}/pay`, bob)).json.status, 'PAID');
    const after = await figures();
    assert.deepEqual([after.trialBalance, summed(after), after.others], [0, 0, 0]);
    assert.deepEqual([after.commissions - before.commissions, after.bonuses.cost], [5_000, 700]);
  });

  const broken = async () =>
    (await auditEarnings(database.pool())).filter((finding) => finding.broken.length > 0).map(({ check }) => check);

  it('S1-22 the audit finds a commission that nothing came to, whoever got it and whatever is being paid', async () => {
    assert.deepEqual(await broken(), []);
    const somebody = await newPlayer(server, 10_000);
    const admin = database.admin();
    await admin.query(`update partner_statement set status = 'PAYING', moved = null, moved_at = null where due > 0`);
    assert.deepEqual(await broken(), [], 'what is under way may not know its transfer');
    for (const amount of [700, -700]) {
      const command = { ...credit(somebody.userId, amount), from: 'partner-commission' } as Command;
      assert.ok((await server.wallet.execute(command)).ok);
      assert.deepEqual(await broken(), ['payments to partners']);
    }
    const [{ broken: found } = { broken: [] }] = (await auditEarnings(database.pool())).filter(
      ({ check }) => check === 'payments to partners',
    );
    assert.deepEqual(found.map((what) => what.replace(/^transfer \d+/, '')).sort(), [
      ` moved 700 of commission (5) to ${somebody.userId} for nothing`,
      ' moved 700 of commission (6) to partner-commission for nothing',
    ]);
  });

  it('S1-22 tells what came in by corrections from what came in by nothing on record', async () => {
    const { otherwise, corrections, unexplained } = (await figures()).cashier;
    assert.deepEqual([otherwise - unexplained, corrections], [0, 0]);
    const player = await newPlayer(server, 0);
    for (const amount of [500, -200]) {
      const wish = { userId: player.userId, amount, reason: 'a stake was taken twice' };
      const key = { 'Idempotency-Key': newKey() };
      const { json } = await send(server, 'POST', '/admin/adjustments', ann, wish, key);
      assert.equal((await send(server, 'PUT', `/admin/adjustments/${json.id}/approve`, bob)).status, 200);
    }
    assert.ok((await server.wallet.execute(credit(player.userId, 70))).ok);
    const after = (await figures()).cashier;
    assert.deepEqual([after.corrections, after.unexplained - unexplained], [300, 70]);
    assert.equal(after.otherwise, after.corrections + after.unexplained);
  });

  it('and adds up too where the system has a wallet that nobody has told it of', async () => {
    const admin = database.admin();
    const told = await figures();
    await admin.query(`update wallet set name = 'another' where name = 'partner-commission'`);
    try {
      const found = await figures();
      assert.deepEqual([summed(found), found.others < 0], [0, true]);
      assert.equal(found.commissions, told.commissions + found.others);
    } finally {
      await admin.query(`update wallet set name = 'partner-commission' where name = 'another'`);
    }
  });
});
