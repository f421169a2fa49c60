import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { WEBHOOK_SECRET } from '../cashier/support.ts';
import { drawAndSettle, newPhase } from '../lottery/journey-support.ts';
import { playAt } from '../partners/support.ts';
import { useDatabase } from '../support/database.ts';
import { assertBooks, get, newKey, newPlayer, newStaff, type Player, send, start, testConfig } from './support.ts';

const SECOND_ABOVE = 100_000;
/** The sandbox cannot pay out amounts that end in 13. */
const LARGE_AND_UNLUCKY = 150_013;

describe('the word of somebody who may not act for the house any more', () => {
  const database = useDatabase();
  const settings = { SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET, CASHIER_SECOND_APPROVER_ABOVE: `${SECOND_ABOVE}` };
  let server: Server;
  let master: Player;
  let gone: Player;
  let ann: Player;
  let bob: Player;
  before(async () => {
    server = await start(database, [], { config: testConfig(settings) });
    master = await newStaff(server, 'MASTER');
  });
  beforeEach(async () => {
    [gone, ann, bob] = [
      await newStaff(server, 'ADMIN'),
      await newStaff(server, 'ADMIN'),
      await newStaff(server, 'ADMIN'),
    ];
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const answer = async (method: string, path: string, who: Player, body?: object) => {
    const { status, json } = await send(server, method, path, who, body);
    return status < 300 ? json : json.error.code;
  };
  const freeze = () =>
    answer('PUT', `/admin/users/${gone.userId}/freeze`, master, { frozen: true, reason: 'a stolen laptop' });
  const demote = () => answer('PUT', `/master/users/${gone.userId}/role`, master, { role: 'PLAYER' });
  const withdrawal = async (player: Player, amount: number, method: string) => {
    const key = { 'Idempotency-Key': newKey() };
    const { status, json } = await send(server, 'POST', '/transactions/withdrawals', player, { amount, method }, key);
    assert.equal(status, 201, JSON.stringify(json));
    return json.id as string;
  };
  const waits = (approvals: number) => ({ ok: true, status: 'PENDING', approvals });
  const total = async (player: Player) => (await get(server, '/wallets/me', player)).total;

  const freezeAndRelease = async () => {
    await freeze();
    await answer('PUT', `/admin/users/${gone.userId}/freeze`, master, { frozen: false, reason: 'a new password' });
  };
  const demoteAndPromote = async () => {
    await demote();
    await answer('PUT', `/master/users/${gone.userId}/role`, master, { role: 'ADMIN' });
  };
  for (const [how, leave] of [
    ['frozen', freeze],
    ['demoted', demote],
    ['released again', freezeAndRelease],
    ['promoted again', demoteAndPromote],
  ] as const) {
    it(`S4-33 a large withdrawal takes two others once its first approver is ${how}`, async () => {
      const player = await newPlayer(server, 500_000);
      const id = await withdrawal(player, SECOND_ABOVE + 1, 'upi');
      const approve = (who: Player) => answer('PUT', `/admin/tx/${id}/approve-tx`, who);
      assert.deepEqual(await approve(gone), waits(1));
      await leave();
      assert.deepEqual(await approve(ann), waits(1));
      assert.equal(await approve(ann), 'SAME_PERSON');
      assert.equal(await total(player), 500_000);
      assert.deepEqual(await approve(bob), { ok: true });
      assert.equal(await total(player), 500_000 - SECOND_ABOVE - 1);
      const { items } = await get(server, `/admin/audit?target=transaction:${id}`, ann);
      assert.deepEqual(
        items.map(({ before, after }: Record<string, { approvals: number }>) => [before?.approvals, after?.approvals]),
        [
          [1, 2],
          [0, 1],
          [0, 1],
        ],
      );
    });
  }

  it('S4-33 nor does it count towards giving back a large payout that has failed', async () => {
    const player = await newPlayer(server, 500_000);
    const id = await withdrawal(player, LARGE_AND_UNLUCKY, 'sandbox');
    for (const who of [ann, bob]) await answer('PUT', `/admin/tx/${id}/approve-tx`, who);
    const giveBack = (who: Player) =>
      answer('PUT', `/admin/tx/${id}/return-payout`, who, { reason: 'no such account' });
    assert.deepEqual(await giveBack(gone), waits(1));
    await freeze();
    assert.deepEqual(await giveBack(ann), waits(1));
    assert.equal(await total(player), 500_000 - LARGE_AND_UNLUCKY);
    assert.deepEqual(await giveBack(bob), { ok: true });
    assert.equal(await total(player), 500_000);
  });

  it('S0-67 nor towards paying a partner’s statement: somebody else has to approve it first', async () => {
    const partner = await newPlayer(server, 0);
    const { id } = await answer('POST', '/admin/partners', ann, { userId: partner.userId });
    const player = await newPlayer(server, 200_000);
    const refer = 'update users set referred_by = $1 where id = $2';
    await database.admin().query(refer, [partner.userId, player.userId]);
    await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [[player.userId, 100_000, 0]]);
    await server.partners.sweep();
    const path = `/admin/partners/${id}/statements`;
    const [statement] = (await get(server, `${path}?cursor=2025-10&limit=1`, ann)).items;
    const decide = (what: 'approve' | 'pay', who: Player) => answer('POST', `${path}/${statement.id}/${what}`, who);
    assert.equal((await decide('approve', gone)).status, 'APPROVED');
    assert.equal(await decide('approve', ann), 'ALREADY_DECIDED', 'while it counts');
    await freezeAndRelease();
    assert.equal(await decide('pay', bob), 'NOT_OPEN');
    assert.equal(await total(partner), 0);
    assert.equal((await decide('approve', ann)).status, 'APPROVED');
    assert.equal(await decide('pay', ann), 'SAME_PERSON');
    assert.equal((await decide('pay', bob)).status, 'PAID');
    assert.equal(await total(partner), 5_000);
  });

  it('S2-34 nor towards turning on a campaign that gives by itself: somebody has to change it first', async () => {
    const wish = { name: 'May', kind: 'SIGN_UP', fixedAmount: 100, maxAmount: 100, wagering: 100, validDays: 1 };
    const made = await answer('POST', '/admin/bonuses/campaigns', gone, wish);
    assert.ok(made.id, JSON.stringify(made));
    await freezeAndRelease();
    const change = (who: Player, body: object) =>
      answer('PUT', `/admin/bonuses/campaigns/${made.id}`, who, { ...body, reason: 'spring' });
    assert.equal(await change(ann, { enabled: true }), 'NOT_OPEN');
    assert.ok((await change(ann, { name: 'June' })).id);
    assert.equal(await change(ann, { enabled: true }), 'NOT_OPEN', 'a name is no term');
    assert.ok((await change(ann, { fixedAmount: 50 })).id);
    assert.equal(await change(ann, { enabled: true }), 'SAME_PERSON');
    assert.ok((await change(bob, { enabled: true })).id);
    assert.ok((await change(ann, { enabled: false })).id);
  });

  it('S3-20 nor towards the winning number of a phase, and the log keeps whatever was entered', async () => {
    const { phaseId } = await newPhase(server, ann);
    const path = `/admin/lottery/phases/${phaseId}`;
    await answer('POST', `${path}/close`, ann);
    const enter = async (who: Player, winningNumber: string) => {
      const { confirmations, disputed } = await answer('POST', `${path}/result`, who, { winningNumber });
      return [confirmations, disputed];
    };
    assert.deepEqual(await enter(gone, '123'), [1, false]);
    await freeze();
    assert.deepEqual(await enter(ann, '123'), [1, false], 'as if nobody had entered one');
    const lines = async () => (await get(server, `/admin/audit?target=phase:${phaseId}`, bob)).items;
    const entered = (await lines()).filter(({ action }: { action: string }) => action === 'phase.result.enter');
    assert.deepEqual(
      entered.map(({ before, after }: Record<string, object>) => [before, after]),
      [
        [{ enteredBy: gone.userId }, { enteredBy: ann.userId }],
        [{ enteredBy: null }, { enteredBy: gone.userId }],
      ],
      'nobody reads in the log what was entered',
    );
    await drawAndSettle(server, phaseId, [ann, bob], '777');
    const confirmed = (await lines()).find(({ action }: { action: string }) => action === 'phase.result.confirm');
    assert.equal(confirmed.after.winningNumber, '777');
    assert.deepEqual(
      confirmed.before.entered.map(({ winningNumber, by }: { winningNumber: string; by: string }) => [
        winningNumber,
        by,
      ]),
      [
        ['123', gone.userId],
        ['123', ann.userId],
        ['777', ann.userId],
      ],
    );
  });
});
