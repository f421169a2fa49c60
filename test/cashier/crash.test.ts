import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import type { Cashier } from '../../src/cashier/cashier.ts';
import type { Wish } from '../../src/cashier/request.ts';
import { SANDBOX, sandboxMessage } from '../../src/cashier/sandbox.ts';
import { findByKey, unfinishedTransactions } from '../../src/cashier/store.ts';
import type { Transaction } from '../../src/cashier/transaction.ts';
import { systemClock } from '../../src/clock.ts';
import type { UserId } from '../../src/ids.ts';
import { INR } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { sumOf } from '../../src/wallet/limits.ts';
import { findProtection } from '../../src/wallet/protection.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { accepted } from '../accounts/support.ts';
import { assertBooks } from '../journeys/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { addPeople } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, newKey, openWallet, silent, type TestWallet } from '../wallet/fixture.ts';
import { assertCashier, CountingSandbox, newAdmins, newCashier, WEBHOOK_SECRET, wish } from './support.ts';

const START = 500_000;
const AMOUNT = 60_000;
/** The sandbox cannot pay it out. */
const UNLUCKY = 60_013;

interface Story {
  readonly type: Wish['type'];
  readonly ends: 'APPROVED' | 'REJECTED' | 'CANCELLED';
  readonly amount?: number;
  readonly decide: (cashier: Cashier, transaction: Transaction, admin: Identity) => Promise<unknown>;
}

const tell = (type: 'payment.succeeded' | 'payment.failed') => (cashier: Cashier, transaction: Transaction) => {
  const options = { eventId: newKey(), nowMs: Date.now() };
  return cashier.receive(SANDBOX, sandboxMessage(WEBHOOK_SECRET, transaction, type, options));
};

const STORIES: Readonly<Record<string, Story>> = {
  'a withdrawal that is approved and paid out': {
    ...{ type: 'WITHDRAWAL', ends: 'APPROVED' },
    decide: (cashier, { id }, admin) => cashier.approve(admin, id),
  },
  'a withdrawal that cannot be paid out and is given back': {
    ...{ type: 'WITHDRAWAL', ends: 'APPROVED', amount: UNLUCKY },
    decide: async (cashier, { id }, admin) => {
      await cashier.approve(admin, id);
      return cashier.returnPayout(admin, id, 'the bank has closed');
    },
  },
  'a withdrawal that is rejected': {
    ...{ type: 'WITHDRAWAL', ends: 'REJECTED' },
    decide: (cashier, { id }, admin) => cashier.reject(admin, id, 'no'),
  },
  'a withdrawal that is cancelled': {
    ...{ type: 'WITHDRAWAL', ends: 'CANCELLED' },
    decide: (cashier, { id, userId }) => cashier.cancel(userId, id),
  },
  'a deposit that is approved': {
    ...{ type: 'DEPOSIT', ends: 'APPROVED' },
    decide: (cashier, { id }, admin) => cashier.approve(admin, id),
  },
  'a deposit that its provider says is paid': {
    ...{ type: 'DEPOSIT', ends: 'APPROVED' },
    decide: tell('payment.succeeded'),
  },
  'a deposit that its provider says has failed': {
    ...{ type: 'DEPOSIT', ends: 'REJECTED' },
    decide: tell('payment.failed'),
  },
};

