import type { RiskUpdate } from '../../schema/backoffice.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import { type LotteryNumber, selectionOf } from '../games/lottery/number.ts';
import { liabilityOf } from '../games/lottery/payout.ts';
import type { PhaseId } from '../ids.ts';
import { minor, toWire } from '../money.ts';
import type { WalletActor } from '../wallet/actor.ts';
import type { PhaseRow } from './phase-row.ts';

/** Each number at most ten times a second. */
const EVERY_MS = 100;

interface Changed {
  readonly phase: PhaseRow;
  readonly numbers: Set<LotteryNumber>;
}

/** Tells the back office what is on a number after each slip that has it (S3-15): at once, then once in a while. */
export class RiskFeed {
  readonly #clock: Clock;
  readonly #channels: Pick<Channels, 'tellHouse'>;
  readonly #wallet: Pick<WalletActor, 'totalsOn'>;
  #changed = new Map<PhaseId, Changed>();
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, channels: Pick<Channels, 'tellHouse'>, wallet: Pick<WalletActor, 'totalsOn'>) {
    this.#clock = clock;
    this.#channels = channels;
    this.#wallet = wallet;
  }

  changed(phase: PhaseRow, numbers: Iterable<LotteryNumber>): void {
    const known = this.#changed.getOrInsertComputed(phase.id, () => ({ phase, numbers: new Set() }));
    for (const number of numbers) known.numbers.add(number);
    if (this.#cancel === null) this.#flush();
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#cancel?.();
    this.#changed.clear();
  }

  #flush(): void {
    this.#cancel = null;
    if (this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Map();
    for (const { phase, numbers } of changed.values()) this.#tell(phase, numbers);
    this.#cancel = this.#clock.after(EVERY_MS, () => this.#flush());
  }

  #tell({ id: phaseId, book, straightMultiplier, permutationMultiplier }: PhaseRow, numbers: Set<LotteryNumber>): void {
    const totals = this.#wallet.totalsOn(book);
    if (totals === null) return;
    const multipliers = { straight: straightMultiplier, permutation: permutationMultiplier };
    for (const number of numbers) {
      const total = minor(totals.get(selectionOf(number))?.stake ?? 0n);
      const message: RiskUpdate = {
        ...{ phaseId, number, totalBet: toWire(total) },
        potentialPayout: toWire(liabilityOf(total, multipliers)),
      };
      this.#channels.tellHouse('risk_update', message);
    }
  }
}
