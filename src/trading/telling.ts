import type { BinaryEntered, BinaryResolved, TradeClosed } from '../../schema/trading.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import type { Binary, BinarySettlement } from '../games/trading/binary.ts';
import type { Quote } from '../games/trading/quote.ts';
import type { UserId } from '../ids.ts';
import { printPrice } from '../market/price.ts';
import { minor, toWire, ZERO } from '../money.ts';
import type { Balance } from '../wallet/command.ts';
import type { BinaryRow } from './binary-row.ts';
import type { ClosedTrade, TradeEnd, TradeRow } from './trade-row.ts';
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

export function tellTradeClosed(
  channels: Channels,
  { tradeId, owner, instrument }: ClosedTrade,
  { reason, exit, pnl, at }: TradeEnd,
  balance: Balance | undefined,
): void {
  const message: TradeClosed = {
    ...{ tradeId, reason, exitPrice: exit ? printPrice(exit.price, instrument) : null },
    ...{ pnl: toWire(pnl), timestamp: at.toISOString() },
  };
  channels.tell(owner, 'TRADE_CLOSED', message);
  if (balance) tellBalance(channels, owner, balance, { change: pnl, reason: 'TRADE_SETTLEMENT' });
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

export function tellBinaryResolved(
  channels: Channels,
  { terms, priceScale }: Pick<BinaryRow, 'terms' | 'priceScale'>,
  { result, entry, exit, payout }: BinarySettlement,
  { at, balance }: { readonly at: Date; readonly balance: Balance | undefined },
): void {
  const { tradeId, owner } = terms;
  const message: BinaryResolved = {
    ...{ tradeId, result, payout: toWire(payout), timestamp: at.toISOString() },
    entryPrice: entry ? printPrice(entry.price, { priceScale }) : null,
    exitPrice: exit ? printPrice(exit.price, { priceScale }) : null,
  };
  channels.tell(owner, 'BINARY_RESOLVED', message);
  const reason = { WIN: 'BINARY_WIN', LOSS: 'BINARY_LOSS', VOID: 'BINARY_VOID' } as const;
  if (balance) tellBalance(channels, owner, balance, { change: payout, reason: reason[result] });
}

/** Whom a trade or a binary belongs to, once each. */
export function ownersOf(all: readonly { readonly owner: UserId }[]): readonly UserId[] {
  return [...new Set(all.map(({ owner }) => owner))];
}
