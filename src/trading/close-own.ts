import { closeTrade, type EndedTrade, type OpenTrade } from '../games/trading/trade.ts';
import type { Key, SymbolId, TradeId } from '../ids.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { askUntilKnown } from '../rounds/insist.ts';
import type { Balance } from '../wallet/command.ts';
import { type DeskContext, lastQuote } from './context.ts';
import { patience } from './deps.ts';
import { putOnRecord, unknownWhileAway } from './on-record.ts';
import { balanceToTell } from './told-balance-store.ts';
import type { TradeRow } from './trade-row.ts';
import { findTrade } from './trade-store.ts';
import type { CloseWish } from './wishes.ts';

export interface TradeClosing {
  readonly ok: true;
  readonly row: TradeRow;
  /** As it was when this was answered first. */
  readonly balance: Balance;
}

/** What closing needs of the trades that are open. */
export interface ClosingBoard {
  /** Undefined where it has ended. */
  get(id: TradeId): OpenTrade | undefined;
  /** Resolves when one that has ended is paid; undefined where none is on its way. */
  paid(id: TradeId): Promise<void> | undefined;
  end(trade: EndedTrade, key: Key): void;
}

/**
 * Closes a trade at the last price for its owner, once (S4-18 … S4-23). The same key gets the first answer again.
 * Refuses, on record under the key, NOT_FOUND where it is not theirs, NOT_OPEN where it has ended, STALE_PRICE;
 * IDEMPOTENCY_KEY_REUSED; UNKNOWN_OUTCOME while the wallet does not answer.
 */
export async function closeOwn(
  context: DeskContext,
  board: ClosingBoard,
  wish: CloseWish,
): Promise<TradeClosing | Refusal> {
  const { database, wallet, clock, log } = context;
  const { userId, key, tradeId } = wish;
  const record = { origin: userId, key, request: `close-trade|${tradeId}` };
  const row = await findTrade(database, tradeId);
  if (row === null || row.terms.owner !== userId || row.seq === null) {
    return putOnRecord(context, record, refuse('NOT_FOUND'), 'request');
  }
  if (row.end?.key === key) return outcomeOf(context, wish);
  const end = () => endAt(context, board, wish, row.terms.instrument.symbol);
  const before = end();
  // One that has just ended may have ended by this very key.
  if (isRefusal(before) && board.paid(tradeId) === undefined) {
    const refused = await putOnRecord(context, record, before, 'request');
    // Accepted before, when the trade ended by itself at that moment: what has come of it is the answer.
    const isOver = before.code === 'NOT_OPEN' && refused.code === 'UNKNOWN_OUTCOME';
    return isOver ? outcomeOf(context, wish) : refused;
  }
  const command = { kind: 'request', ...record } as const;
  const answer = await askUntilKnown(wallet, clock, command, patience(context)).catch(() => null);
  if (answer === null) return refuse('UNKNOWN_OUTCOME');
  if (!answer.ok) return refuse(answer.code as RefusalCode);
  // Meanwhile it may have ended by itself, or by another request; else it ends at the price of this moment.
  const ended = end();
  if (!isRefusal(ended)) board.end(ended, key);
  await board.paid(tradeId)?.catch((error: unknown) => {
    log.error({ err: error, trade: tradeId }, 'a closed trade is not paid yet');
  });
  return outcomeOf(context, wish);
}

/** Once the wish is on record: whether it was this one that has ended the trade. */
function outcomeOf(context: DeskContext, wish: CloseWish): Promise<TradeClosing | Refusal> {
  return closed(context, wish).catch((error: unknown) => unknownWhileAway(context, error));
}

/** Fresh or not is asked as of when the wish came in. */
function endAt(
  context: DeskContext,
  board: ClosingBoard,
  { userId, tradeId, receivedAt }: CloseWish,
  symbol: SymbolId,
): EndedTrade | Refusal {
  const open = board.get(tradeId);
  const { maxPriceAgeMs } = context.desk().settings.trades;
  const quote = lastQuote(context, symbol, maxPriceAgeMs);
  return open ? closeTrade(open, userId, quote, maxPriceAgeMs, receivedAt) : refuse('NOT_OPEN');
}

async function closed({ database, desk }: DeskContext, wish: CloseWish): Promise<TradeClosing | Refusal> {
  const { tradeId, key } = wish;
  const row = await findTrade(database, tradeId);
  if (row === null) throw new Error(`trade ${tradeId} is gone`);
  if (!row.isSettled) return refuse('UNKNOWN_OUTCOME');
  if (row.end?.key !== key) return refuse('NOT_OPEN');
  return { ok: true, row, balance: await balanceToTell(database, tradeId, desk().currency) };
}
