import type { Identity } from '../accounts/identity.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Adjustment, AdjustmentId } from './adjustment.ts';
import { answerTo, request, type Wish } from './ask.ts';
import { approve, reject } from './decide.ts';
import { type AdjustmentDeps, finish } from './finish.ts';
import { findAdjustment, unfinishedAdjustments } from './store.ts';

const PAGE = 100;

/**
 * Corrections of wallets by hand: one person asks, another approves, and the money moves once. A decision and its line
 * in the audit log are one transaction; the money follows, and where it is cut off, `sweep` carries it on.
 */
export class Adjustments {
  readonly #deps: AdjustmentDeps;

  constructor(deps: AdjustmentDeps) {
    this.#deps = deps;
  }

  /** See `answerTo` and `request`. */
  async request(by: Identity, wish: Wish): Promise<Adjustment | Refusal> {
    const { backoffice, database } = this.#deps;
    const answer = () => database.transaction((tx) => answerTo(tx, wish, by.userId, this.#now()));
    const first = await answer();
    if (first !== null) return first;
    const made = await backoffice.act(by, (tx) => request(tx, wish, by.userId, this.#now()));
    if (isRefusal(made) && made.code !== 'ALREADY_DECIDED') return made;
    const answered = await answer();
    if (answered === null) throw new Error(`what ${by.userId} asked for under ${wish.key} is gone`);
    return answered;
  }

  /**
   * See `approve`; refuses as the wallet does as well, INSUFFICIENT_FUNDS: then it is over, and nothing has moved. Who
   * has approved it hears the same again.
   */
  async approve(by: Identity, id: AdjustmentId, reason?: string): Promise<Adjustment | Refusal> {
    const { backoffice } = this.#deps;
    const approved = await backoffice.act(by, (tx) => approve(tx, { id, by: by.userId, at: this.#now(), reason }));
    if (isRefusal(approved) && !(await this.#hasApproved(by, id, approved))) return approved;
    await this.#finishLater(id);
    const adjustment = await this.#find(id);
    return adjustment.refusal === null ? adjustment : refuse(adjustment.refusal);
  }

  async #hasApproved({ userId }: Identity, id: AdjustmentId, { code }: Refusal): Promise<boolean> {
    if (code !== 'ALREADY_DECIDED') return false;
    const { status, decidedBy } = await this.#find(id);
    return decidedBy === userId && status !== 'REJECTED';
  }

  /** See `reject`. */
  async reject(by: Identity, id: AdjustmentId, reason: string): Promise<Adjustment | Refusal> {
    const act = { id, by: by.userId, at: this.#now() };
    const rejected = await this.#deps.backoffice.act(by, (tx) => reject(tx, act, reason));
    return isRefusal(rejected) ? rejected : this.#find(id);
  }

  /** Carries on whatever was cut off; what fails is logged and waits for the next sweep. */
  async sweep(): Promise<void> {
    const { database, signal } = this.#deps;
    for (let after: AdjustmentId | null = null; !signal.aborted; ) {
      const ids: readonly AdjustmentId[] = await unfinishedAdjustments(database, after, PAGE);
      for (const id of ids) if (!signal.aborted) await this.#finishLater(id);
      after = ids.at(-1) ?? null;
      if (ids.length < PAGE) return;
    }
  }

  /** What is decided is decided: that the money follows is certain, only not always at once. */
  async #finishLater(id: AdjustmentId): Promise<void> {
    await finish(this.#deps, id).catch((error: unknown) => {
      this.#deps.log.error({ err: error, adjustment: id }, 'an adjustment is left to the next sweep');
    });
  }

  async #find(id: AdjustmentId): Promise<Adjustment> {
    const adjustment = await findAdjustment(this.#deps.database, id);
    if (adjustment === null) throw new Error(`adjustment ${id} is gone`);
    return adjustment;
  }

  #now(): Date {
    return new Date(this.#deps.clock.now());
  }
}