describe('S4-32 the cashier, killed before or after any of its effects', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let admin: Identity;
  before(async () => {
    wallet = await openWallet(database.url());
    [admin] = (await newAdmins(database.pool(), 1)) as [Identity];
  });
  after(() => wallet.end());
  afterEach(async () => {
    await assertBooks(database);
    await assertCashier(database);
  });

  for (const [name, story] of Object.entries(STORIES)) {
    it(`finishes ${name} at the next start, and moves the money once`, async function () {
      this.timeout(120_000);
      const seen = new Set<string>();
      for (const after of [false, true]) {
        for (let step = 1; ; step++) {
          const mortality = new Mortality(step, after);
          seen.add(await killAndRestart(story, mortality));
          if (!mortality.dead) break;
          assert.ok(step < 100, 'it has an end');
        }
      }
      assert.deepEqual([...seen].sort(), ['PENDING', story.ends, 'unborn'].sort());
    });
  }

  async function killAndRestart(story: Story, mortality: Mortality): Promise<string> {
    const [userId] = (await addPeople(database.pool(), 1, 'PLAYER')) as [UserId];
    assert.ok((await wallet.actor.execute(credit(userId, START))).ok);
    const wanted = wish(userId, story.type, story.amount ?? AMOUNT);
    const heard = await playUntilKilled(story, wanted, mortality);

    // The wallet's memory is gone too.
    await wallet.end();
    wallet = await openWallet(database.url());
    const sandbox = new CountingSandbox();
    const cashier = newCashier(database.pool(), wallet.actor, { providers: new Map([[SANDBOX, sandbox.provider()]]) });
    await cashier.sweep();
    assert.deepEqual(await unfinishedTransactions(database.pool(), null, 10), []);
    const found = await findByKey(database.pool(), userId, wanted.key);
    const status = found?.status ?? 'unborn';
    if (heard.id !== undefined) assert.equal(found?.id, heard.id, 'what was answered is there');
    if (heard.decided) assert.equal(status, story.ends, 'what was answered has happened');
    const isReturned = found?.payoutStatus === 'RETURNED';
    await assertMoney(userId, story, status, isReturned);
    if (heard.decided && story.amount === UNLUCKY) assert.ok(isReturned, 'what was answered is given back');
    if (story.type === 'WITHDRAWAL' && status === 'APPROVED' && !isReturned) {
      assert.equal(found?.payoutStatus, story.amount === UNLUCKY ? 'FAILED' : 'PAID');
    }

    const again = accepted(await cashier.request(wanted));
    if (found) assert.equal(again.id, found.id, 'the same key finds it');
    await cashier.sweep();
    await assertMoney(userId, story, found ? status : 'PENDING', isReturned);
    return status;
  }

  async function playUntilKilled(story: Story, wanted: Wish, mortality: Mortality) {
    const mortal = mortality.database(database.pool());
    const sandbox = new CountingSandbox((effect) => mortality.live(effect));
    const cashier = newCashier(mortal, mortality.wallet(wallet.actor), {
      backoffice: createBackoffice({ database: mortal, clock: systemClock, log: silent }),
      providers: new Map([[SANDBOX, sandbox.provider()]]),
    });
    const dies = (error: Error) => {
      assert.equal(error.message, 'killed');
      return undefined;
    };
    const requested = await cashier.request(wanted).catch(dies);
    if (requested === undefined || isRefusal(requested)) return { id: undefined, decided: false };
    const decided = await story.decide(cashier, requested, admin).catch(dies);
    return { id: requested.id, decided: decided !== undefined && !isRefusal(decided) };
  }

  async function assertMoney(userId: UserId, story: Story, status: string, isReturned: boolean): Promise<void> {
    const { type, amount = AMOUNT } = story;
    const balance = (await balancesOf(database.pool(), INR, [userId])).get(userId);
    assert.ok(balance);
    const total = Number(balance.real + balance.held);
    const moved = status === 'APPROVED' && !isReturned ? (type === 'DEPOSIT' ? amount : -amount) : 0;
    assert.equal(total, START + moved, status);
    const { counted } = await findProtection(database.pool(), userId, INR, Date.now());
    const isCounted = type === 'DEPOSIT' && (status === 'PENDING' || status === 'APPROVED');
    const used = sumOf(counted, { kind: 'deposit', days: 1 }, Date.now());
    assert.equal(used, isCounted ? BigInt(amount) : 0n, `counted against the limits: ${status}`);
    assert.equal(Number(balance.held), type === 'WITHDRAWAL' && status === 'PENDING' ? amount : 0, status);
  }
});
