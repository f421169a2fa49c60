import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SANDBOX, sandboxMessage } from '../../src/cashier/sandbox.ts';
import { findTransaction, insertTransaction } from '../../src/cashier/store.ts';
import type { Transaction, TransactionId } from '../../src/cashier/transaction.ts';
import { type Message, type PaymentEvent, sign } from '../../src/cashier/webhook.ts';
import { type Key, uuid7 } from '../../src/ids.ts';
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

const SANDBOX_CLI = join(import.meta.dirname, '../../src/cashier/sandbox-cli.ts');

describe('payments by a provider', () => {
  const database = useDatabase();
  const config = testConfig({ SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET });
  let server: Server;
  let admin: Player;
  before(async () => {
    server = await start(database, [], { config });
    admin = await newStaff(server, 'ADMIN');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertCashier(database);
  });

  async function ask(who: Player, type: 'deposits' | 'withdrawals', amount: number): Promise<Transaction> {
    const key = { 'Idempotency-Key': newKey() };
    const asked = await send(server, 'POST', `/transactions/${type}`, who, { amount, method: SANDBOX }, key);
    assert.equal(asked.status, 201, JSON.stringify(asked.json));
    return find(asked.json.id);
  }

  async function find(id: TransactionId): Promise<Transaction> {
    const transaction = await findTransaction(database.pool(), id);
    assert.ok(transaction);
    return transaction;
  }

  const signed = (
    transaction: Pick<Transaction, 'id' | 'amount' | 'currency'>,
    type: PaymentEvent['type'],
    eventId: string = newKey(),
  ) => sandboxMessage(WEBHOOK_SECRET, transaction, type, { eventId, nowMs: Date.now() });

  async function deliver({ timestamp, signature, body }: Message, provider: string = SANDBOX) {
    const response = await fetch(`http://127.0.0.1:${server.port}/webhooks/payments/${provider}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Webhook-Timestamp': timestamp,
        'X-Webhook-Signature': signature,
      },
      body: new Uint8Array(body),
    });
    const json = (await response.json()) as { outcome?: string; error?: { code: string } };
    return [response.status, json.outcome ?? json.error?.code];
  }

  const total = async (who: Player) => (await get(server, '/wallets/me', who)).total;

  it('a deposit is approved by its webhook, by the provider and no person, and that is on record', async () => {
    const player = await newPlayer(server, 0);
    const deposit = await ask(player, 'deposits', 150_000);
    assert.equal(deposit.providerReference, `sandbox-payment-${deposit.id}`);
    assert.equal(await total(player), 0);
    assert.deepEqual(await deliver(signed(deposit, 'payment.succeeded', 'evt-1')), [200, 'APPLIED']);
    assert.equal(await total(player), 150_000);
    const seen = await get(server, `/transactions/${deposit.id}`, player);
    assert.deepEqual([seen.status, seen.approvedBy], ['APPROVED', SANDBOX]);
    const { rows } = await database.admin().query('select * from payment_event where transaction = $1', [deposit.id]);
    assert.deepEqual(
      rows.map(({ provider, event_id: id, type, outcome }) => [provider, id, type, outcome]),
      [[SANDBOX, 'evt-1', 'payment.succeeded', 'APPLIED']],
    );
    assert.equal(JSON.parse(rows[0].body).transactionId, deposit.id, 'as it was signed');
  });

  it('S4-29 its player hears of it', async () => {
    const player = await newPlayer(server, 50_000);
    const own = await enterAccount(server, player);
    const deposit = await ask(player, 'deposits', 20_000);
    await deliver(signed(deposit, 'payment.succeeded'));
    const { newStatus, approvedBy } = await own.hears('TX_STATUS_UPDATED');
    assert.deepEqual([newStatus, approvedBy], ['APPROVED', SANDBOX]);
    const { change, newBalance } = await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'DEPOSIT_APPROVED');
    assert.deepEqual([change, newBalance], [20_000, 70_000]);
    await own.leaves();
  });

  it('one that has failed is rejected', async () => {
    const player = await newPlayer(server, 0);
    const deposit = await ask(player, 'deposits', 150_000);
    assert.deepEqual(await deliver(signed(deposit, 'payment.failed')), [200, 'APPLIED']);
    const { status, reason, approvedBy } = await get(server, `/transactions/${deposit.id}`, player);
    assert.deepEqual([status, reason, approvedBy], ['REJECTED', 'The payment has failed.', null]);
    assert.equal(await total(player), 0);
  });

  it('an event counts once, however often and in whatever order it and others come', async () => {
    const player = await newPlayer(server, 0);
    const deposit = await ask(player, 'deposits', 90_000);
    const message = signed(deposit, 'payment.succeeded');
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => deliver(message)));
    assert.equal(outcomes.filter(([, outcome]) => outcome === 'APPLIED').length, 1);
    assert.equal(outcomes.filter(([, outcome]) => outcome === 'DUPLICATE').length, 5);
    assert.deepEqual(await deliver(signed(deposit, 'payment.succeeded')), [200, 'ALREADY_DECIDED']);
    assert.deepEqual(await deliver(signed(deposit, 'payment.failed')), [200, 'ALREADY_DECIDED']);
    assert.equal(await total(player), 90_000);
    const cancelled = await ask(player, 'deposits', 90_000);
    assert.equal((await send(server, 'DELETE', `/transactions/${cancelled.id}`, player)).status, 200);
    assert.deepEqual(await deliver(signed(cancelled, 'payment.succeeded')), [200, 'ALREADY_DECIDED']);
    assert.equal(await total(player), 90_000);
  });

  it('nothing is believed that is not signed now, by this provider, about its own, and over the amount', async () => {
    const player = await newPlayer(server, 0);
    const deposit = await ask(player, 'deposits', 90_000);
    const message = signed(deposit, 'payment.succeeded');
    const other = Buffer.from(message.body.toString().replace('90000', '99000'));
    assert.deepEqual(await deliver({ ...message, body: other }), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await deliver({ ...message, signature: 'f'.repeat(64) }), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await deliver({ ...message, signature: '' }), [401, 'UNAUTHORIZED']);
    const old = { eventId: newKey(), nowMs: Date.now() - 301_000 };
    const stale = sandboxMessage(WEBHOOK_SECRET, deposit, 'payment.succeeded', old);
    assert.deepEqual(await deliver(stale), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await deliver(message, 'somebody'), [404, 'NOT_FOUND']);
    const wrong = { ...deposit, amount: minor(89_999) };
    assert.deepEqual(await deliver(signed(wrong, 'payment.succeeded')), [200, 'AMOUNT_MISMATCH']);
    assert.deepEqual(await deliver(signed(deposit, 'payout.succeeded')), [200, 'WRONG_TYPE']);
    const nowhere = { ...deposit, id: newKey() as TransactionId };
    assert.deepEqual(await deliver(signed(nowhere, 'payment.succeeded')), [404, 'NOT_FOUND']);
    const key = { 'Idempotency-Key': newKey() };
    const byHand = await send(server, 'POST', '/transactions/deposits', player, { amount: 90_000, method: 'upi' }, key);
    const notTheirs = await find(byHand.json.id);
    assert.deepEqual(await deliver(signed(notTheirs, 'payment.succeeded')), [404, 'NOT_FOUND']);
    assert.equal((await find(deposit.id)).status, 'PENDING');
    assert.equal(await total(player), 0);
  });

  it('a body that is too large or says nothing is refused, signed or not', async () => {
    const player = await newPlayer(server, 0);
    const { timestamp } = signed(await ask(player, 'deposits', 90_000), 'payment.succeeded');
    const nonsense = Buffer.from('{"id":1}');
    const signature = sign(WEBHOOK_SECRET, timestamp, nonsense);
    assert.deepEqual(await deliver({ timestamp, signature, body: nonsense }), [400, 'INVALID_REQUEST']);
    const large = Buffer.alloc(20_000, 'x');
    assert.deepEqual(await deliver({ timestamp, signature, body: large }), [413, 'INVALID_REQUEST']);
  });

  it('npm run sandbox tells of a payment', async () => {
    const player = await newPlayer(server, 0);
    const deposit = await ask(player, 'deposits', 45_000);
    const here = { PORT: String(server.port), SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET };
    const run = (more: Record<string, string>, ...options: readonly string[]) => {
      const env = { ...process.env, ...more };
      return promisify(execFile)(process.execPath, [SANDBOX_CLI, ...options], { env });
    };
    await assert.rejects(run(here, deposit.id), /<transactionId> <amount/);
    const { stdout } = await run(here, deposit.id, '45000');
    assert.deepEqual(JSON.parse(stdout), { ok: true, outcome: 'APPLIED' });
    assert.equal(await total(player), 45_000);
    const nobody = { PORT: '65535', SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET };
    const alone = await run({ ...nobody }, deposit.id, '45000').catch((error: { stderr: string }) => error);
    assert.equal(alone.stderr, 'no answer from http://127.0.0.1:65535\n');
  });

  it('a captured withdrawal is paid out, and what came of it is on record', async () => {
    const player = await newPlayer(server, 500_000);
    const [lucky, unlucky] = [await ask(player, 'withdrawals', 60_000), await ask(player, 'withdrawals', 60_013)];
    for (const { id } of [lucky, unlucky]) {
      assert.equal((await send(server, 'PUT', `/admin/tx/${id}/approve-tx`, admin)).status, 200);
    }
    assert.deepEqual([(await find(lucky.id)).payoutStatus, (await find(unlucky.id)).payoutStatus], ['PAID', 'FAILED']);
    const { payoutStatus, paymentReference } = await get(server, `/transactions/${lucky.id}`, player);
    assert.deepEqual([payoutStatus, paymentReference], ['PAID', `sandbox-payout-${lucky.id}`]);
    assert.deepEqual(await deliver(signed(lucky, 'payout.failed')), [200, 'ALREADY_DECIDED']);
    const early = await ask(player, 'withdrawals', 70_000);
    assert.deepEqual(await deliver(signed(early, 'payout.succeeded')), [200, 'NOT_OPEN']);
    assert.equal((await find(early.id)).payoutStatus, null);
  });

  it('S4-32 what a crash has cut off is carried on when the server starts', async () => {
    const player = await newPlayer(server, 500_000);
    const common = {
      userId: player.userId,
      method: 'sandbox',
      reference: null,
      provider: SANDBOX,
      refusal: null,
    } as const;
    const row = { ...common, currency: INR, createdAt: new Date(), type: 'WITHDRAWAL', status: 'REQUESTED' } as const;
    const ids = [80_000, 900_000].map((amount) => ({ id: uuid7<TransactionId>(Date.now()), amount: minor(amount) }));
    for (const { id, amount } of ids) {
      await insertTransaction(database.pool(), { ...row, id, amount, key: newKey() as Key });
    }
    assert.deepEqual((await get(server, '/transactions', player)).items, [], 'nobody sees it before its money is held');
    await server.stop();
    server = await start(database, [], { config });
    admin = await newStaff(server, 'ADMIN');
    const { real, held } = await untilHeld(player);
    assert.deepEqual([real, held], [420_000, 80_000]);
    const statuses = await Promise.all(ids.map(async ({ id }) => (await find(id)).status));
    assert.deepEqual(statuses, ['PENDING', 'REFUSED']);
  });

  async function untilHeld(player: Player) {
    for (const deadline = performance.now() + 5_000; performance.now() < deadline; ) {
      const { rows } = await database.admin().query('select 1 from cashier_transaction where unfinished');
      if (rows.length === 0) break;
    }
    return get(server, '/wallets/me', player);
  }
});

describe('without a sandbox', () => {
  const database = useDatabase();

  it('nobody can ask for its payments, nor tell of any', async () => {
    const server = await start(database, [], { config: { ...testConfig(), sandboxWebhookSecret: undefined } });
    const player = await newPlayer(server, 0);
    const key = { 'Idempotency-Key': newKey() };
    const asked = await send(
      server,
      'POST',
      '/transactions/deposits',
      player,
      { amount: 20_000, method: SANDBOX },
      key,
    );
    assert.deepEqual([asked.status, asked.json.error.code], [400, 'INVALID_REQUEST']);
    const told = await send(server, 'POST', '/webhooks/payments/sandbox', undefined, {});
    assert.deepEqual([told.status, told.json.error.code], [404, 'NOT_FOUND']);
    await server.stop();
  });
});
