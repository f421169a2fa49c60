import type { BinaryEntered, BinaryResolved, TradeClosed } from '../../schema/trading.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import type { Binary, BinarySettlement } from '../games/trading/binary.ts';
import type { Quote } from '../games/trading/quote.ts';
import type { UserId } from '../ids.ts';
import { printPrice } from '../market/price.ts';
import { minor, toWire, ZERO } from '../money.ts';
import type { Balance } from '../wallet/command.ts';
import { balancesOf } from '../wallet/reads.ts';
import type { BinaryRow } from './binary-row.ts';
import type { DeskContext } from './context.ts';
import type { ClosedTrade, TradeEnd, TradeRow } from './trade-row.ts';
import type { ClosedResult, ResolvedResult } from './untold-store.ts';
import { wireBinaryAsOpened, wireTradeAsOpened } from './wire-trading.ts';

/** To the player, in the desk and in `account` (S4-14, S4-21, S4-40). After the commit, as all of these. */
export function tellTradeOpened(
  channels: Channels,
  row: Pick<TradeRow, 'terms' | 'seq' | 'openedAt'>,
  balance: Balance,
): void {
  const { owner } = row.terms;
  channels.tell(owner, 'TRADE_OPENED', wireTradeAsOpened(row));
  // What is held still belongs to the player.
  tellBalance(channels, owner, balance, { change: ZERO, reason: 'TRADE_OPENED' });
}

/** Answers whether the player has heard of it. */
export function tellTradeClosed(
  channels: Channels,
  { tradeId, owner, instrument: { priceScale } }: ClosedTrade,
  end: TradeEnd,
  balance: Balance | undefined,
): boolean {
  const isHeard = channels.tell(owner, 'TRADE_CLOSED', tradeClosed({ tradeId, priceScale, ...end }));
  if (balance) tellBalance(channels, owner, balance, { change: end.pnl, reason: 'TRADE_SETTLEMENT' });
  return isHeard;
}

export function tradeClosed({ tradeId, priceScale, reason, exit, pnl, at }: ClosedResult): TradeClosed {
  return {
    ...{ tradeId, reason, exitPrice: exit ? printPrice(exit.price, { priceScale }) : null },
    ...{ pnl: toWire(pnl), timestamp: at.toISOString() },
  };
}

export function tellBinaryOpened(
  channels: Channels,
  row: Pick<BinaryRow, 'terms' | 'seq' | 'priceScale'>,
  balance: Balance,
) {
  const { owner, stake } = row.terms;
  channels.tell(owner, 'BINARY_OPENED', wireBinaryAsOpened(row));
  tellBalance(channels, owner, balance, { change: minor(-stake), reason: 'BINARY_OPENED' });
}

export function tellBinaryEntered(channels: Channels, { tradeId, owner }: Binary, entry: Quote, priceScale: number) {
  const timestamp = new Date(entry.at).toISOString();
  const message: BinaryEntered = { tradeId, entryPrice: printPrice(entry.price, { priceScale }), timestamp };
  channels.tell(owner, 'BINARY_ENTERED', message);
}

/** Answers whether the player has heard of it. */
export function tellBinaryResolved(
  channels: Channels,
  { terms: { tradeId, owner }, priceScale }: Pick<BinaryRow, 'terms' | 'priceScale'>,
  settlement: BinarySettlement,
  { at, balance }: { readonly at: Date; readonly balance: Balance | undefined },
): boolean {
  const { result, entry, exit, payout } = settlement;
  const resolved = binaryResolved({ tradeId, priceScale, result, entry, exit, payout, at });
  const isHeard = channels.tell(owner, 'BINARY_RESOLVED', resolved);
  const reason = { WIN: 'BINARY_WIN', LOSS: 'BINARY_LOSS', VOID: 'BINARY_VOID' } as const;
  if (balance) tellBalance(channels, owner, balance, { change: payout, reason: reason[result] });
  return isHeard;
}

export function binaryResolved(resolved: ResolvedResult): BinaryResolved {
  const { tradeId, priceScale, result, entry, exit, payout, at } = resolved;
  return {
    ...{ tradeId, result, payout: toWire(payout), timestamp: at.toISOString() },
    entryPrice: entry ? printPrice(entry.price, { priceScale }) : null,
    exitPrice: exit ? printPrice(exit.price, { priceScale }) : null,
  };
}

/** What these people have by now. Where it cannot be read, what has happened is told without it. */
export async function balancesIfReadable(
  { database, desk, log }: DeskContext,
  owners: readonly UserId[],
): Promise<ReadonlyMap<UserId, Balance>> {
  try {
    return await balancesOf(database, desk().currency, owners);
  } catch (error) {
    log.warn({ err: error, owners: owners.length }, 'ends of trades are told without balances');
    return new Map();
  }
}

/** Whom a trade or a binary belongs to, once each. */
export function ownersOf(all: readonly { readonly owner: UserId }[]): readonly UserId[] {
  return [...new Set(all.map(({ owner }) => owner))];
}
