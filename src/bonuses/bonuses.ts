import type { Identity } from '../accounts/identity.ts';
import type { User } from '../accounts/store.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { TransactionId } from '../cashier/transaction.ts';
import type { UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type Award, type AwardId, targetOf } from './award.ts';
import type { CampaignKind } from './campaign.ts';
import { enabledCampaigns } from './campaign-store.ts';
import { endedPeriod } from './cashback.ts';
import { cancel, decline, isLate } from './ending.ts';
import { enter, enterMissed } from './enter.ts';
import { endExpired } from './expiry.ts';
import { type FinishDeps, finish } from './finish.ts';
import { type Gift, give, isOf } from './give.ts';
import { givenRef, type Occasion } from './occasion.ts';
import { creditedDeposit, occasionIn } from './occasion-store.ts';
import { type Bonus, findBonus } from './reads.ts';
import { settleCashback } from './settle-cashback.ts';
import { findGiven, unfinishedAwards } from './store.ts';

export interface BonusesDeps extends FinishDeps {
  readonly backoffice: Pick<Backoffice, 'act' | 'record'>;
  /** The most that one person of the house may hand out within 24 hours. */
  readonly giftBudget: Minor;
}

/** Their occasions are in the database: what was missed is found there. */
const AUTOMATIC = ['SIGN_UP', 'DEPOSIT', 'REFERRAL'] as const satisfies readonly CampaignKind[];
const PAGE = 100;

/**
 * Bonuses from their occasion to their end (S2-08). An award is a row before any money moves, once for each occasion;
 * the wallet's commands follow from it, and where that is cut off, `sweep` carries it on. Occasions are heard of as
 * they happen, and looked for: whoever comes first enters the award.
 */
export class Bonuses {
  readonly #deps: BonusesDeps;

  constructor(deps: BonusesDeps) {
    this.#deps = deps;
  }

  /** Somebody has registered. Never throws: what is not done now is left to the sweep. */
  async signedUp({ id, role, createdAt }: Pick<User, 'id' | 'role' | 'createdAt'>): Promise<void> {
    if (role !== 'PLAYER') return;
    const occasion = { kind: 'SIGN_UP', userId: id, atMs: createdAt.getTime() } as const;
    await this.#attempt({ user: id }, () => this.#hear(['SIGN_UP'], () => occasion));
  }

  /** A deposit was credited. Never throws either. */
  async credited(id: TransactionId): Promise<void> {
    await this.#attempt({ transaction: id }, async () => {
      const deposit = await creditedDeposit(this.#deps.database, id);
      if (deposit !== null) await this.#hear(['DEPOSIT', 'REFERRAL'], (kind) => occasionIn(deposit, kind));
    });
  }

  /** See `give`; the same key and gift find the first one again, with another gift IDEMPOTENCY_KEY_REUSED. */
  async give(by: Identity, gift: Gift): Promise<Bonus | Refusal> {
    const { backoffice, database, giftBudget: budget } = this.#deps;
    const known = () => findGiven(database, by.userId, givenRef(by.userId, gift.key));
    const first = await known();
    if (first === null) {
      const given = await backoffice.act(by, (tx) => give(tx, by, gift, { budget, now: this.#now() }));
      if (isRefusal(given) && given.code !== 'ALREADY_DECIDED') return given;
    }
    const award: Award | null = first ?? (await known());
    if (award === null) throw new Error(`what ${by.userId} gave under ${gift.key} is gone`);
    if (!isOf(award, gift)) return refuse('IDEMPOTENCY_KEY_REUSED');
    await this.#finishLater(award.id);
    const bonus = await this.#find(award.id);
    return bonus.refusal === null ? bonus : refuse(bonus.refusal, bonus.explanation ?? undefined);
  }

  /** See `decline`. NOT_OPEN as well where it was over before the wallet could end it. */
  async decline(userId: UserId, id: AwardId): Promise<Bonus | Refusal> {
    const wish = { id, by: userId, at: this.#now() };
    const declined = await this.#deps.database.transaction((tx) => decline(tx, wish));
    if (isRefusal(declined)) return declined;
    const bonus = await this.#carryOut(id);
    return isLate(bonus) ? refuse('NOT_OPEN') : bonus;
  }

  /** See `cancel`; an act of the house. */
  async cancel(by: Identity, id: AwardId, reason: string): Promise<Bonus | Refusal> {
    const { backoffice } = this.#deps;
    const wish = { id, by: by.userId, at: this.#now() };
    const cancelled = await backoffice.act(by, (tx) => cancel(tx, wish, reason));
    if (isRefusal(cancelled)) return cancelled;
    const bonus = await this.#carryOut(id);
    if (!isLate(bonus)) return bonus;
    // The log must not read as if it was taken back.
    const entry = { action: 'bonus.cancel.late', target: targetOf(id), reason: `it was ${bonus.outcome} before` };
    await backoffice.record(by, async () => ({ answer: null, entry }));
    return refuse('NOT_OPEN');
  }

  /** Ends what has expired, enters what was missed, and carries on whatever was cut off or had to wait. */
  async sweep(): Promise<void> {
    await endExpired(this.#deps);
    for (const campaign of await enabledCampaigns(this.#deps.database, AUTOMATIC)) {
      await this.#attempt({ campaign: campaign.id }, () => enterMissed(this.#deps.database, campaign, this.#now()));
    }
    await this.#finishAll();
  }

  /** Cashback of the last week that is over, once. */
  async settleCashback(): Promise<void> {
    const now = this.#now();
    const period = endedPeriod(now.getTime());
    if (await this.#deps.database.transaction((tx) => settleCashback(tx, period, now))) await this.#finishAll();
  }

  async #hear<Kind extends CampaignKind>(kinds: readonly Kind[], occasionOf: (kind: Kind) => Occasion | null) {
    for (const kind of kinds) {
      const occasion = occasionOf(kind);
      const campaigns = occasion === null ? [] : await enabledCampaigns(this.#deps.database, [kind]);
      for (const campaign of campaigns) {
        const award = occasion && (await enter(this.#deps.database, campaign, occasion, this.#now()));
        if (award) await this.#finishLater(award);
      }
    }
  }

  async #carryOut(id: AwardId): Promise<Bonus> {
    await this.#finishLater(id);
    return this.#find(id);
  }

  async #find(id: AwardId): Promise<Bonus> {
    const bonus = await findBonus(this.#deps.database, id, this.#deps.clock.now());
    if (bonus === null) throw new Error(`bonus ${id} is gone`);
    return bonus;
  }

  async #finishAll(): Promise<void> {
    const { database, signal } = this.#deps;
    let after: AwardId | null = null;
    while (!signal.aborted) {
      const ids: readonly AwardId[] = await unfinishedAwards(database, after, PAGE);
      for (const id of ids) if (!signal.aborted) await this.#finishLater(id);
      after = ids.at(-1) ?? null;
      if (ids.length < PAGE) return;
    }
  }

  /** What is on record is on record: that the wallet follows is certain, only not always at once. */
  #finishLater(id: AwardId): Promise<void> {
    return this.#attempt({ award: id }, () => finish(this.#deps, id));
  }

  async #attempt(what: object, run: () => Promise<void>): Promise<void> {
    await run().catch((error: unknown) => {
      this.#deps.log.error({ err: error, ...what }, 'a bonus is left to the next sweep');
    });
  }

  #now(): Date {
    return new Date(this.#deps.clock.now());
  }
}
