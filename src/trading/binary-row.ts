import type { Binary, BinarySettlement } from '../games/trading/binary.ts';
import type { Quote } from '../games/trading/quote.ts';
import type { Key } from '../ids.ts';
import type { RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';

/** `REQUESTED`: the wallet has not answered yet. */
export type BinaryStatus = 'REQUESTED' | 'REFUSED' | 'OPEN' | 'SETTLED';

/** A binary as it is on record. */
export interface BinaryRow {
  readonly terms: Binary;
  /** Decimals of its prices. */
  readonly priceScale: number;
  readonly key: Key;
  readonly request: string;
  readonly status: BinaryStatus;
  readonly refusal: RefusalCode | null;
  readonly seq: PositionId | null;
  /** Undefined before it has one. */
  readonly entry: Quote | undefined;
  readonly settlement: BinarySettlement | null;
  readonly settledAt: Date | null;
  /** Whether the ledger has closed its position: only then it is over for anybody. */
  readonly isSettled: boolean;
}
