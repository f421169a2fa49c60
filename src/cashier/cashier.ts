import type { Identity } from '../accounts/identity.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { approve, cancel, type Decided, reject } from './decide.ts';
import { type FinishDeps, finish, logFailedPayout } from './finish.ts';
import { providerCalled } from './providers.ts';
import { requestTransaction, type Wish } from './request.ts';
import { returnPayout } from './return-payout.ts';
import { unfinishedTransactions } from './store.ts';
import { tellDecision } from './telling.ts';
import type { Transaction, TransactionId } from './transaction.ts';
import { apply, eventOf, isGenuine, type Message, type Outcome } from './webhook.ts';

export interface CashierDeps extends FinishDeps {
  readonly backoffice: Pick<Backoffice, 'act'>;
  /** Above this amount two people have to approve. */
  readonly secondApproverAbove: Minor;
}

/** `approvals` where it waits for the second person. */
export type Approved = { readonly ok: true; readonly status?: 'PENDING'; readonly approvals?: number };

const WAITS = { ok: true, status: 'PENDING', approvals: 1 } as const;
const PAGE = 100;

/**
 * Deposits and withdrawals (DOMAIN 6): a withdrawal's money is held when it is asked for, captured on approval,
 * released on rejection or cancellation; a deposit is credited on approval. A decision and its record are one
 * transaction, in which the first of several wins; the money follows, and where it is cut off, `sweep` carries it on.
 */
export class Cashier {
  readonly #deps: CashierDeps;
  readonly #underWay = new Map<TransactionId, Promise<void>>();

  constructor(deps: CashierDeps) {
    this.#deps = deps;
  }

  /** See `requestTransaction`. */
  request(wish: Wish): Promise<Transaction | Refusal> {
    return requestTransaction(this.#deps, wish, (id) => this.#finish(id));
  }

  /** The player's own, while it is pending. Refuses NOT_FOUND, ALREADY_DECIDED. */
  async cancel(userId: UserId, id: TransactionId): Promise<{ readonly ok: true } | Refusal> {
    const act = { id, by: userId, at: this.#now() };
    const decided = await this.#deps.database.transaction((tx) => cancel(tx, act));
    return isRefusal(decided) ? decided : this.#carryOut(decided);
  }

  /** See `approve`; also an act of the house (S4-25). */
  async approve(by: Identity, id: TransactionId, reason?: string): Promise<Approved | Refusal> {
    const { backoffice, secondApproverAbove } = this.#deps;
    const act = { id, by: by.userId, at: this.#now() };
    const decided = await backoffice.act(by, (tx) => approve(tx, act, secondApproverAbove, reason));
    return isRefusal(decided) ? decided : this.#carryOut(decided);
  }

  /** See `reject`; also an act of the house. */
  async reject(by: Identity, id: TransactionId, reason: string): Promise<{ readonly ok: true } | Refusal> {
    const act = { id, by: by.userId, at: this.#now() };
    const decided = await this.#deps.backoffice.act(by, (tx) => reject(tx, act, reason));
    return isRefusal(decided) ? decided : this.#carryOut(decided);
  }

  /** See `returnPayout`; also an act of the house. */
  async returnPayout(by: Identity, id: TransactionId, reason: string): Promise<Approved | Refusal> {
    const { backoffice, secondApproverAbove } = this.#deps;
    const act = { id, by: by.userId, at: this.#now() };
    const isDecided = await backoffice.act(by, (tx) => returnPayout(tx, act, reason, secondApproverAbove));
    if (isRefusal(isDecided)) return isDecided;
    if (!isDecided) return WAITS;
    await this.#finishLater(id);
    return { ok: true };
  }

  /**
   * What a payment provider tells. Once it is on record the answer is ok, whatever came of it. Refuses NOT_FOUND for an
   * unknown provider or transaction, UNAUTHORIZED for a signature that is not good now, INVALID_REQUEST.
   */
  async receive(
    providerName: string,
    message: Message,
  ): Promise<{ readonly ok: true; readonly outcome: Outcome } | Refusal> {
    const { providers, database, clock, log } = this.#deps;
    const provider = providerCalled(providers, providerName);
    if (provider === undefined) return refuse('NOT_FOUND');
    if (!isGenuine(provider.webhookSecret, message, clock.now())) {
      return refuse('UNAUTHORIZED', 'The signature is not good, or not any more.');
    }
    const event = eventOf(message.body);
    if (event === null) return refuse('INVALID_REQUEST');
    const { body } = message;
    const received = await database.transaction((tx) => apply(tx, provider.name, event, { body, at: this.#now() }));
    if (isRefusal(received)) return received;
    const { outcome, transaction, decision } = received;
    const line = { provider: provider.name, event: event.id, type: event.type, transaction: transaction.id, outcome };
    // Money may have come in, or be owed, that no row here stands for: somebody has to look.
    if (outcome === 'APPLIED' || outcome === 'DUPLICATE') log.info(line, 'payment event');
    else log.error({ ...line, status: transaction.status }, 'a payment event does not fit its transaction');
    if (outcome === 'APPLIED' && event.type === 'payout.failed') logFailedPayout(log, transaction);
    if (decision !== null) await this.#carryOut({ transaction, decision });
    return { ok: true, outcome };
  }

  /** Carries on whatever was cut off; what fails is logged and waits for the next sweep. */
  async sweep(): Promise<void> {
    const { database, signal } = this.#deps;
    let after: TransactionId | null = null;
    while (!signal.aborted) {
      const ids: readonly TransactionId[] = await unfinishedTransactions(database, after, PAGE);
      for (const id of ids) if (!signal.aborted) await this.#finishLater(id);
      after = ids.at(-1) ?? null;
      if (ids.length < PAGE) return;
    }
  }

  async #carryOut({ transaction, decision }: Decided): Promise<Approved & { readonly ok: true }> {
    if (decision === null) return WAITS;
    tellDecision(this.#deps.channels, transaction, decision);
    await this.#finishLater(transaction.id);
    return { ok: true };
  }

  /** What is decided is decided: that the money follows is certain, only not always at once. */
  async #finishLater(id: TransactionId): Promise<void> {
    await this.#finish(id).catch((error: unknown) => {
      this.#deps.log.error({ err: error, transaction: id }, 'a transaction is left to the next sweep');
    });
  }

  /** One after the other for each transaction: a payout under way is not asked for a second time. */
  #finish(id: TransactionId): Promise<void> {
    const before = this.#underWay.get(id) ?? Promise.resolve();
    const run = before.catch(() => undefined).then(() => finish(this.#deps, id));
    this.#underWay.set(id, run);
    const done = () => {
      if (this.#underWay.get(id) === run) this.#underWay.delete(id);
    };
    run.then(done, done);
    return run;
  }

  #now(): Date {
    return new Date(this.#deps.clock.now());
  }
}
