import type { Queries } from '../../db/pool.ts';
import type { Channels } from '../channels.ts';
import type { TradeId, UserId } from '../ids.ts';
import { bringBackUntold, recordTold, type Told } from './untold-store.ts';

/** Whether somebody has heard of an end, once it was told. */
export interface Telling {
  readonly tradeId: TradeId;
  readonly isHeard: boolean;
}

/**
 * Which ends their players have not heard of. Who is away when an end is written has it marked in the same write; for
 * whoever is there nothing is written, then or later, unless it turns out otherwise. Only where the process dies
 * between the payment and the telling, somebody who was there hears nothing of it: the lists have it.
 */
export class Untold {
  readonly #deps: { readonly database: Queries; readonly channels: Channels };
  readonly #table: Told;
  /** Marked so by this process, and not told yet. */
  readonly #marked = new Set<TradeId>();
  /** Written by another process: nobody here knows how. */
  readonly #found = new Set<TradeId>();

  constructor(deps: { readonly database: Queries; readonly channels: Channels }, table: Told) {
    this.#deps = deps;
    this.#table = table;
  }

  /** Whether the end that is about to be written is to be marked. */
  marks(id: TradeId, owner: UserId): boolean {
    const isAway = !this.#deps.channels.reaches(owner);
    if (isAway) this.#marked.add(id);
    else this.#marked.delete(id);
    return isAway;
  }

  /** This end was written before. */
  find(id: TradeId): void {
    this.#found.add(id);
  }

  /** It is told, or left to the sweep: nothing of it is remembered. */
  forget(id: TradeId): void {
    this.#marked.delete(id);
    this.#found.delete(id);
  }

  /** Notes what differs from what is written. */
  async note(told: readonly Telling[]): Promise<void> {
    const heard: TradeId[] = [];
    const unheard: TradeId[] = [];
    for (const { tradeId, isHeard } of told) {
      const isMarked = this.#marked.has(tradeId);
      const isFound = this.#found.has(tradeId);
      if (isHeard && (isMarked || isFound)) heard.push(tradeId);
      if (!isHeard && (!isMarked || isFound)) unheard.push(tradeId);
      this.forget(tradeId);
    }
    await recordTold(this.#deps.database, this.#table, heard);
    await bringBackUntold(this.#deps.database, this.#table, unheard);
  }
}
