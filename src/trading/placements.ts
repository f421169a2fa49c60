import type { TradeId } from '../ids.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { askUntilKnown } from '../rounds/insist.ts';
import type { Balance, PositionId, Stake } from '../wallet/command.ts';
import { type DeskDeps, patience } from './deps.ts';

/** What every wish on record says of itself. */
interface Recorded {
  /** What was asked for under its key, in a normal form. */
  readonly request: string;
  readonly refusal: RefusalCode | null;
}

/** How rows of one kind are placed. */
export interface PlacementWork<Row> {
  idOf(row: Row): TradeId;
  /** Whether the wallet has not answered yet, as far as the row says. */
  isRequested(row: Row): boolean;
  commandOf(row: Row): Stake;
  /** When its player asked for it, epoch milliseconds. */
  askedAt(row: Row): number;
  /** Before the wallet is asked for a row that is requested. */
  expect(row: Row): void;
  /** The wallet has it. May be told again, where it could not be recorded the first time. */
  opened(row: Row, seq: PositionId, balance: Balance): Promise<void>;
  refused(row: Row, code: RefusalCode): Promise<void>;
}

export interface Placed {
  readonly ok: true;
  /** Both as the wallet has answered them, the first time and ever after. */
  readonly seq: PositionId;
  readonly balance: Balance;
}

/** A wish that came about. */
export interface Opening<Row> {
  readonly ok: true;
  readonly row: Row;
  readonly balance: Balance;
}

/**
 * What the wallet has not taken so long after it was asked for is not taken any more: its player has seen where the
 * price went since, and could still see to it that there is no money for it. What it has taken is found by its key.
 */
const TAKEN_WITHIN_MS = 3_000;

/** Asks the wallet for what rows say that their players want; for each one at a time. */
export class Placements<Row extends Recorded> {
  readonly #deps: DeskDeps;
  readonly #work: PlacementWork<Row>;
  readonly #underWay = new Map<TradeId, Promise<Placed | Refusal>>();

  constructor(deps: DeskDeps, work: PlacementWork<Row>) {
    this.#deps = deps;
    this.#work = work;
  }

  has(id: TradeId): boolean {
    return this.#underWay.has(id);
  }

  /**
   * What whoever sends this wish under the row's key is told, now and ever after. Refuses IDEMPOTENCY_KEY_REUSED where
   * the row is of another wish, what the row says, and as `place`.
   */
  async answer(row: Row, wish: string): Promise<Opening<Row> | Refusal> {
    if (row.request !== wish) return refuse('IDEMPOTENCY_KEY_REUSED');
    if (row.refusal !== null) return refusalOf(row.refusal);
    const placed = await this.place(row);
    return isRefusal(placed) ? placed : { ok: true, row: { ...row, seq: placed.seq }, balance: placed.balance };
  }

  /** The wallet's answer, given now or before. UNKNOWN_OUTCOME while there is none; the next sweep asks again. */
  place(row: Row): Promise<Placed | Refusal> {
    const id = this.#work.idOf(row);
    const placing = this.#underWay.getOrInsertComputed(id, () => this.#place(row));
    const done = () => {
      if (this.#underWay.get(id) === placing) this.#underWay.delete(id);
    };
    placing.then(done, done);
    return placing;
  }

  async #place(row: Row): Promise<Placed | Refusal> {
    const { wallet, clock, log } = this.#deps;
    const work = this.#work;
    const isRequested = work.isRequested(row);
    if (isRequested) work.expect(row);
    try {
      const command = (): Stake => {
        const isLate = isRequested && clock.now() - work.askedAt(row) > TAKEN_WITHIN_MS;
        return { ...work.commandOf(row), ...(isLate && { lines: [], ruling: 'STALE_PRICE' }) };
      };
      const answer = await askUntilKnown(wallet, clock, command, patience(this.#deps));
      if (!answer.ok) {
        const code = answer.code as RefusalCode;
        if (isRequested) await work.refused(row, code);
        return refusalOf(code);
      }
      if (isRequested) await work.opened(row, answer.seq as PositionId, answer.balance);
      return { ok: true, seq: answer.seq as PositionId, balance: answer.balance };
    } catch (error) {
      log.error({ err: error, trade: work.idOf(row) }, 'a trade is left to the next sweep');
      return refuse('UNKNOWN_OUTCOME');
    }
  }
}

/** Who has bonus money as well sees a balance that would cover it. */
function refusalOf(code: RefusalCode): Refusal {
  if (code !== 'INSUFFICIENT_FUNDS') return refuse(code);
  return refuse(code, 'The real money does not cover this amount; bonus money is not for trades and binaries.');
}
