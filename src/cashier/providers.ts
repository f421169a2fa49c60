import type { Payout } from './store.ts';
import type { Method, Transaction } from './transaction.ts';

/**
 * Somebody outside who takes money for us and pays it out. Both calls may come more than once for one transaction,
 * after a crash for instance: a provider does the thing once for each transaction id and answers the same again. A call
 * that throws is made again.
 */
export interface PaymentProvider {
  /** In the address of its webhook, and on record as who decided. */
  readonly name: string;
  /** What its webhook is signed with. */
  readonly webhookSecret: string;
  /** Announces a deposit; whether it is paid comes by webhook. Answers the provider's name for the payment. */
  createPayment(deposit: Transaction): Promise<{ readonly reference: string }>;
  /** Pays out a withdrawal whose money has been captured. `SENT`: what comes of it is told by webhook. */
  payOut(withdrawal: Transaction): Promise<Payout>;
}

/** The providers there are, by the method that a player chooses. */
export type Providers = ReadonlyMap<Method, PaymentProvider>;

/** Methods that the house serves by hand, without any provider. */
const BY_HAND: ReadonlySet<Method> = new Set(['upi', 'bank_transfer']);

/** The provider of a method; null where the house does it, undefined where nobody does. */
export function providerOf(providers: Providers, method: Method): PaymentProvider | null | undefined {
  return providers.get(method) ?? (BY_HAND.has(method) ? null : undefined);
}

export function providerCalled(providers: Providers, name: string | null): PaymentProvider | undefined {
  return providers.values().find((provider) => provider.name === name);
}
