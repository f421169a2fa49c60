import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Identity } from '../../src/accounts/identity.ts';
import { auditActs } from '../../src/backoffice/audit.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import type { Cashier } from '../../src/cashier/cashier.ts';
import { SANDBOX, sandboxMessage } from '../../src/cashier/sandbox.ts';
import { newestTransactions, unfinishedTransactions } from '../../src/cashier/store.ts';
import { nextStep, type Transaction, type TransactionId } from '../../src/cashier/transaction.ts';
import { systemClock } from '../../src/clock.ts';
import { deterministicKey, type UserId } from '../../src/ids.ts';
import { INR, minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { assertBooks } from '../journeys/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { addPeople } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, openWallet, silent, type TestWallet } from '../wallet/fixture.ts';
import { assertCashier, CountingSandbox, newAdmins, newCashier, WEBHOOK_SECRET, wish } from './support.ts';

const START = 300_000;
const SECOND_ABOVE = 100_000;
const PLAYERS = 2;
const ADMINS = 3;

type Op =
  | {
      readonly kind: 'request';
      readonly who: number;
      readonly type: 'DEPOSIT' | 'WITHDRAWAL';
      readonly amount: number;
      /** Few different ones, so that some come again, for the same and for another request. */
      readonly key: number;
      readonly byHand: boolean;
    }
  | { readonly kind: 'approve'; readonly who: number; readonly which: number }
  | { readonly kind: 'reject'; readonly who: number; readonly which: number }
  | { readonly kind: 'return'; readonly who: number; readonly which: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'webhook'; readonly which: number; readonly succeeded: boolean; readonly event: number }
  | { readonly kind: 'sweep' };

const nat = (max: number) => fc.nat({ max: max - 1 });
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      who: nat(PLAYERS + 1),
      type: fc.constantFrom('DEPOSIT', 'WITHDRAWAL'),
      amount: fc.constantFrom(50_000, 60_013, 100_001, 250_000, 9_000),
      key: nat(12),
      byHand: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const, 'return' as const),
      who: nat(ADMINS),
      which: nat(6),
    }) as fc.Arbitrary<Op>,
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: nat(6) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('webhook' as const),
      which: nat(6),
      succeeded: fc.boolean(),
      event: nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
);
/** What happens at once, and after how many effects, if ever, the process dies of it. */
interface Moment {
  readonly ops: Op[];
  readonly diesAt: number | null;
  readonly after: boolean;
}
const moment: fc.Arbitrary<Moment> = fc.record({
  ops: fc.array(op, { minLength: 1, maxLength: 5 }),
  diesAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 1 }),
  after: fc.boolean(),
});

/** A payout that fails, told one after the other: chance alone does not always come this far. */
const GIVEN_BACK = [
  { kind: 'request', who: 0, type: 'WITHDRAWAL', amount: 60_013, key: 0, byHand: false } as const,
  ...(['approve', 'return'] as const).flatMap((kind) => [1, 2].map((who) => ({ kind, who, which: 0 }))),
].map((each): Moment => ({ ops: [each], diesAt: null, after: false }));

