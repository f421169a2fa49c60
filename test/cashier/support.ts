import assert from 'node:assert/strict';
import type { Database } from '../../db/pool.ts';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { auditCashier } from '../../src/cashier/audit.ts';
import { Cashier, type CashierDeps } from '../../src/cashier/cashier.ts';
import type { PaymentProvider } from '../../src/cashier/providers.ts';
import type { Wish } from '../../src/cashier/request.ts';
import { SANDBOX, sandboxProvider } from '../../src/cashier/sandbox.ts';
import type { TransactionId } from '../../src/cashier/transaction.ts';
import { Channels } from '../../src/channels.ts';
import { systemClock } from '../../src/clock.ts';
import type { SessionId, UserId } from '../../src/ids.ts';
import { minor, type Percentage } from '../../src/money.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import { addPeople } from '../rounds/support.ts';
import type { TestDatabase } from '../support/database.ts';
import { newKey, silent } from '../wallet/fixture.ts';

export const WEBHOOK_SECRET = 'a secret of the tests that the sandbox signs with';

/** Fails where the cashier's rows and the ledger say different things. */
export async function assertCashier(database: TestDatabase): Promise<void> {
  const findings = await auditCashier(database.pool());
  assert.deepEqual(
    findings.filter(({ broken }) => broken.length > 0),
    [],
  );
}

/** The sandbox, with what it has been asked to do: once for each transaction, however often it is asked. */
export class CountingSandbox {
  readonly payments = new Set<TransactionId>();
  readonly payouts = new Set<TransactionId>();
  readonly #through: <T>(effect: () => Promise<T>) => Promise<T>;

  constructor(through: <T>(effect: () => Promise<T>) => Promise<T> = (effect) => effect()) {
    this.#through = through;
  }

  provider(): PaymentProvider {
    const sandbox = sandboxProvider(WEBHOOK_SECRET);
    return {
      ...sandbox,
      createPayment: (deposit) =>
        this.#through(async () => {
          this.payments.add(deposit.id);
          return sandbox.createPayment(deposit);
        }),
      payOut: (withdrawal) =>
        this.#through(async () => {
          this.payouts.add(withdrawal.id);
          return sandbox.payOut(withdrawal);
        }),
    };
  }
}

export function cashierDeps(database: Database, wallet: Wallet, more: Partial<CashierDeps> = {}): CashierDeps {
  const common = { database, clock: systemClock, log: silent };
  return {
    ...common,
    wallet,
    channels: new Channels(silent),
    backoffice: createBackoffice(common),
    providers: new Map([[SANDBOX, sandboxProvider(WEBHOOK_SECRET)]]),
    secondApproverAbove: minor(5_000_000),
    withdrawalWithBonus: 'forfeit',
    depositWagering: 0 as Percentage,
    signal: new AbortController().signal,
    ...more,
  };
}

export function newCashier(database: Database, wallet: Wallet, more: Partial<CashierDeps> = {}): Cashier {
  return new Cashier(cashierDeps(database, wallet, more));
}

/** People of the house, as they come with a request. */
export async function newAdmins(database: Database, count: number): Promise<readonly Identity[]> {
  const people = await addPeople(database, count);
  return people.map((userId) => ({ userId, role: 'ADMIN', sessionId: newKey() as string as SessionId, expiresAt: 0 }));
}

export function wish(userId: UserId, type: Wish['type'], amount: number, more: Partial<Wish> = {}): Wish {
  return { userId, key: newKey(), type, amount: minor(amount), method: SANDBOX, reference: null, ...more };
}
