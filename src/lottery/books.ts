import { deterministicKey, type PhaseId } from '../ids.ts';
import { insist } from '../rounds/insist.ts';
import { SYSTEM } from '../wallet/command.ts';
import { findBook } from '../wallet/reads.ts';
import { type LotteryDeps, patience } from './deps.ts';
import type { PhaseRow } from './phase-row.ts';

/** The epochs of the books that this process has claimed: whoever had one before can do nothing with it any more. */
export class Books {
  readonly #deps: LotteryDeps;
  readonly #epochs = new Map<PhaseId, Promise<number>>();

  constructor(deps: LotteryDeps) {
    this.#deps = deps;
  }

  /** Claims the book on the first call. Throws where it is finished, or the wallet does not answer in time. */
  epochOf(phase: PhaseRow): Promise<number> {
    const { id } = phase;
    const epoch = this.#epochs.getOrInsertComputed(id, () => this.#claim(phase));
    epoch.catch(() => this.#epochs.delete(id));
    return epoch;
  }

  async #claim({ id, book }: PhaseRow): Promise<number> {
    const { database, wallet, clock } = this.#deps;
    const found = await findBook(database, book);
    if (found === null) throw new Error(`phase ${id} has no book`);
    const key = deterministicKey('lottery', id, 'claim', found.epoch);
    const command = { kind: 'claimBook', origin: SYSTEM, key, request: id, book } as const;
    return (await insist(wallet, clock, command, patience(this.#deps))).epoch;
  }
}
