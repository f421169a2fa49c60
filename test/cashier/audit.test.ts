import assert from 'node:assert/strict';
import { auditCashier } from '../../src/cashier/audit.ts';
import type { Cashier } from '../../src/cashier/cashier.ts';
import { SANDBOX, sandboxMessage } from '../../src/cashier/sandbox.ts';
import type { Transaction } from '../../src/cashier/transaction.ts';
import type { UserId } from '../../src/ids.ts';
import { accepted } from '../accounts/support.ts';
import { addPeople } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, hold, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { assertCashier, newAdmins, newCashier, WEBHOOK_SECRET, wish } from './support.ts';

/** What the cases below tamper with. */
const CHANGED = [
  ...['user_id', 'status', 'amount', 'hold', 'moved', 'moved_at', 'first_approver', 'decided_by', 'decided_at'],
  ...['reason', 'payout_status', 'payout_at', 'returned', 'returned_by'],
];

describe('the audit of the cashier', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let cashier: Cashier;
  let player: UserId;
  let other: UserId;
  const made: Record<string, Transaction> = {};

  before(async () => {
    wallet = await openWallet(database.url());
    cashier = newCashier(database.pool(), wallet.actor);
    const [admin] = await newAdmins(database.pool(), 1);
    [player, other] = (await addPeople(database.pool(), 2, 'PLAYER')) as [UserId, UserId];
    for (const userId of [player, other]) assert.ok((await wallet.actor.execute(credit(userId, 1_000_000))).ok);
    assert.ok(admin);
    for (const name of ['open', 'captured', 'released']) made[name] = await ask('WITHDRAWAL');
    for (const name of ['credited', 'paid']) made[name] = await ask('DEPOSIT');
    accepted(await cashier.approve(admin, of('captured').id));
    accepted(await cashier.reject(admin, of('released').id, 'no'));
    accepted(await cashier.approve(admin, of('credited').id));
    const options = { eventId: 'e', nowMs: Date.now() };
    made.returned = accepted(await cashier.request(wish(player, 'WITHDRAWAL', 60_013)));
    accepted(await cashier.approve(admin, of('returned').id));
    accepted(await cashier.returnPayout(admin, of('returned').id, 'the bank has closed'));
    const message = sandboxMessage(WEBHOOK_SECRET, of('paid'), 'payment.succeeded', options);
    assert.equal(accepted(await cashier.receive(SANDBOX, message)).outcome, 'APPLIED');
  });
  after(() => wallet.end());
  afterEach(() => assertCashier(database));

  async function ask(type: Transaction['type']): Promise<Transaction> {
    return accepted(await cashier.request(wish(player, type, 60_000)));
  }
  function of(name: string): Transaction {
    const transaction = made[name];
    assert.ok(transaction, name);
    return transaction;
  }

  /** What it finds after a statement, which is then taken back. */
  async function findings(statement: string): Promise<readonly string[]> {
    const { rows } = await database.admin().query(`select * from cashier_transaction`);
    await database.admin().query(statement);
    const found = await auditCashier(database.pool());
    const set = CHANGED.map((name, at) => `${name} = $${at + 2}`).join();
    for (const row of rows) {
      const was = [row.id, ...CHANGED.map((name) => row[name])];
      await database.admin().query(`update cashier_transaction set ${set} where id = $1`, was);
    }
    return found.flatMap(({ check, broken }) => broken.map(() => check));
  }

  const withdrawals = 'withdrawals against holds';
  const cases: readonly [string, (is: (name: string) => string) => string, string][] = [
    [
      'a withdrawal of another amount than it holds',
      (is) => `set amount = amount + 1 where ${is('open')}`,
      withdrawals,
    ],
    ['another’s hold', (is) => `set user_id = '${other}' where ${is('open')}`, withdrawals],
    ['one pending whose money is gone', (is) => pendingAgain(is('captured')), withdrawals],
    ['one pending whose money is back', (is) => pendingAgain(is('released')), withdrawals],
    ['one approved whose money is back', (is) => `set status = 'APPROVED' where ${is('released')}`, withdrawals],
    [
      'one rejected whose money is gone',
      (is) => `set status = 'REJECTED', reason = 'x', payout_status = null, payout_at = null where ${is('captured')}`,
      withdrawals,
    ],
    ['a move that is another', (is) => `set moved = 1 where ${is('captured')}`, withdrawals],
    ['a hold that there is not', (is) => `set hold = 99999 where ${is('open')}`, withdrawals],
    [
      'a deposit of another amount',
      (is) => `set amount = amount + 1 where ${is('credited')}`,
      'deposits against credits',
    ],
    ['another’s deposit', (is) => `set user_id = '${other}' where ${is('credited')}`, 'deposits against credits'],
    ['a credit that there is not', (is) => `set moved = 99999 where ${is('credited')}`, 'deposits against credits'],
    [
      'a provider that has said nothing of the kind',
      (is) => `set decided_by = null where ${is('credited')}`,
      'deposits against payment events',
    ],
    [
      'money given back of another amount',
      (is) => `set returned = (select moved from cashier_transaction where ${is('paid')}) where ${is('returned')}`,
      'returned payouts against credits',
    ],
    [
      'money given back that nobody has got',
      (is) => `set returned = 99999 where ${is('returned')}`,
      'returned payouts against credits',
    ],
    [
      'money given back by somebody who has not',
      (is) => `set returned_by = '${other}' where ${is('returned')}`,
      'decisions against the audit log',
    ],
    [
      'a decision of somebody who has not decided',
      (is) => `set decided_by = '${other}' where ${is('captured')}`,
      'decisions against the audit log',
    ],
    [
      'a first approval of somebody who has not approved',
      (is) => `set first_approver = '${other}' where ${is('credited')}`,
      'decisions against the audit log',
    ],
    [
      'a rejection that was an approval',
      (is) => `set status = 'REJECTED', reason = 'x' where ${is('credited')}`,
      'decisions against the audit log',
    ],
  ];
  for (const [what, statement, check] of cases) {
    it(`finds ${what}`, async () => {
      const found = await findings(`update cashier_transaction ${statement((name) => `id = '${of(name).id}'`)}`);
      assert.ok(found.includes(check), `found ${found.join() || 'nothing'}`);
    });
  }

  it('finds money set aside that is no withdrawal', async () => {
    const held = await wallet.actor.execute(hold(other, 1_000));
    assert.ok(held.ok);
    const found = (await auditCashier(database.pool())).flatMap(({ broken }) => broken);
    assert.match(found.join(), new RegExp(`^hold ${held.seq} of wallet \\d+ over 1000 is no withdrawal$`));
    await database.admin().query(
      `insert into cashier_transaction (id, user_id, key, type, status, amount, currency, method, hold, created_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), 'WITHDRAWAL', 'PENDING', 1000, 'INR', 'upi', $2, now())`,
      [other, held.seq],
    );
  });
});

function pendingAgain(which: string): string {
  return `set status = 'PENDING', decided_by = null, decided_at = null, moved = null, moved_at = null, reason = null,
              payout_status = null, payout_at = null where ${which}`;
}
