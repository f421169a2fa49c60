import { z } from 'zod';
import type { Quote } from '../games/trading/quote.ts';
import type { SymbolId } from '../ids.ts';
import { printAmount, printPrice } from '../market/price.ts';
import { SYMBOLS } from '../market/symbols.ts';
import { type Price, payoutOf, toWire } from '../money.ts';
import type { BinaryRow } from './binary-row.ts';
import type { TradeRow } from './trade-row.ts';

const WireTick = z
  .strictObject({ price: z.string(), at: z.iso.datetime(), seq: z.int(), feedId: z.string() })
  .describe('a line of the tick log');

/** A trade (PROTOCOL, Trading). Prices and amounts are decimal strings, money is minor units. */
const BetId = z.string().nullable().describe('what its lines in the statement (`GET /wallets/me/ledger`) name');

export const WireTrade = z.strictObject({
  tradeId: z.uuid(),
  betId: BetId,
  symbol: z.string(),
  side: z.enum(['LONG', 'SHORT']),
  amount: z.string(),
  entry: z.string(),
  exit: z.string().nullable(),
  margin: z.int(),
  leverage: z.int(),
  pnl: z.int().nullable().describe('(exit − entry) × amount × 100, rounded toward zero; never below −margin'),
  status: z.enum(['OPEN', 'CLOSED', 'LIQUIDATED', 'VOID']),
  reason: z.enum(['OWNER', 'LIQUIDATION', 'STOP_LOSS', 'TAKE_PROFIT', 'HOUSE']).nullable(),
  liquidation: z.string().nullable().describe('where the house ends it; null: nowhere'),
  stopLoss: z.string().nullable(),
  takeProfit: z.string().nullable(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  entryTick: WireTick,
  exitTick: WireTick.nullable(),
});
export type WireTrade = z.infer<typeof WireTrade>;

/** A binary (PROTOCOL, Trading). */
export const WireBinary = z.strictObject({
  tradeId: z.uuid(),
  betId: BetId,
  symbol: z.string(),
  direction: z.enum(['UP', 'DOWN']),
  stake: z.int(),
  entry: z.string().nullable().describe('the first price after it was taken'),
  exit: z.string().nullable().describe('the last price at or before the expiry'),
  openedAt: z.iso.datetime(),
  expiry: z.iso.datetime(),
  payout: z.int().nullable().describe('gross'),
  winPayout: z.int().describe('what a win pays, gross'),
  result: z.enum(['WIN', 'LOSS', 'VOID']).nullable(),
  entryTick: WireTick.nullable(),
  exitTick: WireTick.nullable(),
});
export type WireBinary = z.infer<typeof WireBinary>;

export const WireTradeBalance = z.strictObject({
  ...{ real: z.int(), bonus: z.int(), held: z.int(), total: z.int(), version: z.int() },
});

/** As it was when it was opened: what its key is answered ever after. */
export function wireTradeAsOpened({ terms, seq, openedAt }: Pick<TradeRow, 'terms' | 'seq' | 'openedAt'>): WireTrade {
  return wireTrade({ terms, seq, openedAt, end: null, isSettled: false, status: 'OPEN' });
}

/** While its money has not moved it is open. */
export function wireTrade(
  row: Pick<TradeRow, 'terms' | 'seq' | 'openedAt' | 'end' | 'isSettled' | 'status'>,
): WireTrade {
  const { terms, openedAt } = row;
  const end = row.isSettled ? row.end : null;
  const { tradeId, side, amount, margin, leverage, instrument, liquidation, stopLoss, takeProfit, entry } = terms;
  const priceOf = (price: Price | undefined) => (price === undefined ? null : printPrice(price, instrument));
  return {
    ...{
      tradeId,
      betId: betIdOf(row),
      symbol: nameOf(instrument.symbol),
      side,
      amount: printAmount(amount, instrument),
    },
    ...{ entry: printPrice(entry.price, instrument), exit: priceOf(end?.exit?.price) },
    ...{ margin: toWire(margin), leverage, pnl: end ? toWire(end.pnl) : null },
    status: end === null || row.status === 'REQUESTED' || row.status === 'REFUSED' ? 'OPEN' : row.status,
    ...{ reason: end?.reason ?? null, liquidation: liquidation > 0n ? priceOf(liquidation) : null },
    ...{ stopLoss: priceOf(stopLoss), takeProfit: priceOf(takeProfit) },
    ...{ openedAt: openedAt.toISOString(), closedAt: end?.at.toISOString() ?? null },
    ...{ entryTick: wireTick(entry, instrument), exitTick: end?.exit ? wireTick(end.exit, instrument) : null },
  };
}

export function wireBinaryAsOpened(row: Pick<BinaryRow, 'terms' | 'seq' | 'priceScale'>): WireBinary {
  return wireBinary({ ...row, entry: undefined, settlement: null, isSettled: false });
}

export function wireBinary(
  row: Pick<BinaryRow, 'terms' | 'seq' | 'priceScale' | 'entry' | 'settlement' | 'isSettled'>,
): WireBinary {
  const { tradeId, symbol, direction, stake, acceptedAt, expiresAt, terms } = row.terms;
  const settlement = row.isSettled ? row.settlement : null;
  const tick = (quote: Quote | undefined) => (quote ? wireTick(quote, row) : null);
  const [entry, exit] = [tick(settlement?.entry ?? row.entry), tick(settlement?.exit)];
  return {
    ...{ tradeId, betId: betIdOf(row), symbol: nameOf(symbol), direction, stake: toWire(stake) },
    ...{ entry: entry?.price ?? null, exit: exit?.price ?? null },
    ...{ openedAt: new Date(acceptedAt).toISOString(), expiry: new Date(expiresAt).toISOString() },
    ...{ payout: settlement ? toWire(settlement.payout) : null, winPayout: toWire(payoutOf(stake, terms.payout)) },
    ...{ result: settlement?.result ?? null, entryTick: entry, exitTick: exit },
  };
}

function betIdOf({ seq }: Pick<TradeRow, 'seq'>): string | null {
  return seq === null ? null : String(seq);
}

/** As people write it. */
function nameOf(id: SymbolId): string {
  return SYMBOLS.find((symbol) => symbol.id === id)?.name ?? id;
}

function wireTick({ price, at, seq, feedId }: Quote, scale: { readonly priceScale: number }) {
  return { price: printPrice(price, scale), at: new Date(at).toISOString(), seq, feedId };
}
