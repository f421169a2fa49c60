import type { Queries } from '../../db/pool.ts';
import type { Channels } from '../channels.ts';
import type { TradeId, UserId } from '../ids.ts';
import { bringBackUntold, type Told, takeUntold } from './untold-store.ts';

/** An end, and whose it is. */
export interface Whose {
  readonly tradeId: TradeId;
  readonly owner: UserId;
}

/**
 * Which ends their players have not heard of. Who is away when an end is written has it marked in the same write; for
 * whoever is there nothing is written, then or later, unless it turns out otherwise. Only where the process dies
 * between the payment and the telling, somebody who was there hears nothing of it: the lists have it.
 */
export class Untold {
  readonly #deps: { readonly database: Queries; readonly channels: Channels };
  readonly #table: Told;
  readonly #type: string;
  /** What was to be written of those that are not told yet: marked or not. */
  readonly #marks = new Map<TradeId, boolean>();
  /** Written by another process, or nobody knows by which attempt: it may be marked or not. */
  readonly #unsure = new Set<TradeId>();

  constructor(deps: { readonly database: Queries; readonly channels: Channels }, table: Told) {
    this.#deps = deps;
    this.#table = table;
    this.#type = table === 'trade' ? 'TRADE_CLOSED' : 'BINARY_RESOLVED';
  }

  /** Whether the end that is about to be written is to be marked. */
  marks({ tradeId, owner }: Whose): boolean {
    if (this.#marks.has(tradeId)) this.#unsure.add(tradeId);
    const isAway = !this.#deps.channels.hears(owner, this.#type);
    this.#marks.set(tradeId, isAway);
    return isAway;
  }

  /** This end was written before. */
  find(id: TradeId): void {
    this.#unsure.add(id);
  }

  /** It is told, or left to the sweep: nothing of it is remembered. */
  forget(id: TradeId): void {
    this.#marks.delete(id);
    this.#unsure.delete(id);
  }

  /**
   * Has these ends told by `speak`, which answers whether anybody has heard. One that is marked is taken first, as who
   * comes in at this moment takes it too; who is still away has it then. Where the database does not answer whoever is
   * there is told all the same, at most once more on coming back; when all are told it throws.
   */
  async tell<End extends Whose>(ends: readonly End[], speak: (end: End) => boolean): Promise<void> {
    const { database, channels } = this.#deps;
    let failure: unknown;
    try {
      const maybeMarked = ends.filter(({ tradeId: id }) => this.#marks.get(id) === true || this.#unsure.has(id));
      const here = maybeMarked.filter(({ owner }) => channels.hears(owner, this.#type)).map(({ tradeId }) => tradeId);
      const taken = await takeUntold(database, this.#table, here).catch((error: unknown) => {
        failure = error;
        return new Set(here);
      });
      const unheard = ends.filter((end) => {
        const isUnsure = this.#unsure.has(end.tradeId);
        const isMarked = this.#marks.get(end.tradeId) === true;
        if (isMarked && !isUnsure && !taken.has(end.tradeId)) return false;
        return !speak(end);
      });
      const ids = unheard.map(({ tradeId }) => tradeId);
      await bringBackUntold(database, this.#table, ids);
    } finally {
      for (const { tradeId } of ends) this.forget(tradeId);
    }
    if (failure !== undefined) throw failure;
  }
}
