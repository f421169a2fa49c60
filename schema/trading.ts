import { type SchemaType, schema, t } from '@colyseus/schema';
import { z } from 'zod';

/** One symbol as everybody in the desk's room sees it. Prices are decimal strings, times epoch milliseconds. */
export const SymbolState = schema(
  {
    /** `BTC/USDT` */
    symbol: t.string().default(''),
    /** Empty before the first one. */
    price: t.string().default(''),
    at: t.float64().default(0),
    /** Percent since the first price of the UTC day: `-1.25`. */
    change: t.string().default(''),
  },
  'SymbolState',
);
export type SymbolState = SchemaType<typeof SymbolState>;

/** What everybody in the desk's room sees (PROTOCOL, Trading). */
export const TradingDeskState = schema(
  {
    deskId: t.string().default(''),
    currency: t.string().default(''),
    paused: t.boolean().default(false),
    /** By `BTC/USDT`. */
    symbols: t.map(SymbolState),
  },
  'TradingDeskState',
);
export type TradingDeskState = SchemaType<typeof TradingDeskState>;

const Key = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a lower-case UUID');
const SymbolText = z.string().max(32);
/** A number, or a decimal string where a number would not be exact. */
const Decimal = z.union([z.number().min(0).max(1e12), z.string().max(40)]);
/** When the price was seen that is asked for: epoch milliseconds, or ISO 8601. */
const QuotedAt = z.union([
  z.int().min(0).max(8.64e15),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

/** What opens a trade, over HTTP and in the room. What is left out: LONG, the desk's default leverage, no levels. */
export const TradeBody = z.strictObject({
  symbol: SymbolText.describe('BTC/USDT, or BTCUSDT'),
  amount: Decimal.describe('how many units, as a number or a decimal string'),
  side: z.enum(['LONG', 'SHORT']).optional(),
  leverage: z.int().min(1).max(1_000).optional(),
  stopLoss: Decimal.nullish().describe('price'),
  takeProfit: Decimal.nullish().describe('price'),
  quotedAt: QuotedAt.optional().describe('STALE_PRICE where it is more than 2 s ago'),
});

/** What opens a binary. */
export const BinaryBody = z.strictObject({
  symbol: SymbolText.describe('BTC/USDT, or BTCUSDT'),
  direction: z.enum(['UP', 'DOWN']),
  stake: z.int().min(1).max(1e15).describe('minor units'),
  expirySeconds: z.int().min(1).max(86_400),
  quotedAt: QuotedAt.optional().describe('STALE_PRICE where it is more than 2 s ago'),
});

/** `open-trade`, `open-binary`: the same with a key. */
export const OpenTrade = z.strictObject({ key: Key, ...TradeBody.shape });
export const OpenBinary = z.strictObject({ key: Key, ...BinaryBody.shape });
/** `close-trade`. */
export const CloseTrade = z.strictObject({ key: Key, tradeId: z.uuid().toLowerCase() });
/** `my-trades`: what of one's own is open. */
export const MyTrades = z.strictObject({}).optional();

export type OpenTrade = z.infer<typeof OpenTrade>;
export type OpenBinary = z.infer<typeof OpenBinary>;
export type CloseTrade = z.infer<typeof CloseTrade>;

/** It ended while its player was away, and is told on coming into `account`. */
const Missed = z.literal(true).optional();

/** Event `TRADE_CLOSED` (S4-21): by its owner or by itself. Amounts are minor units. */
export const TradeClosed = z.strictObject({
  tradeId: z.uuid(),
  reason: z.enum(['OWNER', 'LIQUIDATION', 'STOP_LOSS', 'TAKE_PROFIT', 'HOUSE']),
  /** Null where it was undone. */
  exitPrice: z.string().nullable(),
  pnl: z.int(),
  timestamp: z.iso.datetime(),
  missed: Missed,
});
export type TradeClosed = z.infer<typeof TradeClosed>;

/** Event `BINARY_RESOLVED` (S4-40). Prices are null where there were none. */
export const BinaryResolved = z.strictObject({
  tradeId: z.uuid(),
  result: z.enum(['WIN', 'LOSS', 'VOID']),
  entryPrice: z.string().nullable(),
  exitPrice: z.string().nullable(),
  /** Gross. */
  payout: z.int(),
  timestamp: z.iso.datetime(),
  missed: Missed,
});
export type BinaryResolved = z.infer<typeof BinaryResolved>;

/** Event `BINARY_ENTERED`: the first price after a binary was taken, which the last one is held against. */
export const BinaryEntered = z.strictObject({ tradeId: z.uuid(), entryPrice: z.string(), timestamp: z.iso.datetime() });
export type BinaryEntered = z.infer<typeof BinaryEntered>;

const Direction = z.strictObject({
  /** Value of the trades that gain this way. */
  trades: z.int(),
  /** What binaries would win this way, their stakes left out. */
  binaries: z.int(),
  /** Margins and stakes. */
  atStake: z.int(),
  open: z.int(),
});

/** What the house has at risk on a desk, in the live statistics. Amounts are minor units. */
export const DeskExposure = z.strictObject({
  deskId: z.string(),
  paused: z.boolean(),
  openTrades: z.int(),
  openBinaries: z.int(),
  symbols: z.array(
    z.strictObject({
      symbol: z.string(),
      /** Null while there is none. */
      price: z.string().nullable(),
      /** Nothing new is taken at a price so old. */
      stale: z.boolean(),
      up: Direction,
      down: Direction,
      /** What closing all open trades at this price would come to for the house, their caps left out. */
      houseResult: z.int(),
    }),
  ),
});
export type DeskExposure = z.infer<typeof DeskExposure>;
