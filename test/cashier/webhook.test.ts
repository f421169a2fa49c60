import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { SANDBOX, sandboxMessage } from '../../src/cashier/sandbox.ts';
import { nextStep, type Transaction, type TransactionId } from '../../src/cashier/transaction.ts';
import { eventOf, isGenuine, judge, type Message, type PaymentEvent, sign } from '../../src/cashier/webhook.ts';
import { INR, minor } from '../../src/money.ts';
import type { PositionId } from '../../src/wallet/command.ts';
import { newKey, newUser } from '../wallet/fixture.ts';
import { WEBHOOK_SECRET } from './support.ts';

const NOW = Date.parse('2026-07-01T12:00:00Z');

function transaction(more: Partial<Transaction>): Transaction {
  return {
    ...{
      id: newKey() as string as TransactionId,
      userId: newUser(),
      key: newKey(),
      type: 'DEPOSIT',
      status: 'PENDING',
    },
    ...{ refusal: null, amount: minor(60_000), currency: INR, method: SANDBOX, reference: null, provider: SANDBOX },
    ...{
      providerReference: 'p',
      hold: null,
      forfeitedBonus: minor(0),
      firstApprover: null,
      firstApprovedAt: null,
      returnFirstAt: null,
      decidedBy: null,
      decidedAt: null,
      reason: null,
    },
    ...{
      moved: null,
      counted: true,
      uncounted: false,
      movedAt: null,
      payoutStatus: null,
      payoutReference: null,
      createdAt: new Date(NOW),
    },
    ...{ returnFirstApprover: null, returnedBy: null, returnedAt: null, returnReason: null, returned: null },
    ...more,
  };
}

function event(type: PaymentEvent['type'], more: Partial<PaymentEvent> = {}): PaymentEvent {
  const id = newKey() as string as TransactionId;
  return { id: 'e', type, transactionId: id, amount: minor(60_000), currency: 'INR', ...more };
}

