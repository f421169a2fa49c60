import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/pool.ts';
import type { User } from '../accounts/store.ts';
import type { TransactionId } from '../cashier/transaction.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { PartnerId } from './commission.ts';
import { NotPublicError, post } from './post.ts';
import { nextAttempt, type PostbackKey, postback, signatureHeaders, signingSecret } from './postback.ts';
import { isPostbackUrl } from './postback-address.ts';
import {
  type DuePostback,
  enqueue,
  recordDelivered,
  recordFailed,
  setPostbackUrl,
  takeDue,
  untoldFirstDeposits,
  untoldRegistrations,
} from './postback-store.ts';

export interface PostbacksDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly key: PostbackKey;
  /** In a demo they may go to the machine it runs on. */
  readonly demo: boolean;
}

/** Whoever takes longer is asked again later. */
const TIMEOUT_MS = 5_000;
const NOT_PUBLIC = 'not a public address';
const LOOK_AGAIN_MS = 500;
/** What a crash has left undelivered is taken up again then. */
const LEASE_MS = 60_000;
/** Older things are not worth telling any more. */
const LOOK_BACK_MS = 2 * 86_400_000;

/**
 * Tells partners by HTTP what has happened: a row of the outbox first, then the request, again and again for a day
 * until somebody answers with 2xx. It may come twice, under the same id.
 */
export class Postbacks {
  readonly #deps: PostbacksDeps;

  constructor(deps: PostbacksDeps) {
    this.#deps = deps;
  }

  /** Where a partner wants to be told, and the secret that it is signed with, anew each time. INVALID_REQUEST. */
  async set(partner: PartnerId, url: string | null): Promise<{ readonly secret: string | null } | Refusal> {
    const { database, clock, key, demo } = this.#deps;
    if (url === null) {
      await setPostbackUrl(database, partner, null);
      return { secret: null };
    }
    if (!isPostbackUrl(url, demo)) {
      return refuse('INVALID_REQUEST', undefined, [{ path: 'url', message: 'must be https, to a public address' }]);
    }
    const nonce = randomUUID();
    await setPostbackUrl(database, partner, { url, nonce, since: new Date(clock.now()) });
    return { secret: signingSecret(key, partner, nonce) };
  }

  /** Somebody has registered. Never throws: what is not done now is left to the sweep. */
  async registered({ id, referredBy }: Pick<User, 'id' | 'referredBy'>): Promise<void> {
    if (referredBy !== null) await this.#attempt(() => this.#enqueueRegistrations(id));
  }

  /** A deposit was credited. Never throws either. */
  async credited(id: TransactionId): Promise<void> {
    await this.#attempt(() => this.#enqueueFirstDeposits(id));
  }

  /** Looks for what was not heard of. */
  async sweep(): Promise<void> {
    await this.#enqueueRegistrations(null);
    await this.#enqueueFirstDeposits(null);
  }

  /** Sends what is due. Each partner is served apart: one who does not answer keeps nobody else waiting. */
  async deliver(): Promise<void> {
    const { database, clock, signal } = this.#deps;
    const underWay = new Map<PartnerId, Promise<unknown>>();
    try {
      while (!signal.aborted) {
        const busy = [...underWay.keys()];
        const due = await takeDue(database, { now: new Date(clock.now()), leaseMs: LEASE_MS }, busy);
        for (const [partner, all] of Map.groupBy(due, ({ partnerId }) => partnerId)) {
          const sent = Promise.all(all.map((one) => this.#send(one)));
          underWay.set(
            partner,
            sent.then(() => underWay.delete(partner)),
          );
        }
        if (underWay.size > 0) await this.#firstOf([...underWay.values()]);
        // Who was busy when it was looked for may have more.
        else if (busy.length === 0) return;
      }
    } finally {
      await Promise.allSettled(underWay.values());
    }
  }

  /** Resolves with the first of these, or when it is time to look for what has become due meanwhile. */
  async #firstOf(all: readonly Promise<unknown>[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#deps.clock.after(LOOK_AGAIN_MS, resolve);
    try {
      await Promise.race([...all, promise]);
    } finally {
      cancel();
    }
  }

  async #enqueueRegistrations(userId: User['id'] | null): Promise<void> {
    const { database, clock } = this.#deps;
    const now = clock.now();
    const found = await untoldRegistrations(database, { userId, since: new Date(now - LOOK_BACK_MS) });
    const told = found.map(({ partnerId, userId: playerId, at }) => {
      const data = { playerId, registeredAt: at.toISOString() };
      return postback(partnerId, 'registration', playerId, data, new Date(now));
    });
    await enqueue(database, told);
  }

  async #enqueueFirstDeposits(transaction: TransactionId | null): Promise<void> {
    const { database, clock } = this.#deps;
    const now = clock.now();
    const found = await untoldFirstDeposits(database, { transaction, since: new Date(now - LOOK_BACK_MS) });
    const told = found.map(({ partnerId, userId: playerId, at }) => {
      const data = { playerId, firstDepositAt: at.toISOString() };
      return postback(partnerId, 'first_deposit', playerId, data, new Date(now));
    });
    await enqueue(database, told);
  }

  async #send(due: DuePostback): Promise<void> {
    const { database, clock, log } = this.#deps;
    const answer = await this.#post(due).catch((error: unknown) => ({ ok: false, text: failureOf(error) }));
    const now = clock.now();
    if (answer.ok) return recordDelivered(database, due.id, answer.text, new Date(now));
    const next = nextAttempt(due.createdAt.getTime(), due.attempts, now);
    if (next === null) log.warn({ postback: due.id, partner: due.partnerId }, 'a postback is given up');
    return recordFailed(database, due.id, answer.text, next === null ? null : new Date(next));
  }

  async #post({ partnerId, body, url, nonce }: DuePostback): Promise<{ readonly ok: boolean; readonly text: string }> {
    const { clock, key, demo, signal } = this.#deps;
    if (url === null || nonce === null) return { ok: false, text: 'no address' };
    if (!isPostbackUrl(url, demo)) return { ok: false, text: NOT_PUBLIC };
    const signed = signatureHeaders(signingSecret(key, partnerId, nonce), body, clock.now());
    const status = await post(new URL(url), {
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'croupier', ...signed },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return { ok: status >= 200 && status < 300, text: `HTTP ${status}` };
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'a postback is left to the next sweep');
    }
  }
}

/** No more than that: how a connection failed would tell which ports are open where a name may lead us. */
function failureOf(error: unknown): string {
  if (error instanceof NotPublicError) return NOT_PUBLIC;
  return error instanceof Error && error.name === 'AbortError' ? 'timed out' : 'failed';
}
