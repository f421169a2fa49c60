import assert from 'node:assert/strict';
import { sandboxMessage } from '../../src/cashier/sandbox.ts';
import type { TransactionId } from '../../src/cashier/transaction.ts';
import { WireHouseTransaction } from '../../src/cashier/wire-transaction.ts';
import { INR, minor } from '../../src/money.ts';
import type { Server } from '../../src/server.ts';
import { assertCashier, WEBHOOK_SECRET } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import {
  assertBooks,
  enterAccount,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
  testConfig,
} from './support.ts';

/** The sandbox cannot pay what ends in 13 paise. */
const UNLUCKY = 60_013;
const LARGE = 200_013;
const SECOND_ABOVE = '100000';

describe('a payout that has failed', () => {
  const database = useDatabase();
  const settings = { SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET, CASHIER_SECOND_APPROVER_ABOVE: SECOND_ABOVE };
  let server: Server;
  let ann: Player;
  let bob: Player;
  let player: Player;
  before(async () => {
    server = await start(database, [], { config: testConfig(settings) });
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'MASTER');
  });
  beforeEach(async () => {
    player = await newPlayer(server, 500_000);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertCashier(database);
  });

  const ask = async (amount: number, method = 'sandbox') => {
    const key = { 'Idempotency-Key': newKey() };
    return (await send(server, 'POST', '/transactions/withdrawals', player, { amount, method }, key)).json.id as string;
  };
  const failed = async (amount: number) => {
    const id = await ask(amount);
    for (const who of amount > Number(SECOND_ABOVE) ? [ann, bob] : [ann]) {
      assert.equal((await send(server, 'PUT', `/admin/tx/${id}/approve-tx`, who)).status, 200);
    }
    assert.equal((await seen(id)).payoutStatus, 'FAILED');
    return id;
  };
  const seen = async (id: string) => {
    const { items } = await get(server, `/admin/tx?user=${player.userId}`, ann);
    return WireHouseTransaction.parse(items.find((each: { id: string }) => each.id === id));
  };
  const giveBack = async (id: string, who: Player, body: object = { reason: 'the bank has closed' }) => {
    const { status, json } = await send(server, 'PUT', `/admin/tx/${id}/return-payout`, who, body);
    return status === 200 ? json : json.error.code;
  };
  /** The provider, that it was paid out after all. */
  const tell = async (id: string) => {
    const about = { id: id as TransactionId, amount: minor(UNLUCKY), currency: INR };
    const options = { eventId: newKey(), nowMs: Date.now() };
    const { timestamp, signature, body } = sandboxMessage(WEBHOOK_SECRET, about, 'payout.succeeded', options);
    const headers = { 'X-Webhook-Timestamp': timestamp, 'X-Webhook-Signature': signature };
    const event = JSON.parse(body.toString());
    return (await send(server, 'POST', '/webhooks/payments/sandbox', undefined, event, headers)).json;
  };
  const wallet = async () => get(server, '/wallets/me', player);
  const unpaid = async () => {
    const { currencies } = await get(server, '/admin/reconciliation', ann);
    const { withdrawals, otherwise } = currencies[0].cashier;
    return { ...withdrawals.unpaid, otherwise };
  };

  it('S4-25 is given back by somebody of the house, once, and its player hears of it', async () => {
    const id = await failed(UNLUCKY);
    const own = await enterAccount(server, player);
    const before = await unpaid();
    assert.equal((await wallet()).total, 500_000 - UNLUCKY);
    const answers = await Promise.all([giveBack(id, ann), giveBack(id, bob), giveBack(id, ann)]);
    assert.equal(answers.filter((answer) => answer.ok).length, 1);
    assert.equal(answers.filter((answer) => answer === 'ALREADY_DECIDED').length, 2);
    const heard = await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'PAYOUT_RETURNED');
    assert.deepEqual([heard.change, heard.newBalance], [UNLUCKY, 500_000]);
    const { real, withdrawable } = await wallet();
    assert.deepEqual([real, withdrawable], [500_000, 500_000], 'nothing of it has to be staked first');
    const { status, payoutStatus, returnedBy, returnedAt, returnReason } = await seen(id);
    assert.deepEqual([status, payoutStatus, returnReason], ['APPROVED', 'RETURNED', 'the bank has closed']);
    assert.ok(returnedBy === ann.userId || returnedBy === bob.userId);
    const mine = await get(server, `/transactions/${id}`, player);
    assert.deepEqual([mine.payoutStatus, mine.returnedBy, mine.returnedAt], ['RETURNED', returnedBy, returnedAt]);
    const lines = (await get(server, `/admin/audit?target=transaction:${id}&action=RETURN_PAYOUT`, ann)).items;
    assert.deepEqual(
      lines.map(({ adminId, amount, reason }: Record<string, unknown>) => [adminId, amount, reason]),
      [[returnedBy, UNLUCKY, 'the bank has closed']],
    );
    const { count, amount, otherwise } = before;
    assert.deepEqual(await unpaid(), { count: count - 1, amount: amount - UNLUCKY, otherwise });
    assert.deepEqual(await tell(id), { ok: true, outcome: 'RETURNED' }, 'somebody has to look');
    assert.deepEqual([(await seen(id)).payoutStatus, (await wallet()).total], ['RETURNED', 500_000]);
    await own.leaves();
  });

  it('S4-33 takes two people where it is large, and never its own player', async () => {
    const id = await failed(LARGE);
    assert.deepEqual(await giveBack(id, ann), { ok: true, status: 'PENDING', approvals: 1 });
    const { payoutStatus, returnFirstApprover, returnedBy } = await seen(id);
    assert.deepEqual([payoutStatus, returnFirstApprover, returnedBy], ['FAILED', ann.userId, null]);
    assert.equal((await wallet()).total, 500_000 - LARGE);
    assert.equal(await giveBack(id, ann), 'SAME_PERSON');
    assert.deepEqual(await giveBack(id, bob), { ok: true });
    assert.equal((await wallet()).total, 500_000);
    const own = await failed(UNLUCKY);
    await database.admin().query(`update users set role = 'ADMIN' where id = $1`, [player.userId]);
    server.accounts.forgetUser(player.userId);
    assert.equal(await giveBack(own, player), 'SAME_PERSON');
  });

  it('is the only thing that is given back, by ADMIN and MASTER, with a reason', async () => {
    const [pending, paid, byHand] = [await ask(60_000), await ask(60_000), await ask(60_000, 'upi')] as const;
    for (const id of [paid, byHand]) await send(server, 'PUT', `/admin/tx/${id}/approve-tx`, ann);
    for (const id of [pending, paid, byHand]) assert.equal(await giveBack(id, ann), 'NOT_OPEN');
    assert.equal(await giveBack(newKey(), ann), 'NOT_FOUND');
    const id = await failed(UNLUCKY);
    assert.equal(await giveBack(id, ann, {}), 'INVALID_REQUEST');
    for (const role of ['PLAYER', 'PARTNER', 'COLLECTOR'] as const) {
      assert.equal(await giveBack(id, await newStaff(server, role)), 'FORBIDDEN');
    }
    assert.equal((await seen(id)).payoutStatus, 'FAILED');
  });
});