describe('a webhook of a payment provider', () => {
  const deposit = transaction({});
  const message = sandboxMessage(WEBHOOK_SECRET, deposit, 'payment.succeeded', { eventId: 'e-1', nowMs: NOW });
  const genuine = (more: Partial<Message>, now = NOW, secret = WEBHOOK_SECRET) =>
    isGenuine(secret, { ...message, ...more }, now);

  it('is signed with HMAC-SHA256 over its time, a dot and its body', () => {
    const expected = createHmac('sha256', WEBHOOK_SECRET)
      .update(`${NOW / 1_000}.${message.body}`)
      .digest('hex');
    assert.equal(message.signature, expected);
    assert.equal(genuine({}), true);
  });

  it('is not believed with another secret, body, time or signature, or none', () => {
    const body = Buffer.from(message.body.toString().replace('60000', '70000'));
    assert.notDeepEqual(body, message.body);
    assert.equal(genuine({}, NOW, `${WEBHOOK_SECRET}!`), false);
    for (const more of [
      { body },
      { body: Buffer.alloc(0) },
      { timestamp: String(NOW / 1_000 + 1) },
      { timestamp: '' },
      { timestamp: 'now' },
      { timestamp: `${NOW / 1_000}.0` },
      { signature: '' },
      { signature: message.signature.toUpperCase() },
      { signature: message.signature.slice(2) },
      { signature: `${message.signature}00` },
      { signature: 'é'.repeat(64) },
      { signature: `${message.signature.startsWith('0') ? 1 : 0}${message.signature.slice(1)}` },
    ]) {
      assert.equal(genuine(more), false, JSON.stringify(more));
    }
  });

  it('is old after five minutes, and from the future as long before', () => {
    const minutes = (count: number) => NOW + count * 60_000;
    assert.deepEqual([genuine({}, minutes(5)), genuine({}, minutes(-5))], [true, true]);
    assert.deepEqual([genuine({}, minutes(5) + 1), genuine({}, minutes(-5) - 1)], [false, false]);
    // The time is signed too: nobody can make an old message new.
    const timestamp = String(minutes(10) / 1_000);
    assert.equal(genuine({ timestamp }, minutes(10)), false);
    assert.equal(genuine({ timestamp, signature: sign(WEBHOOK_SECRET, timestamp, message.body) }, minutes(10)), true);
  });

  it('says what has happened, and no more than that is read', () => {
    const text = (value: unknown) => eventOf(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
    const { id: transactionId } = deposit;
    const good = { id: 'e', type: 'payment.failed', transactionId, amount: 60_000, currency: 'INR', more: 1 };
    assert.deepEqual(text(good), {
      ...{ id: 'e', type: 'payment.failed', transactionId, amount: 60_000n, currency: 'INR' },
    });
    assert.equal(text({ ...good, reason: 'no\u0000 \ud800 money' })?.reason, 'no  \ufffd money');
    const bad = [{ id: '' }, { id: 'a b' }, { type: 'payment' }, { amount: '1' }, { amount: 0 }, { amount: 1.5 }];
    for (const more of [...bad, { transactionId: 'x' }, { currency: 'inr' }]) {
      assert.equal(text({ ...good, ...more }), null, JSON.stringify(more));
    }
    for (const nonsense of ['', '{', 'null', '[]', '1']) assert.equal(text(nonsense), null);
  });

  it('counts for what is open, of its own kind and over its amount', () => {
    const approved = { type: 'WITHDRAWAL', status: 'APPROVED', hold: 7 as PositionId, moved: 8 } as const;
    const cases: readonly (readonly [string, Partial<Transaction>, PaymentEvent])[] = [
      ['APPLIED', {}, event('payment.succeeded')],
      ['APPLIED', {}, event('payment.failed')],
      ['AMOUNT_MISMATCH', {}, event('payment.succeeded', { amount: minor(59_999) })],
      ['AMOUNT_MISMATCH', {}, event('payment.succeeded', { currency: 'USD' })],
      ['WRONG_TYPE', {}, event('payout.succeeded')],
      ['WRONG_TYPE', approved, event('payment.succeeded')],
      ...(['APPROVED', 'REJECTED', 'CANCELLED'] as const).map(
        (status) => ['ALREADY_DECIDED', { status }, event('payment.succeeded')] as const,
      ),
      ['NOT_OPEN', { ...approved, status: 'PENDING', moved: null }, event('payout.succeeded')],
      ['NOT_OPEN', { ...approved, status: 'REJECTED' }, event('payout.succeeded')],
      ['NOT_OPEN', { ...approved, moved: null }, event('payout.succeeded')],
      ['APPLIED', approved, event('payout.succeeded')],
      ['APPLIED', { ...approved, payoutStatus: 'SENT' }, event('payout.failed')],
      ['ALREADY_DECIDED', { ...approved, payoutStatus: 'PAID' }, event('payout.failed')],
      ['ALREADY_DECIDED', { ...approved, payoutStatus: 'FAILED' }, event('payout.succeeded')],
      ['RETURNED', { ...approved, payoutStatus: 'RETURNED' }, event('payout.succeeded')],
      ['ALREADY_DECIDED', { ...approved, payoutStatus: 'RETURNED' }, event('payout.failed')],
    ];
    for (const [outcome, more, told] of cases) {
      assert.equal(judge(transaction(more), told), outcome, JSON.stringify([outcome, told.type, more.status]));
    }
  });

  it('leaves nothing to do that a payout has done', () => {
    const captured = { type: 'WITHDRAWAL', status: 'APPROVED', hold: 7 as PositionId, moved: 8 } as const;
    assert.equal(nextStep(transaction(captured)), 'payOut');
    assert.equal(nextStep(transaction({ ...captured, payoutStatus: 'SENT' })), null);
    assert.equal(nextStep(transaction({ ...captured, payoutStatus: 'FAILED' })), null);
    assert.equal(nextStep(transaction({ ...captured, payoutStatus: 'RETURNED' })), 'giveBack');
    assert.equal(nextStep(transaction({ ...captured, payoutStatus: 'RETURNED', returned: 9 })), null);
    assert.equal(nextStep(transaction({ ...captured, provider: null })), null);
  });
});
