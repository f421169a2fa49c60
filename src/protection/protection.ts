import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { deterministicKey, type Key, type UserId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { INR, type Minor, toWire } from '../money.ts';
import { type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import type { Wallet } from '../rounds/insist.ts';
import type { Answer } from '../wallet/command.ts';
import type { LimitDays, LimitKind } from '../wallet/limits.ts';
import { excludedAmong, findProtection } from '../wallet/protection.ts';
import { type ExclusionWish, endOf, wordsOf } from './exclusion.ts';
import { dayBegan, type LimitView, limitsOf, playedSince } from './figures.ts';
import { type Remind, SessionReminders } from './reminders.ts';
import { insertRequest, markDone, requestUnder, sessionMinutesOf } from './store.ts';

export interface ProtectionDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Everything a player sees of the own protection. */
export interface ProtectionView {
  readonly limits: readonly LimitView[];
  /** Epoch milliseconds; null while not excluded. */
  readonly excludedUntil: number | null;
  /** Minutes between two reminders; null: none. */
  readonly sessionMinutes: number | null;
}

export interface LimitsWish {
  /** Each kind and number of days once at most. */
  readonly limits: readonly { readonly kind: LimitKind; readonly days: LimitDays; readonly amount: Minor | null }[];
  /** Undefined leaves it as it is. */
  readonly sessionMinutes: number | null | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * Limits, exclusion and reminders of a player's own (DOMAIN 7). What is refused because of them is decided by the
 * wallet, with the bet itself: here they are set and shown, and whoever must close connections is told.
 */
export class Protection {
  readonly #deps: ProtectionDeps;
  readonly #reminders: SessionReminders;
  readonly #listeners = new Set<(userId: UserId) => void>();

  constructor(deps: ProtectionDeps) {
    this.#deps = deps;
    this.#reminders = new SessionReminders({
      ...deps,
      minutesOf: (userId) => sessionMinutesOf(deps.database, userId),
      figuresOf: (userId) => this.#figuresOf(userId),
    });
  }

  async view(userId: UserId): Promise<ProtectionView> {
    const { database, clock } = this.#deps;
    const now = clock.now();
    const { excludedUntil, ...figures } = await findProtection(database, userId, INR, now);
    const sessionMinutes = await sessionMinutesOf(database, userId);
    return {
      limits: limitsOf(figures, now),
      excludedUntil: excludedUntil > now ? excludedUntil : null,
      sessionMinutes,
    };
  }

  /**
   * Sets limits: less counts at once, more or none a day later. The whole wish stands under one key, each limit under
   * one that follows from it; the reminder counts once the wallet has taken all of them. The same key and wish again
   * change nothing any more. Refuses IDEMPOTENCY_KEY_REUSED, BUSY, UNKNOWN_OUTCOME.
   */
  async setLimits(userId: UserId, key: Key, wish: LimitsWish): Promise<{ readonly ok: true } | Refusal> {
    const { database, wallet, clock } = this.#deps;
    const { limits, sessionMinutes } = wish;
    const request = wordsOfLimits(wish);
    await insertRequest(database, { userId, key, request, sessionMinutes, askedAt: new Date(clock.now()) });
    if ((await requestUnder(database, userId, key)) !== request) return refuse('IDEMPOTENCY_KEY_REUSED');
    const answers = await Promise.all(
      limits.map((limit) => {
        const own = deterministicKey('limit', key, limit.kind, limit.days);
        const owner = { origin: userId, owner: userId, currency: INR };
        return wallet.execute({ kind: 'setLimit', ...owner, key: own, request, limit });
      }),
    );
    const refusal = refusalAmong(answers);
    if (refusal) return refusal;
    await markDone(database, userId, key, new Date(clock.now()));
    this.#reminders.changed(userId);
    return { ok: true };
  }

  /**
   * Keeps a player from all play and from deposits: durable first, then whoever listens is told. An exclusion is never
   * shortened nor taken back: NOT_OPEN for one that would end earlier. The same key and wish again change nothing.
   * Refuses IDEMPOTENCY_KEY_REUSED, BUSY, UNKNOWN_OUTCOME too.
   */
  async exclude(userId: UserId, key: Key, wish: ExclusionWish): Promise<{ readonly ok: true } | Refusal> {
    const { wallet, clock, log } = this.#deps;
    const until = endOf(wish, clock.now());
    const owner = { origin: userId, owner: userId, currency: INR };
    const answer = await wallet.execute({ kind: 'exclude', ...owner, key, request: wordsOf(wish), until });
    if (!answer.ok && answer.code === 'NOT_OPEN') {
      return refuse('NOT_OPEN', 'You have excluded yourself for longer than that already.');
    }
    if (!answer.ok) return refuse(answer.code as RefusalCode);
    if (!answer.duplicate)
      log.info({ userId, kind: wish.kind, until: new Date(until) }, 'a player is excluded from play');
    // A repeated request may come when all is over, or when the first was cut off before anybody was told.
    if (await this.isExcluded(userId)) for (const listener of this.#listeners) listener(userId);
    return { ok: true };
  }

  async isExcluded(userId: UserId): Promise<boolean> {
    return (await this.excludedAmong([userId])).has(userId);
  }

  /** Those of these people who may not play now, fresh from the database. */
  excludedAmong(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    return excludedAmong(this.#deps.database, userIds, this.#deps.clock.now());
  }

  /** Calls `listener` as soon as somebody has excluded themselves here; the answer takes it off again. */
  onExcluded(listener: (userId: UserId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody plays: `remind` is called now and then, as they wished, until the function that this answers is. */
  sitDown(userId: UserId, remind: Remind): () => void {
    return this.#reminders.sitDown(userId, remind);
  }

  async #figuresOf(userId: UserId) {
    const { database, clock } = this.#deps;
    const now = clock.now();
    const since = dayBegan(now);
    const { staked, won, net } = playedSince(await findProtection(database, userId, INR, now), since);
    return {
      ...{ staked: wire(staked), won: wire(won), net: wire(net) },
      since: new Date(since * HOUR_MS).toISOString(),
    };
  }
}

function wire(amount: bigint): number {
  return toWire(amount as Minor);
}

function wordsOfLimits({ limits, sessionMinutes }: LimitsWish): string {
  const words = limits.map(({ kind, days, amount }) => `${kind}:${days}:${amount}`).sort();
  return [...words, ...(sessionMinutes === undefined ? [] : [`session:${sessionMinutes}`])].join('|');
}

/** Of several answers; where some were taken and others not, nobody can say that nothing was done. */
function refusalAmong(answers: readonly Answer[]): Refusal | undefined {
  const refused = answers.flatMap((answer) => (answer.ok ? [] : [answer.code]));
  const [code] = refused;
  if (code === undefined) return undefined;
  if (code === 'BUSY' && refused.length < answers.length) return refuse('UNKNOWN_OUTCOME');
  return refuse(code as RefusalCode);
}