describe('any interleaving of what people, providers and crashes do to the cashier', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());

  class World {
    readonly admins: readonly Identity[];
    readonly players: readonly UserId[];
    readonly run: string;
    readonly ids: TransactionId[] = [];
    readonly sandbox = new CountingSandbox();
    /** How often each was answered to be decided. */
    readonly decisions = new Map<TransactionId, number>();
    readonly returns = new Map<TransactionId, number>();

    constructor(admins: readonly Identity[], players: readonly UserId[]) {
      this.admins = admins;
      // One of the house plays as well.
      this.players = [...players, (admins[0] as Identity).userId];
      this.run = players.join();
    }

    cashier(mortality = new Mortality(0, false)): Cashier {
      const mortal = mortality.database(database.pool());
      const provider = this.sandbox.provider();
      return newCashier(mortal, mortality.wallet(wallet.actor), {
        backoffice: createBackoffice({ database: mortal, clock: systemClock, log: silent }),
        providers: new Map([
          [
            SANDBOX,
            {
              ...provider,
              createPayment: (deposit) => mortality.live(() => provider.createPayment(deposit)),
              payOut: (withdrawal) => mortality.live(() => provider.payOut(withdrawal)),
            },
          ],
        ]),
        secondApproverAbove: minor(SECOND_ABOVE),
      });
    }

    /** Undefined where there is nothing yet to do it to. */
    async do(cashier: Cashier, what: Op): Promise<void> {
      if (what.kind === 'sweep') return cashier.sweep();
      if (what.kind === 'request') return this.#request(cashier, what);
      const id = this.ids[what.which % Math.max(1, this.ids.length)];
      if (id === undefined) return;
      if (what.kind === 'return') {
        const answer = await cashier.returnPayout(this.admins[what.who] as Identity, id, 'the bank has closed');
        if (answer.ok && answer.status === undefined) this.returns.set(id, (this.returns.get(id) ?? 0) + 1);
        return;
      }
      const decided = await this.#decide(cashier, what, id);
      if (decided) this.decisions.set(id, (this.decisions.get(id) ?? 0) + 1);
    }

    async #request(cashier: Cashier, { who, type, amount, key, byHand }: Op & { kind: 'request' }): Promise<void> {
      const more = { key: deterministicKey(this.run, key), ...(byHand && { method: 'upi' as const }) };
      const requested = await cashier.request(wish(this.players[who] as UserId, type, amount, more));
      if (!isRefusal(requested) && !this.ids.includes(requested.id)) this.ids.push(requested.id);
    }

    async #decide(cashier: Cashier, what: Exclude<Op, { kind: 'request' | 'sweep' | 'return' }>, id: TransactionId) {
      if (what.kind === 'approve') {
        const answer = await cashier.approve(this.admins[what.who] as Identity, id);
        return answer.ok && answer.status === undefined;
      }
      if (what.kind === 'reject') return (await cashier.reject(this.admins[what.who] as Identity, id, 'no')).ok;
      const transaction = (await this.all()).find((each) => each.id === id);
      if (transaction === undefined) throw new Error(`${id} was answered, and is not there`);
      if (what.kind === 'cancel') return (await cashier.cancel(transaction.userId, id)).ok;
      const about = transaction.type === 'DEPOSIT' ? 'payment' : 'payout';
      const options = { eventId: `${this.run} ${what.event}`.replaceAll(/[ ,]/g, '-'), nowMs: Date.now() };
      const type = `${about}.${what.succeeded ? 'succeeded' : 'failed'}` as const;
      const answer = await cashier.receive(SANDBOX, sandboxMessage(WEBHOOK_SECRET, transaction, type, options));
      return about === 'payment' && !isRefusal(answer) && answer.outcome === 'APPLIED';
    }

    async all(): Promise<readonly Transaction[]> {
      const own = this.players.map((userId) => newestTransactions(database.pool(), { userId }, 100));
      return (await Promise.all(own)).flat();
    }
  }

  const sumOf = (all: readonly Transaction[]) => all.reduce((total, { amount }) => total + Number(amount), 0);
  const sum = (all: readonly Transaction[], type: Transaction['type'], status: string) =>
    sumOf(all.filter((each) => each.type === type && each.status === status));

  async function assertWorld({ players, sandbox, decisions, returns, ids }: World, all: readonly Transaction[]) {
    for (const userId of players) {
      const own = all.filter((each) => each.userId === userId);
      const { real = 0n, held = 0n } = (await balancesOf(database.pool(), INR, [userId])).get(userId) ?? {};
      const back = own.filter(({ payoutStatus }) => payoutStatus === 'RETURNED');
      const moved = sum(own, 'DEPOSIT', 'APPROVED') - sum(own, 'WITHDRAWAL', 'APPROVED') + sumOf(back);
      assert.equal(Number(real + held), START + moved, 'money: deposits approved less withdrawals captured and kept');
      assert.equal(Number(held), sum(own, 'WITHDRAWAL', 'PENDING'), 'held: what is pending');
    }
    for (const id of ids) assert.ok(all.some((each) => each.id === id));
    for (const each of all) {
      assert.equal(nextStep(each), null);
      assert.ok((decisions.get(each.id) ?? 0) <= (each.status === 'PENDING' ? 0 : 1), 'decided once');
      const isPaid = each.type === 'WITHDRAWAL' && each.status === 'APPROVED' && each.provider !== null;
      assert.equal(sandbox.payouts.has(each.id), isPaid, 'paid out if captured, and only then');
      if (isPaid) assert.match(each.payoutStatus ?? '', /^(PAID|FAILED|RETURNED)$/);
      assert.ok((returns.get(each.id) ?? 0) <= (each.payoutStatus === 'RETURNED' ? 1 : 0), 'given back once');
      if (each.payoutStatus === 'RETURNED') await assertApprovers(each, 'RETURN_PAYOUT');
      if (each.status === 'APPROVED' && each.decidedBy !== null) await assertApprovers(each, `APPROVE_${each.type}`);
    }
  }

  async function assertApprovers({ id, amount, userId }: Transaction, action: string): Promise<void> {
    const { rows } = await database
      .admin()
      .query('select actor from audit_log where target = $1 and action = $2', [`transaction:${id}`, action]);
    const approvers = new Set(rows.map(({ actor }) => actor));
    assert.equal(approvers.size, Number(amount) > SECOND_ABOVE ? 2 : 1);
    assert.equal(rows.length, approvers.size);
    assert.ok(!approvers.has(userId), 'nobody approves their own');
  }

  it('S4-32 leaves exactly the money that was decided on, and the books and the record right', async function () {
    this.timeout(180_000);
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 12 }), async (moments) => {
        const admins = await newAdmins(database.pool(), ADMINS);
        const world = new World(admins, await addPeople(database.pool(), PLAYERS, 'PLAYER'));
        for (const userId of world.players) assert.ok((await wallet.actor.execute(credit(userId, START))).ok);
        for (const { ops, diesAt, after } of moments) {
          const mortality = new Mortality(diesAt ?? 0, after);
          const cashier = world.cashier(mortality);
          const ends = await Promise.allSettled(ops.map((each) => world.do(cashier, each)));
          for (const end of ends) if (end.status === 'rejected') assert.equal(end.reason.message, 'killed');
          if (!mortality.dead) continue;
          // Nothing of the process is left; what had reached the database goes on there.
          await wallet.end();
          wallet = await openWallet(database.url());
        }
        await world.cashier().sweep();
        assert.deepEqual(await unfinishedTransactions(database.pool(), null, 10), []);
        const all = await world.all();
        await assertWorld(world, all);
        for (const each of all)
          reached.add(`${each.type} ${each.payoutStatus === 'RETURNED' ? 'RETURNED' : each.status}`);
        await assertCashier(database);
      }),
      { numRuns: 60, examples: [[GIVEN_BACK]] },
    );
    const statuses = ['PENDING', 'APPROVED', 'REJECTED', 'CANCELLED'];
    for (const type of ['DEPOSIT', 'WITHDRAWAL']) {
      for (const status of statuses) assert.ok(reached.has(`${type} ${status}`), `no ${type} was ever ${status}`);
    }
    assert.ok(reached.has('WITHDRAWAL RETURNED'), 'no withdrawal was ever given back');
    await assertBooks(database);
    assert.deepEqual(
      (await auditActs(database.pool())).flatMap(({ broken }) => broken),
      [],
    );
  });
});
