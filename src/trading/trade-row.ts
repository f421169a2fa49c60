import type { Trigger } from '../games/trading/levels.ts';
import type { Quote } from '../games/trading/quote.ts';
import type { EndedTrade, OpenTrade, VoidTrade } from '../games/trading/trade.ts';
import type { Key } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';

/** `REQUESTED`: the wallet has not answered yet. */
export type TradeStatus = 'REQUESTED' | 'REFUSED' | 'OPEN' | 'CLOSED' | 'LIQUIDATED' | 'VOID';
export type EndReason = 'OWNER' | Trigger | 'HOUSE';

/** How a trade has ended. */
export interface TradeEnd {
  readonly reason: EndReason;
  /** Undefined where it was undone. */
  readonly exit: Quote | undefined;
  readonly pnl: Minor;
  readonly payout: Minor;
  readonly at: Date;
  /** Of the owner's wish, where it was theirs. */
  readonly key: Key | null;
}

/** A trade as it is on record. */
export interface TradeRow {
  /** What was fixed when it was accepted. */
  readonly terms: OpenTrade;
  readonly key: Key;
  readonly request: string;
  readonly status: TradeStatus;
  readonly refusal: RefusalCode | null;
  /** Its position; null before the wallet has taken it. */
  readonly seq: PositionId | null;
  readonly openedAt: Date;
  readonly end: TradeEnd | null;
  /** Whether the ledger has closed its position: only then it is over for anybody. */
  readonly isSettled: boolean;
}

/** A trade that is over. */
export type ClosedTrade = EndedTrade | VoidTrade;

/** A trade that is over, and how. */
export interface Ended {
  readonly trade: ClosedTrade;
  readonly end: TradeEnd;
}

/** The trade as its row says that it has ended; undefined where there is none, or it has not. */
export function endedOf(row: Pick<TradeRow, 'terms' | 'status' | 'end'> | undefined): Ended | undefined {
  if (!row?.end) return undefined;
  const { terms, status, end } = row;
  const { reason, exit, pnl, payout } = end;
  if (status === 'VOID') return { trade: { ...terms, status, pnl, payout }, end };
  const isEnded = status === 'CLOSED' || status === 'LIQUIDATED';
  return isEnded && exit && reason !== 'HOUSE'
    ? { trade: { ...terms, status, reason, exit, pnl, payout }, end }
    : undefined;
}

/** What an ended trade writes into its row. */
export function endOf(trade: ClosedTrade, at: Date, key: Key | null): TradeEnd {
  const { pnl, payout } = trade;
  if (trade.status === 'VOID') return { reason: 'HOUSE', exit: undefined, pnl, payout, at, key };
  return { reason: trade.reason, exit: trade.exit, pnl, payout, at, key };
}
